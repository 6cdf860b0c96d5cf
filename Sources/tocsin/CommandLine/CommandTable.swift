import Broadcast

/// All commands, and the way from words to one of them.
struct CommandTable: Sendable {
    /// In the order help lists them.
    let commands: [CommandSpec]

    /// What a command line asks for.
    enum Request: Sendable {
        case help(String)
        case version
        case run(CommandSpec, Invocation)
    }

    /// Reads the words behind the program's name.
    ///
    /// - Throws: `usage` with the nearest command.
    func request(_ words: [String]) throws(CommandFailure) -> Request {
        guard let first = words.first else { return .help(overview) }
        if ["--help", "help", "-h"].contains(first) { return try help(for: Array(words.dropFirst())) }
        if first == "--version" { return .version }
        if let spec = command(for: words) { return try request(spec, words.dropFirst(spec.path.count)) }
        if let spec = usual(words) { return try request(spec, words.dropFirst()) }
        return try group(words)
    }

    private func request(_ spec: CommandSpec, _ words: ArraySlice<String>) throws(CommandFailure) -> Request {
        let invocation = try Invocation(words, of: spec)
        return invocation.isSet("help") ? .help(HelpText(spec).text) : .run(spec, invocation)
    }

    /// What a group's name alone, or with options behind it, means; nil when it means nothing.
    private func usual(_ words: [String]) -> CommandSpec? {
        let second = words.dropFirst().first ?? ""
        guard second.isEmpty || second.hasPrefix("--"), second != "--help" else { return nil }
        return commands.first { $0.isUsual && $0.path[0] == words[0] }
    }

    /// The command with the longest path that begins `words`.
    private func command(for words: [String]) -> CommandSpec? {
        commands.filter { words.starts(with: $0.path) }.max { $0.path.count < $1.path.count }
    }

    private func help(for words: [String]) throws(CommandFailure) -> Request {
        if words.isEmpty { return .help(overview) }
        if let spec = command(for: words) { return .help(HelpText(spec).text) }
        return try group(words + ["--help"])
    }

    /// `contacts` alone, `contacts --help`, or a word that is no command.
    private func group(_ words: [String]) throws(CommandFailure) -> Request {
        let members = commands.filter { $0.path.count > 1 && $0.path[0] == words[0] }
        guard !members.isEmpty else {
            let hint = NearestName.of(words[0], in: commands.map { $0.path[0] }).map { "did you mean \($0)?" }
            throw CommandFailure(
                .usage, "\(Plain.text(words[0])) is no command; \(hint ?? "see tocsin --help")")
        }
        let second = words.dropFirst().first
        if second == "--help" || second == "-h" {
            return .help(HelpText.list(members, title: "tocsin \(words[0])"))
        }
        let names = members.map { $0.path[1] }
        guard let second else {
            throw CommandFailure(.usage, "tocsin \(words[0]) needs one of: \(names.joined(separator: ", "))")
        }
        let hint = NearestName.of(second, in: names).map { "did you mean \($0)?" }
        throw CommandFailure(
            .usage,
            "tocsin \(words[0]) has no \(Plain.text(second)); \(hint ?? "it has \(names.joined(separator: ", "))")"
        )
    }

    private var overview: String {
        """
        Tocsin sends one announcement to every customer over every channel that works.

        \(HelpText.list(commands, title: "tocsin"))
        Start with: tocsin init · tocsin contacts import FILE.csv
                    tocsin send outage --to all --dry-run
        Help on one command: tocsin send --help

        """
    }
}
