/// A look over JSON text before it is parsed, for what the parser lets pass.
///
/// That is: how deep it nests, whether an object names a member twice, and a comma before a closing bracket. It only
/// follows strings and brackets; whether the text is JSON at all is the parser's to say.
struct JSONScan {
    private var line = 1
    private var lineStart = 0
    /// For each open bracket: the names met so far in an object, nil in an array.
    private var open: [Set<[UInt8]>?] = []
    private var isNameNext = false
    private var isAfterComma = false
    private var values = 1

    /// Checks `bytes`.
    ///
    /// - Throws: where it nests deeper than ``JSONValue/maxDepth``, repeats a name, ends a list with a comma, or holds
    ///   more than `maxValues`.
    static func check(_ bytes: [UInt8], maxValues: Int) throws(JSONProblem) {
        var scan = JSONScan()
        var index = 0
        while index < bytes.count {
            index = try scan.step(bytes, at: index)
            guard scan.values <= maxValues else { throw JSONProblem("holds more than \(maxValues) values") }
        }
    }

    /// Takes in the token at `index`; the answer is where the next one starts.
    private mutating func step(_ bytes: [UInt8], at index: Int) throws(JSONProblem) -> Int {
        let wasAfterComma = isAfterComma
        isAfterComma = false
        switch bytes[index] {
        case UInt8(ascii: "\n"):
            line += 1
            lineStart = index + 1
            isAfterComma = wasAfterComma
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): isAfterComma = wasAfterComma
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard open.count < JSONValue.maxDepth else {
                throw problem("is nested deeper than \(JSONValue.maxDepth) levels", at: index)
            }
            values += 1
            isNameNext = bytes[index] == UInt8(ascii: "{")
            open.append(isNameNext ? [] : nil)
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            guard !wasAfterComma else { throw problem("has a comma before a closing bracket", at: index) }
            _ = open.popLast()
            isNameNext = false
        case UInt8(ascii: ","):
            isAfterComma = true
            values += 1
            isNameNext = open.last.map { $0 != nil } ?? false
        case UInt8(ascii: "\""):
            let end = Self.endOfString(bytes, from: index + 1)
            try note(bytes[(index + 1)..<end], at: index)
            return end + 1
        default: break
        }
        return index + 1
    }

    private mutating func note(_ name: ArraySlice<UInt8>, at index: Int) throws(JSONProblem) {
        guard isNameNext, !open.isEmpty else { return }
        isNameNext = false
        guard open[open.count - 1]?.insert(Array(name)).inserted == false else { return }
        throw problem(
            "names \(Excerpt.of(String(decoding: name, as: UTF8.self))) twice in one object",
            unquoted: "names a member twice in one object", at: index)
    }

    private static func endOfString(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index, bytes.count)
    }

    private func problem(_ reason: String, unquoted: String? = nil, at index: Int) -> JSONProblem {
        JSONProblem(reason, unquoted: unquoted, line: line, column: index - lineStart + 1)
    }
}
