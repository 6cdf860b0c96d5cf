import Broadcast

/// A command line that fits its command: every option known, every operand present.
struct Invocation: Sendable {
    /// The words behind the command.
    private(set) var operands: [String] = []
    private var values: [String: [String]] = [:]

    /// Reads `words` (those behind the command's own) against `spec`.
    ///
    /// - Throws: `usage`, naming the word at fault and the nearest option.
    init(_ words: ArraySlice<String>, of spec: CommandSpec) throws(CommandFailure) {
        var rest = words
        var takesOptions = true
        while let word = rest.popFirst() {
            if takesOptions, word == "--" {
                takesOptions = false
            } else if takesOptions, word.hasPrefix("--") {
                try take(option: word, from: &rest, of: spec)
            } else if takesOptions, word.hasPrefix("-"), word != "-", Int64(word) == nil {
                throw CommandFailure(.usage, "\(Plain.text(word)): options are long here, such as --help")
            } else {
                operands.append(word)
            }
        }
        if !isSet("help") { try checkOperands(of: spec) }
    }

    /// Whether the option was given.
    func isSet(_ name: String) -> Bool { values[name] != nil }

    /// The value of an option; nil when it was not given.
    func value(_ name: String) -> String? { values[name]?.last }

    /// All values of a repeated option, in order.
    func values(_ name: String) -> [String] { values[name] ?? [] }

    /// The operand at `index`; nil when there are fewer.
    func operand(_ index: Int) -> String? { operands.indices.contains(index) ? operands[index] : nil }

    /// The operand at `index`, which the command requires, so that it is there.
    func required(_ index: Int) -> String { operands[index] }

    private mutating func take(
        option word: String, from rest: inout ArraySlice<String>, of spec: CommandSpec
    ) throws(CommandFailure) {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = spec.allOptions.first(where: { $0.name == name }) else {
            throw Self.unknown(name, of: spec)
        }
        if !option.isRepeated, values[name] != nil {
            throw CommandFailure(.usage, "--\(name) is given twice")
        }
        guard let placeholder = option.value else {
            if parts.count > 1 { throw CommandFailure(.usage, "--\(name) takes no value") }
            values[name] = [""]
            return
        }
        guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
            throw CommandFailure(.usage, "--\(name) needs a value: --\(name) \(placeholder)")
        }
        values[name, default: []].append(value)
    }

    private static func unknown(_ name: String, of spec: CommandSpec) -> CommandFailure {
        if spec.path == ["send"], name == "at" {
            return CommandFailure(
                .usage,
                "--at: sending later is not there yet; let cron run this command with --yes, as docs/sending.md says"
            )
        }
        let nearest = NearestName.of(name, in: spec.allOptions.map(\.name))
        let hint = nearest.map { "did you mean --\($0)?" } ?? "see tocsin \(spec.name) --help"
        return CommandFailure(.usage, "--\(Plain.text(name)) is no option of tocsin \(spec.name); \(hint)")
    }

    private static func surplus(_ word: String, isAfterAudience: Bool, of spec: CommandSpec) -> CommandFailure
    {
        let isOfAudience = isAfterAudience && ["and", "or", "not"].contains(word.lowercased())
        let hint = isOfAudience ? "; put the audience in quotes: --to 'tag:a and tag:b'" : ""
        return CommandFailure(.usage, "tocsin \(spec.name): unexpected \(Plain.text(word))\(hint)")
    }

    private func checkOperands(of spec: CommandSpec) throws(CommandFailure) {
        let least = spec.operands.count { $0.count == .one || $0.count == .many }
        let hasMany = spec.operands.contains { $0.count == .many || $0.count == .any }
        if operands.count < least {
            let missing = spec.operands[operands.count]
            throw CommandFailure(
                .usage,
                "tocsin \(spec.name) needs \(missing.name): \(missing.help); see tocsin \(spec.name) --help")
        }
        if !hasMany, operands.count > spec.operands.count {
            throw Self.surplus(operands[spec.operands.count], isAfterAudience: isSet("to"), of: spec)
        }
    }
}
