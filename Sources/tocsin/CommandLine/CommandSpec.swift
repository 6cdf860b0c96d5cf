/// One command: its words, its help and what it does.
///
/// Parsing, `--help` and the README's table all read this value.
struct CommandSpec: Sendable {
    /// The words that choose it, such as `contacts import`.
    let path: [String]
    /// One line.
    let summary: String
    /// The operands, in order.
    var operands: [Operand] = []
    /// The options of its own.
    var options: [Option] = []
    /// The options that it shares with others.
    var shared = Self.common
    /// More to say in `--help`, in paragraphs.
    var details: [String] = []
    /// Shown below the options; whole command lines.
    var examples: [String] = []
    /// Whether its group's name alone means it, as `channels` means `channels list`.
    var isUsual = false
    /// Does the work.
    let run: @Sendable (Invocation, Session) async throws(CommandFailure) -> ExitCode

    /// A word that is not an option.
    struct Operand: Sendable {
        enum Count: Sendable {
            case one, optional
            /// At least one.
            case many
            /// None, or as many as there are.
            case any
        }

        let name: String
        let help: String
        var count = Count.one

        /// As it stands in a synopsis.
        var synopsis: String {
            switch count {
            case .one: name
            case .optional: "[\(name)]"
            case .many: "\(name)…"
            case .any: "[\(name)…]"
            }
        }
    }

    /// A `--name`, alone or with a value.
    struct Option: Sendable {
        let name: String
        /// What the value is called in help; nil for a flag.
        let value: String?
        let help: String
        var isRepeated = false

        /// A flag.
        static func flag(_ name: String, _ help: String) -> Option {
            Option(name: name, value: nil, help: help)
        }

        /// An option with one value.
        static func value(_ name: String, _ value: String, _ help: String) -> Option {
            Option(name: name, value: value, help: help)
        }

        /// An option that may be given several times.
        static func repeated(_ name: String, _ value: String, _ help: String) -> Option {
            Option(name: name, value: value, help: help, isRepeated: true)
        }

        /// As it stands in help.
        var synopsis: String { value.map { "--\(name) \($0)" } ?? "--\(name)" }
    }

    /// What every command takes that works on a configuration and a store.
    static let common: [Option] =
        [
            .value(
                "config", "FILE",
                "configuration (default: $TOCSIN_CONFIG, ./channels.json, /etc/tocsin/channels.json)"),
            .value("templates", "DIR", "templates (default: templates/ beside the configuration)"),
            .value("store", "FILE", "the store, instead of the configured one"),
        ] + basic

    /// What every command takes.
    static let basic: [Option] = [
        .flag("json", "print the result as JSON on standard output"),
        .flag("help", "show this help"),
    ]

    /// Its own options and the shared ones.
    var allOptions: [Option] { options + shared }

    /// The words as they are typed.
    var name: String { path.joined(separator: " ") }
}
