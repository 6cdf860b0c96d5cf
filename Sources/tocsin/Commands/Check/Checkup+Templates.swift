import Broadcast
import Channels
import Configuration
import Foundation
import Storage
import Templating

// What `check` says of templates: what keeps one from being sent is a problem, what could be better a warning.
extension Checkup {
    mutating func examineTemplates(_ configured: Configured?) {
        let directory = session.templatesDirectory(configured)
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
            report(
                "templates", "unreadable", "\(directory): there is no such directory to read",
                exit: .badContent)
            return
        }
        let folder = TemplateFolder(directory)
        let names = folder.names()
        var good: [String] = []
        for name in names {
            if let locales = examine(name, of: folder, configured) {
                good.append("\(name) (\(locales.joined(separator: ", ")))")
            }
        }
        if !good.isEmpty { note("templates", "\(directory): \(good.joined(separator: ", "))", in: \.well) }
        if names.isEmpty { note("templates", "\(directory) holds no template", in: \.warnings, code: "none") }
        for stray in Self.strays(entries, besides: names, in: directory) {
            note(
                "templates", "\(directory)/\(stray): is no template: it has no message.md", in: \.warnings,
                code: "no-message")
        }
    }

    /// The locales of a template that is well; nil otherwise.
    private mutating func examine(
        _ name: String, of folder: TemplateFolder, _ configured: Configured?
    ) -> [String]? {
        // Without a configuration its texts can be looked at all the same, as if everything stood in it.
        let sender =
            configured?.sender
            ?? Sender(
                name: "Sender", website: "https://sender.example",
                page: "https://sender.example/{{announcement.id}}")
        do throws(TemplateProblems) {
            let content = try folder.load(name, variables: [:], sender: sender)
            let template = try CompiledTemplate(content, unset: .shown)
            let findings =
                template.warnings + template.findings(sms: Self.shortForms(of: configured))
                + Self.oversizedShortForms(of: template, configured)
            for warning in findings {
                note("templates", warning.description, in: \.warnings, code: warning.code.rawValue)
            }
            templates.append(template)
            let isWell = [examineChannels(of: template, configured), examineFiles(of: template, configured)]
            return isWell.allSatisfy(\.self) ? template.locales : nil
        } catch {
            for problem in error.all {
                report("templates", problem.code.rawValue, problem.description, exit: .badContent)
            }
            return nil
        }
    }

    /// Nil when no channel sends any.
    private static func shortForms(of configured: Configured?) -> ShortFormRules? {
        guard let configured else { return ShortFormRules() }
        return ShortFormRules(over: configured.channels.map(\.facts))
    }

    /// What no channel takes that it may go over.
    private static func oversizedShortForms(
        of template: CompiledTemplate, _ configured: Configured?
    ) -> [TemplateProblem] {
        let facts = (configured?.inOrder.map(\.facts) ?? []).filter { facts in
            facts.traits.form == .sms && template.frontMatter.channels?.contains(facts.name) ?? true
        }
        return facts.flatMap { template.oversizedShortForms(for: $0.traits.limits, over: $0.name) }
    }

    private mutating func examineChannels(of template: CompiledTemplate, _ configured: Configured?) -> Bool {
        guard let known = configured?.channels.map(\.facts.name.rawValue) else { return true }
        let unknown = template.frontMatter.unknownChannels(among: known)
        for (line, problem) in unknown {
            report(
                "templates", "channel-unknown", "\(template.name)/message.md:\(line): \(problem)",
                exit: .badContent)
        }
        return unknown.isEmpty
    }

    /// Whether every mail channel that the template may go over carries its files.
    private mutating func examineFiles(of template: CompiledTemplate, _ configured: Configured?) -> Bool {
        let facts = (configured?.channels.map(\.facts) ?? []).filter { facts in
            facts.traits.form == .email && template.frontMatter.channels?.contains(facts.name) ?? true
        }
        guard let least = facts.compactMap(\.traits.limits.bytes).min() else { return true }
        let problems = template.oversizedFiles(forMailsOf: least)
        for problem in problems {
            report("templates", problem.code.rawValue, problem.description, exit: .badContent)
        }
        return problems.isEmpty
    }

    /// Folders that look like templates but are none, so that a mistyped file name is not found out during an outage.
    private static func strays(
        _ entries: [String], besides names: [String], in directory: String
    ) -> [String] {
        entries.sorted().filter { entry in
            !names.contains(entry) && entry != "layouts" && !entry.hasPrefix("_") && !entry.hasPrefix(".")
                && FileManager.default.fileExists(atPath: "\(directory)/\(entry)/.")
        }
    }

    /// What templates ask of contacts and none of them has.
    mutating func compare(_ unknown: [UnknownAttribute]) {
        for warning in templates.flatMap({ $0.findings(of: unknown) }) {
            note("templates", warning.description, in: \.warnings, code: warning.code.rawValue)
        }
    }

    /// Whose language a template does not speak: they get another one, which may be what is wanted.
    ///
    /// Those of all `contacts` who have no locale read that of the `others`.
    mutating func compare(_ known: [String: Int], of contacts: Int, others: String) {
        let locales = known.merging([others: contacts - known.values.reduce(0, +)], uniquingKeysWith: +)
            .filter { $0.value > 0 }
        for template in templates {
            let people = template.unspoken(locales.keys).map { (locale: $0, count: locales[$0] ?? 0) }
                .sorted { ($1.count, $0.locale) < ($0.count, $1.locale) }
            guard let first = people.first, let own = ReaderLanguage(first.locale) else { continue }
            let list = people.prefix(5).map { "“\($0.locale)” (\(CountText.people($0.count)))" }
                .joined(separator: ", ")
            note(
                "templates",
                "\(template.name)/message.md: there is no text for \(list)\(people.count > 5 ? ", …" : ""): they get "
                    + "another language or script; write \(template.name)/message.\(own.tag).md", in: \.notes,
                code: "locale-missing")
        }
    }
}
