import Broadcast
import Channels
import Configuration
import Dispatching
import Foundation
import Storage
import Templating

/// One examination of everything a send stands on.
struct Checkup: Encodable {
    /// One thing worth telling.
    struct Finding: Encodable, Equatable {
        /// What was looked at: `configuration`, `templates`, `store`, `channels` or `outside word`.
        let area: String
        /// Stable; empty for what is well.
        let code: String
        /// One line with its place; without control characters.
        let message: String
    }

    let session: Session
    var problems: [Finding] = []
    var warnings: [Finding] = []
    /// What may well be meant so.
    var notes: [Finding] = []
    var well: [Finding] = []
    /// Those that can be sent.
    var templates: [CompiledTemplate] = []
    /// What the first bad thing means for the process; the order of examination is that of importance.
    private(set) var exit = ExitCode.success

    private enum CodingKeys: String, CodingKey { case problems, warnings, notes, well }

    init(_ session: Session) { self.session = session }

    /// Looks at everything, whatever is found.
    mutating func conduct(isOnline: Bool) async throws(CommandFailure) {
        let configured = examineConfiguration()
        let known = configured ?? outlined
        examineTemplates(known)
        await examineStore(known)
        guard isOnline else { return }
        try await greet(configured?.inOrder ?? soundChannels(of: known))
        if let known { await ask(known) }
    }

    /// What can be greeted although something else is wrong; says which cannot.
    private mutating func soundChannels(of known: Configured?) -> [ConfiguredChannel] {
        let environment = session.environment
        let sound = session.configurationPath.map { path in
            ConfigurationFile.soundChannels(at: path) { environment[$0] }
        }
        let names = (sound ?? []).map(\.facts.name)
        let others = known?.inOrder.map(\.facts.name).filter { !names.contains($0) } ?? []
        for name in others {
            note(
                "channels", "\(name): not greeted before its settings are mended", in: \.warnings,
                code: "not-asked")
        }
        if names.isEmpty, others.isEmpty {
            note("channels", "not greeted: mend the configuration first", in: \.warnings, code: "not-asked")
        }
        return sound ?? []
    }

    mutating func report(_ area: String, _ code: String, _ message: String, exit: ExitCode) {
        note(area, message, in: \.problems, code: code)
        if self.exit == .success { self.exit = exit }
    }

    mutating func note(
        _ area: String, _ message: String, in list: WritableKeyPath<Self, [Finding]>, code: String = ""
    ) {
        self[keyPath: list].append(Finding(area: area, code: code, message: Plain.text(message, limit: 1000)))
    }

    // MARK: Configuration

    private mutating func examineConfiguration() -> Configured? {
        guard let path = session.configurationPath else {
            do throws(CommandFailure) { return try session.configured() } catch {
                for line in error.lines { report("configuration", "missing", line, exit: error.exit) }
                return nil
            }
        }
        let environment = session.environment
        do throws(ConfigurationError) {
            let configured = try ConfigurationFile.configured(at: path) { environment[$0] }
            add(configured.warnings, of: path)
            examineNames(in: path)
            let count = configured.channels.count
            note(
                "configuration", "\(path): \(count) channel\(count == 1 ? "" : "s"), every secret is there",
                in: \.well)
            return configured
        } catch {
            for issue in error.problems {
                report("configuration", issue.code.rawValue, "\(path): \(issue)", exit: .configuration)
            }
            add(error.warnings, of: path)
            return nil
        }
    }

    /// Names that the example configuration uses and that nobody can have.
    ///
    /// Source: https://www.rfc-editor.org/rfc/rfc2606#section-2 (2026-11).
    private mutating func examineNames(in path: String) {
        let text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        let names = Set(text.matches(of: /[A-Za-z0-9.-]+\.example\b/).map { String($0.0) }).sorted()
        guard !names.isEmpty else { return }
        let list = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
        note(
            "configuration",
            "\(path): still names \(list): nobody can have a name in .example; fill in yours",
            in: \.warnings, code: "example-name")
    }

    /// Templates and store can be looked at although secrets are missing; nil when more than that is wrong.
    private var outlined: Configured? {
        guard let path = session.configurationPath else { return nil }
        do throws(ConfigurationError) { return try ConfigurationFile.outline(at: path) } catch { return nil }
    }

    private mutating func add(_ issues: [ConfigurationIssue], of path: String) {
        for issue in issues {
            note("configuration", "\(path): \(issue)", in: \.warnings, code: issue.code.rawValue)
        }
    }

    // MARK: Store

    private mutating func examineStore(_ configured: Configured?) async {
        do throws(CommandFailure) {
            guard session.namesStore || configured != nil else {
                note(
                    "store", "not looked at: mend the configuration first, which says where it is",
                    in: \.warnings,
                    code: "not-asked")
                return
            }
            let path = try session.storeFile(configured)
            guard FileManager.default.fileExists(atPath: path) else {
                note("store", "\(path): none yet; the first import makes it", in: \.well)
                return
            }
            let store = try session.storeForReading(configured)
            let asked = templates.reduce(into: Set<String>()) { $0.formUnion($1.attributes) }
            let (contacts, running, locales, unknown) = try await session.translating {
                () async throws(StoreError) in
                (
                    try await store.count(try await store.selection(.all)),
                    try await store.running().count, try await store.locales(),
                    try await store.unknownAttributes(among: asked)
                )
            }
            compare(locales, of: contacts, others: configured?.sender.locale ?? "en")
            compare(unknown)
            note("store", "\(path): contacts: \(contacts), announcements under way: \(running)", in: \.well)
            examineMode(of: path)
        } catch {
            for line in error.lines { report("store", "unusable", line, exit: error.exit) }
        }
    }

    private mutating func examineMode(of path: String) {
        if !FileManager.default.isWritableFile(atPath: path) {
            note(
                "store", "\(path): cannot be written; nothing can be sent from it", in: \.warnings,
                code: "read-only")
        }
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        if let mode = facts?[.posixPermissions] as? NSNumber, mode.intValue & 0o077 != 0 {
            note(
                "store", "\(path): other accounts can read it: chmod 600 it", in: \.warnings,
                code: "open-to-others")
        }
    }

    // MARK: Channels

    private mutating func greet(_ channels: [ConfiguredChannel]) async throws(CommandFailure) {
        if channels.isEmpty { return }
        let probes = try await Probe.conduct(channels, session.output)
        for probe in probes {
            let message = "\(probe.channel): \(probe.why)"
            switch probe.result {
            case .well: note("channels", message, in: \.well)
            case .notAsked: note("channels", message, in: \.warnings, code: probe.result.rawValue)
            case .failed: report("channels", "no-answer", message, exit: Probe.exit(of: probes))
            }
        }
    }

    // MARK: Outside word

    /// Asks every status page; what one says is no fault of this machine's, and nothing to mend in the configuration.
    private mutating func ask(_ configured: Configured) async {
        let now = session.clock.now().wall
        guard let store = keeper(of: configured) ?? (try? Store.inMemory(now: now)) else { return }
        let words = await session.outsideWords(configured, store, .all)
        for source in configured.outside {
            let word = words.first { $0.company == source.company }
            let story =
                word?.story(at: now, in: configured.zone)
                ?? source.lack
            let message = "\(source.company): \(story)"
            if word?.standing(at: now) == .well, word?.trouble.isEmpty == true {
                note("outside word", message, in: \.well)
            } else {
                let said = word?.trouble.isEmpty == true ? word?.word?.rawValue : nil
                note("outside word", message, in: \.warnings, code: said ?? "not-said")
            }
        }
    }

    /// The store, to keep what is said where that can be; without one a second bad reply cannot be told from the first.
    private func keeper(of configured: Configured) -> Store? {
        guard let path = try? session.storeFile(configured), FileManager.default.fileExists(atPath: path)
        else {
            return nil
        }
        let isWritable = FileManager.default.isWritableFile(atPath: path)
        return (isWritable ? try? session.store(configured) : nil)
            ?? (try? session.storeForReading(configured))
    }

    // MARK: For people

    /// Each finding, at most 80 columns wide, the bad ones last, where they are seen.
    var text: String {
        let lists = [("well", well), ("note", notes), ("warning", warnings), ("problem", problems)]
        return lists.flatMap { word, findings in
            let head = word + String(repeating: " ", count: 9 - word.count)
            return findings.map { Paragraph.hanging(head, "\($0.area): \($0.message)") }
        }.joined(separator: "\n")
    }

    /// How many of each there are.
    var summary: String {
        let counted = { (count: Int, word: String) in "\(count) \(word)\(count == 1 ? "" : "s")" }
        return problems.isEmpty && warnings.isEmpty
            ? "all well" : "\(counted(problems.count, "problem")), \(counted(warnings.count, "warning"))"
    }
}
