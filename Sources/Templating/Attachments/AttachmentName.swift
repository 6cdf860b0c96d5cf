/// What readers see a file called: one line that hides and reorders nothing, and no path.
public enum AttachmentName {
    /// More is cut in the middle, so that its ending stays.
    private static let longest = 100
    /// The most for programs that know ASCII alone.
    private static let longestPlain = 60
    /// Bytes of the longest ending that is kept whole.
    private static let longestEnding = 12

    /// The last part of `path`, made harmless.
    public static func of(_ path: String) -> String {
        let last = path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map { String($0) } ?? ""
        var name = Array(CleanText.oneLine(last))
        while let first = name.first, first.isWhitespace || first == "." { name.removeFirst() }
        while let end = name.last, end.isWhitespace || end == "." { name.removeLast() }
        guard !name.isEmpty else { return "attachment" }
        return cut(name, to: longest)
    }

    /// The name as ASCII, for programs that know no other.
    public static func plain(_ name: String) -> String {
        var plain = ""
        for scalar in name.unicodeScalars {
            let isKept =
                scalar.isASCII
                && (scalar.properties.isAlphabetic || "0123456789.-".unicodeScalars.contains(scalar))
            if isKept {
                plain.unicodeScalars.append(scalar)
            } else if plain.last != "_" {
                plain.append("_")
            }
        }
        return plain.allSatisfy { $0 == "_" } ? "attachment" : cut(Array(plain), to: longestPlain)
    }

    /// The letters behind its last point, in lower case; empty when there is none.
    public static func ending(of name: String) -> String {
        guard let point = name.lastIndex(of: "."), point != name.startIndex else { return "" }
        return name[name.index(after: point)...].lowercased()
    }

    private static func cut(_ name: [Character], to longest: Int) -> String {
        guard name.count > longest || String(name).utf8.count > 2 * longest else { return String(name) }
        let ending = ending(of: String(name))
        let tail = ending.isEmpty || ending.utf8.count > longestEnding ? "" : ".\(ending)"
        var head = String(name.prefix(longest - tail.count))
        // A single character may have any number of marks.
        while let last = head.last,
            last.isWhitespace || last == "." || head.utf8.count + tail.utf8.count > 2 * longest
        {
            head.removeLast()
        }
        if head.isEmpty { head = "attachment" }
        return head + tail
    }
}
