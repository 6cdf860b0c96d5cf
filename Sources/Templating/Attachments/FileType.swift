/// What a file holds, told from its bytes; its name only chooses among what is packed alike.
enum FileType {
    /// How the bytes of a type begin, each with what stands how far into them.
    ///
    /// Source: https://mimesniff.spec.whatwg.org/ sections 6.1 and 7.1,
    /// https://learn.microsoft.com/openspecs/windows_protocols/ms-cfb (its signature), 2026-11.
    private static let signatures: [(type: String, marks: [(offset: Int, bytes: [UInt8])])] = [
        ("application/pdf", [(0, Array("%PDF-".utf8))]),
        ("image/png", [(0, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])]),
        ("image/jpeg", [(0, [0xFF, 0xD8, 0xFF])]),
        ("image/gif", [(0, Array("GIF87a".utf8))]),
        ("image/gif", [(0, Array("GIF89a".utf8))]),
        ("image/webp", [(0, Array("RIFF".utf8)), (8, Array("WEBP".utf8))]),
        (zip, [(0, [0x50, 0x4B, 0x03, 0x04])]),
        (zip, [(0, [0x50, 0x4B, 0x05, 0x06])]),
        (compound, [(0, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1])]),
    ]

    private static let zip = "application/zip"
    private static let compound = "application/x-ole-storage"
    private static let text = "text/plain"
    /// What nothing else fits.
    static let unknown = "application/octet-stream"

    /// What is packed alike, by the ending of the name.
    ///
    /// Source: https://www.iana.org/assignments/media-types/ (2026-11).
    private static let byEnding: [String: [String: String]] = [
        zip: [
            "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "odt": "application/vnd.oasis.opendocument.text",
            "ods": "application/vnd.oasis.opendocument.spreadsheet",
            "odp": "application/vnd.oasis.opendocument.presentation",
            "epub": "application/epub+zip", "pkpass": "application/vnd.apple.pkpass",
        ],
        compound: [
            "doc": "application/msword", "xls": "application/vnd.ms-excel",
            "ppt": "application/vnd.ms-powerpoint", "msg": "application/vnd.ms-outlook",
        ],
        text: [
            "csv": "text/csv", "html": "text/html", "htm": "text/html", "ics": text, "vcf": text,
            "json": "application/json", "rtf": "application/rtf", "svg": "image/svg+xml",
            "xml": "application/xml",
        ],
    ]

    /// The endings that promise a type of the table.
    private static let promised: [String: String] = {
        var types = [
            "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg",
            "gif": "image/gif", "webp": "image/webp", "zip": zip, "txt": text,
        ]
        for endings in byEnding.values { types.merge(endings) { first, _ in first } }
        return types.merging(["ics": "text/calendar", "vcf": "text/vcard"]) { $1 }
    }()

    /// The pictures that mail programs and Telegram show.
    static let pictures: Set<String> = ["image/png", "image/jpeg", "image/gif", "image/webp"]

    /// The type of `bytes`, in a file with these names, of which the first one counts that promises a type.
    static func of(_ bytes: [UInt8], names: String...) -> String {
        let ending = AttachmentName.ending(of: names.first { promised(by: $0) != nil } ?? "")
        let found = signatures.first { signature in
            signature.marks.allSatisfy { bytes.dropFirst($0.offset).starts(with: $0.bytes) }
        }
        if let found {
            return byEnding[found.type]?[ending] ?? (found.type == compound ? unknown : found.type)
        }
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else { return unknown }
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        if start.starts(with: "BEGIN:VCALENDAR".utf8) { return "text/calendar" }
        if start.starts(with: "BEGIN:VCARD".utf8) { return "text/vcard" }
        return byEnding[text]?[ending] ?? text
    }

    /// Whether files of `type` hold text.
    static func isText(_ type: String) -> Bool {
        type.hasPrefix("text/") || byEnding[text]?.values.contains(type) == true
    }

    /// The type that the ending of `name` promises; nil when it promises none that we know.
    static func promised(by name: String) -> String? { promised[AttachmentName.ending(of: name)] }
}
