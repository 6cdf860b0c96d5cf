import Broadcast
import Configuration
import Foundation
import Templating

extension Commands {
    /// What there is to send, and what each wants to be told.
    static let templates = CommandSpec(
        path: ["templates"], summary: "List the templates, or show what one of them wants to be told",
        operands: [.init(name: "NAME", help: "a template (default: all of them)", count: .optional)],
        examples: ["tocsin templates", "tocsin templates outage"]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let configured = session.configurationPath == nil ? nil : try session.outlined()
        let folder = TemplateFolder(session.templatesDirectory(configured))
        let sender = configured?.sender ?? Sender(name: "Sender")
        let names = invocation.operand(0).map { [$0] } ?? folder.names()
        var shown: [TemplateFacts] = []
        var failure: CommandFailure?
        for name in names {
            do throws(TemplateProblems) {
                shown.append(try TemplateFacts(name, of: folder, sender))
            } catch {
                // One that is broken does not hide the others.
                failure = CommandFailure(error)
                for line in CommandFailure(error).lines where names.count > 1 { session.output.say(line) }
            }
        }
        if let failure, names.count == 1 { throw failure }
        if session.output.isJSON {
            session.output.result(json: ["templates": shown])
        } else {
            session.output.result(shown.map(\.text).joined(separator: "\n\n"))
        }
        return failure?.exit ?? .success
    }
}

/// A template as whoever sends it has to know it.
struct TemplateFacts: Encodable {
    /// What `--set` may give.
    struct Variable: Encodable {
        let name: String
        let description: String
        /// What stands when nothing is given; nil when something must be.
        let fallback: String?

        private enum CodingKeys: String, CodingKey { case name, description, fallback = "default" }
    }

    let name: String
    let subject: String
    let purpose: Purpose
    let priority: Priority
    let locales: [String]
    let channels: [String]?
    let variables: [Variable]
    /// The files that go along, in all its languages.
    let attachments: [String: FrozenFile]

    /// Reads and compiles it.
    init(_ name: String, of folder: TemplateFolder, _ sender: Sender) throws(TemplateProblems) {
        let content = try folder.load(name, variables: [:], sender: sender)
        let template = try CompiledTemplate(content, unset: .shown)
        let front = template.frontMatter
        self.name = name
        (subject, purpose, priority) = (front.subject, front.purpose, front.priority)
        locales = template.locales
        channels = front.channels?.map(\.rawValue)
        attachments = content.attachments
        variables = front.variables.filter { !$0.isOfContact }.map {
            Variable(name: $0.name, description: $0.summary, fallback: $0.fallback)
        }
    }

    /// For people, at most 80 columns wide.
    var text: String {
        let over = channels.map { " over \($0.joined(separator: ", "))" } ?? ""
        let head = Paragraph.folded(
            Plain.text(
                "\(name)  \(purpose.rawValue), \(priority.rawValue), \(locales.joined(separator: " "))\(over)",
                limit: 500))
        let lines = variables.map { variable in
            let fallback = variable.fallback.map { $0.isEmpty ? "may be left out" : "default: \($0)" }
            return Paragraph.hanging(
                "  --set \(variable.name)=…  ",
                Plain.text("\(variable.description) (\(fallback ?? "required"))", limit: 500))
        }
        let files = attachments.sorted { $0.key < $1.key }.map { path, file in
            Paragraph.hanging(
                "  with ", Plain.text("\(path) (\(file.type), \(ByteText.of(file.size)))", limit: 500))
        }
        return ([head, Paragraph.folded("  \"\(Plain.text(subject))\"")] + lines + files)
            .joined(separator: "\n")
    }
}
