/// A file of ids, one a line, as `ids:FILE` names it.
public enum ContactIDList {
    /// What is wrong with one line.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        /// The line, from 1.
        public let line: Int
        /// What is wrong with it.
        public let problem: ValueProblem

        /// The line and the problem.
        public var description: String { "line \(line): \(problem)" }
    }

    /// The ids in the order of their first mention, each once; empty lines are skipped.
    ///
    /// - Throws: the first line that cannot be an id, or is no UTF-8.
    public static func ids(in bytes: [UInt8]) throws(Problem) -> [Contact.ID] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        var ids: [Contact.ID] = []
        var seen: Set<Contact.ID> = []
        for (index, line) in content.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard let text = String(validating: line, as: UTF8.self) else {
                throw Problem(
                    line: index + 1, problem: ValueProblem(.character, "is not UTF-8", expected: "UTF-8 text")
                )
            }
            guard !text.utf8.contains(0) else {
                throw Problem(
                    line: index + 1,
                    problem: ValueProblem(
                        .character, "holds a NUL character", expected: "a text file of one id a line"))
            }
            let id = FreeText.trimmed(text)
            if id.isEmpty { continue }
            guard let id = Contact.ID(parsing: id) else {
                throw Problem(
                    line: index + 1,
                    problem: ValueProblem(
                        .malformed, "\(Excerpt.of(id)) cannot be an id", expected: "one id a line"))
            }
            if seen.insert(id).inserted { ids.append(id) }
        }
        return ids
    }
}
