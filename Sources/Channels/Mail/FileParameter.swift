/// The name of a file as a parameter of a mail's header field.
///
/// Sources: https://www.rfc-editor.org/rfc/rfc2231 sections 3 and 4,
/// https://www.rfc-editor.org/rfc/rfc2183 section 2 (2026-11).
enum FileParameter {
    /// The most columns of a value on one line, so that the line stays within 78.
    private static let longest = 50

    /// `attribute` with `name`, in as many words as it takes, all but the last with a semicolon behind.
    ///
    /// What is not plain ASCII goes into the extended form, whole characters to a piece; never into encoded words,
    /// which parameters do not know.
    static func words(_ attribute: String, _ name: String) -> [String] {
        if isPlain(name) { return ["\(attribute)=\"\(name)\""] }
        let pieces = pieces(of: name)
        guard pieces.count > 1 else { return ["\(attribute)*=utf-8''\(pieces.first ?? "")"] }
        return pieces.enumerated().map { index, piece in
            let end = index < pieces.count - 1 ? ";" : ""
            return "\(attribute)*\(index)*=\(index == 0 ? "utf-8''" : "")\(piece)\(end)"
        }
    }

    private static func pieces(of name: String) -> [String] {
        var pieces: [String] = []
        var piece = ""
        for scalar in name.unicodeScalars {
            let written = String(scalar).utf8.map(encoded).joined()
            if piece.utf8.count + written.utf8.count > longest {
                pieces.append(piece)
                piece = ""
            }
            piece += written
        }
        return pieces + [piece]
    }

    /// Letters, digits and few more stand for themselves in the extended form.
    private static func encoded(_ byte: UInt8) -> String {
        if isLetterOrDigit(byte) || "-._".utf8.contains(byte) { return String(UnicodeScalar(byte)) }
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count < 2 ? "%0\(digits)" : "%\(digits)"
    }

    /// Whether it can stand between quotes as it is, and nobody would take a part of it for something else.
    private static func isPlain(_ name: String) -> Bool {
        name.utf8.count <= longest
            && name.utf8.allSatisfy { isLetterOrDigit($0) || "-._ ()+,&@".utf8.contains($0) }
            && !name.contains("  ") && name.first != " " && name.last != " "
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
