/// The help of one command, at most 80 columns wide.
struct HelpText {
    /// The whole text, ending with a line end.
    let text: String

    init(_ spec: CommandSpec) {
        let operands = spec.operands.map(\.synopsis)
        let name =
            spec.isUsual ? "\(spec.path[0]) [\(spec.path.dropFirst().joined(separator: " "))]" : spec.name
        let synopsis = (["tocsin", name] + operands + ["[options]"]).joined(separator: " ")
        var parts = ["\(spec.summary)\n", "  \(synopsis)\n"]
        if !spec.operands.isEmpty {
            parts.append(Self.columns(spec.operands.map { ($0.name, $0.help) }))
        }
        parts += spec.details.map { Paragraph.lines(of: $0).joined(separator: "\n") + "\n" }
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

    private static func columns(_ rows: [(String, String)]) -> String {
        let left = min(24, rows.map(\.0.count).max() ?? 0)
        let indent = String(repeating: " ", count: left + 4)
        return rows.map { name, help in
            let lines = Paragraph.lines(of: help, width: Paragraph.width - left - 4)
            let rest = lines.dropFirst().map { "\(indent)\($0)\n" }.joined()
            guard name.count <= left else {
                return "  \(name)\n" + lines.map { "\(indent)\($0)\n" }.joined()
            }
            let padding = String(repeating: " ", count: left - name.count + 2)
            return "  \(name)\(padding)\(lines.first ?? "")\n" + rest
        }.joined()
    }
}
