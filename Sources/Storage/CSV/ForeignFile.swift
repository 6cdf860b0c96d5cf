/// Files that people take for lists: spreadsheets in their own formats, and archives.
enum ForeignFile {
    /// What the file is that begins with `start`, and what to do; nil when it may be a list.
    ///
    /// Source: https://en.wikipedia.org/wiki/List_of_file_signatures (2026-11).
    static func problem(_ start: [UInt8]) -> String? {
        if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return zip(start) }
        if start.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            return workbook("an old Excel")
        }
        if start.starts(with: [0x1F, 0x8B]) { return "is compressed (gzip): unpack it first" }
        if start.starts(with: Array("%PDF-".utf8)) {
            return "is a PDF: get the list as CSV from where it was made"
        }
        return nil
    }

    private static func zip(_ start: [UInt8]) -> String {
        // OpenDocument stores its media type first, uncompressed, at byte 30 with its name before it.
        let openDocument = Array("mimetypeapplication/vnd.oasis.opendocument".utf8)
        if start.dropFirst(30).starts(with: openDocument) {
            return "is an OpenDocument spreadsheet: save it as Text CSV (UTF-8) in LibreOffice"
        }
        let parts = [
            Array("[Content_Types].xml".utf8), Array("_rels/".utf8), Array("xl/".utf8),
            Array("docProps/".utf8),
        ]
        return parts.contains { start.dropFirst(30).starts(with: $0) }
            ? workbook("an Excel") : "is a ZIP archive: unpack it first"
    }

    private static func workbook(_ what: String) -> String {
        "is \(what) workbook: save it as CSV UTF-8 in Excel"
    }
}
