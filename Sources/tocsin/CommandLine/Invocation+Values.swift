import Broadcast
import Foundation

/// Values of options, read; each problem names its option and what that takes.
extension Invocation {
    /// One of a closed list of words; nil when the option was not given.
    ///
    /// - Throws: `usage` with the words, and the nearest.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ option: String
    ) throws(CommandFailure) -> Choice? where Choice.RawValue == String {
        guard let text = value(option) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map(\.rawValue)
        let hint = NearestName.of(text, in: names).map { "; did you mean \($0)?" } ?? ""
        throw CommandFailure(
            .usage, "--\(option) \(Plain.text(text)): expected \(names.joined(separator: ", "))\(hint)")
    }

    /// Whatever `read` makes of the value; nil when the option was not given.
    ///
    /// - Throws: `usage` with what `read` says is wrong.
    func value<Value>(
        _ option: String, _ read: (String) throws(ValueProblem) -> Value
    ) throws(CommandFailure) -> Value? {
        guard let text = value(option) else { return nil }
        do throws(ValueProblem) {
            return try read(text)
        } catch {
            throw CommandFailure(.usage, Plain.text("--\(option) \(Excerpt.of(text)): \(error)", limit: 500))
        }
    }

    /// A duration; nil when the option was not given.
    ///
    /// - Throws: `usage` with what a duration looks like.
    func duration(_ option: String) throws(CommandFailure) -> Duration? {
        try value(option) { (text) throws(ValueProblem) in try DurationText.duration(text) }
    }
}
