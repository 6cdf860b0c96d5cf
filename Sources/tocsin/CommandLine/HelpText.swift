/// The help of one command, at most 80 columns wide.
struct HelpText {
    /// The whole text, ending with a line end.
    let text: String

    init(_ spec: CommandSpec) {
        let operands = spec.operands.map(\.synopsis)
        let synopsis = (["tocsin", spec.name] + operands + ["[options]"]).joined(separator: " ")
        var parts = ["\(spec.summary)\n", "  \(synopsis)\n"]
        if !spec.operands.isEmpty {
            parts.append(Self.columns(spec.operands.map { ($0.name, $0.help) }))
        }
        parts += spec.details.map { Self.wrapped($0, width: Self.width) }
        parts.append("Options:\n" + Self.columns(spec.allOptions.map { ($0.synopsis, $0.help) }))
        if !spec.examples.isEmpty {
            parts.append("Examples:\n" + spec.examples.map { "  \($0)\n" }.joined())
        }
        text = parts.joined(separator: "\n")
    }

    /// One line per command.
    static func list(_ commands: [CommandSpec], title: String) -> String {
        "\(title) COMMAND\n\n" + columns(commands.map { ($0.name, $0.summary) })
    }

    private static let width = 80

    private static func columns(_ rows: [(String, String)]) -> String {
        let left = min(24, rows.map(\.0.count).max() ?? 0)
        let indent = String(repeating: " ", count: left + 4)
        return rows.map { name, help in
            let lines = wrapped(help, width: width - left - 4).split(separator: "\n").map(String.init)
            let rest = lines.dropFirst().map { "\(indent)\($0)\n" }.joined()
            guard name.count <= left else {
                return "  \(name)\n" + lines.map { "\(indent)\($0)\n" }.joined()
            }
            let padding = String(repeating: " ", count: left - name.count + 2)
            return "  \(name)\(padding)\(lines.first ?? "")\n" + rest
        }.joined()
    }

    private static func wrapped(_ text: String, width: Int) -> String {
        var lines = [""]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].isEmpty {
                lines[lines.count - 1] = String(word)
            } else if lines[lines.count - 1].count + 1 + word.count <= width {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
