/// A line of a proof: one JSON object, with its number in the file and, last, a sum over all before it.
///
/// The sum keeps nobody from forging a line, the signature does; it names the line that was damaged.
public enum ProofLine {
    /// What the first line says it is.
    public static let format = "tocsin-proof"
    /// Counts the changes of the format.
    public static let version = 1
    /// The longest first line that is read: it holds every text of the announcement.
    public static let maxHeadBytes = 16 << 20
    /// The longest that any other line may be.
    public static let maxBytes = 1 << 20
    /// So many values no line holds.
    static let maxValues = 1 << 15

    private static let before = Array(",\"check\":\"".utf8)
    private static let after = Array("\"}\n".utf8)
    private static let digits = 16

    /// The bytes of a line, its line end included.
    public static func bytes(_ members: [String: JSONValue], number: Int) -> [UInt8] {
        var members = members
        members["line"] = .number(String(number))
        var line = JSONValue.object(members).compact
        line.removeLast()
        return line + before + sum(line[...]) + after
    }

    /// Whether a line, its line end included, is as it was written.
    public static func isWhole(_ line: [UInt8]) -> Bool {
        let tail = before.count + digits + after.count
        guard line.count > tail, line.suffix(after.count).elementsEqual(after) else { return false }
        let start = line.count - tail
        return line[start...].prefix(before.count).elementsEqual(before)
            && line[(start + before.count)...].prefix(digits).elementsEqual(sum(line[..<start]))
    }

    private static func sum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        Array(KeyedMessage.hex(SHA256.digest(Array(bytes)).prefix(digits / 2)).utf8)
    }

    /// What is signed: the sum of all lines before the last, as sha256sum prints it, under a heading of its own.
    public static func statement(_ sum: String) -> [UInt8] { Array("tocsin proof \(version) \(sum)\n".utf8) }
}
