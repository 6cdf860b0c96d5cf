/// How bytes are written that may not stand in a URL or a form as they are.
///
/// Source: https://www.rfc-editor.org/rfc/rfc3986 sections 2.1 and 2.3 (2026-11).
public enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Letters, digits and `-._~`, which stand for themselves everywhere.
    public static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Appends `byte` as `%C3`.
    public static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "%"))
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
    }

    /// `text` as one component of a URL.
    public static func component(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 { isUnreserved(byte) ? bytes.append(byte) : append(byte, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
