import Broadcast
import Dispatching
import Foundation
import Storage

extension Commands {
    /// Takes over a list of people.
    static let contactsImport = CommandSpec(
        path: ["contacts", "import"], summary: "Take over a CSV list of people: all of it or nothing",
        operands: [.init(name: "FILE", help: "the list; its first line names the columns")],
        options: [
            .flag("dry-run", "say what would change; write nothing"),
            .flag("skip-invalid", "put bad rows into FILE.rejected.csv (or -2, …) and take the others"),
            .repeated("map", "YOURS=OURS", "a column that the list calls otherwise, such as Cellulare=phone"),
            countryOption,
        ],
        details: [
            "Columns: id (required), name, email, phone, telegram, locale, timezone, tags, prefer, consent, "
                + "consentSource, consentDate, suppressed; every other one becomes an attribute. Lists inside a "
                + "field are separated by ;. An empty cell keeps what is stored, - clears it.",
            "The delimiter (comma, semicolon, tab, pipe) and the encoding are detected. An import never lifts a "
                + "suppression.",
        ],
        examples: [
            "tocsin contacts import customers.csv --dry-run",
            "tocsin contacts import customers.csv --map Cellulare=phone --country IT",
        ]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        var order = ContactImport(
            path: invocation.required(0), map: try columnMap(invocation.values("map")),
            region: try invocation.region(), channels: try session.knownChannels(),
            skipsInvalid: invocation.isSet("skip-invalid"), isDryRun: invocation.isSet("dry-run"))
        let store = try session.storeForImport(isDryRun: order.isDryRun)
        let gauge = ImportGauge(path: order.path, session: session)
        order.whileReading = { rows, part in gauge.show(rows, part) }
        let summary = ImportSummary(
            order: order, report: try await session.importContacts(order, into: store),
            options: importOptions(invocation))
        summary.show(on: session.output)
        return .success
    }

    /// The options that another import of the same columns into the same store needs, as they are typed.
    private static func importOptions(_ invocation: Invocation) -> String {
        var words: [String] = []
        for name in ["map", "country", "config", "store"] {
            for value in invocation.values(name) { words += ["--" + name, ShellWord.of(value)] }
        }
        return words.map { " " + $0 }.joined()
    }

    private static func columnMap(_ pairs: [String]) throws(CommandFailure) -> [String: String] {
        var map: [String: String] = [:]
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw CommandFailure(
                    .usage, "--map \(Excerpt.of(pair)): expected YOURS=OURS, such as --map Cellulare=phone")
            }
            guard map.updateValue(parts[1], forKey: parts[0]) == nil else {
                throw CommandFailure(.usage, "--map \(Excerpt.of(parts[0])) is given twice")
            }
        }
        return map
    }
}

extension Session {
    /// A dry run makes no store: without one, everybody would be new.
    fileprivate func storeForImport(isDryRun: Bool) throws(CommandFailure) -> Store {
        guard isDryRun else { return try store() }
        guard FileManager.default.fileExists(atPath: try storeFile()) else {
            let now = clock.now().wall
            return try translating { () throws(StoreError) in try Store.inMemory(now: now) }
        }
        return try storeForReading()
    }

    fileprivate func importContacts(
        _ order: ContactImport, into store: Store
    ) async throws(CommandFailure) -> ImportReport {
        let now = clock.now().wall
        defer { output.endProgress() }
        do throws(ContactListError) {
            return try await store.importContacts(order, now: now)
        } catch {
            throw CommandFailure(error, of: order)
        }
    }
}

/// Shows how far an import has come.
private struct ImportGauge: Sendable {
    let path: String
    let session: Session
    private let begun: Duration

    init(path: String, session: Session) {
        self.path = path
        self.session = session
        begun = session.clock.now().uptime
    }

    func show(_ rows: Int, _ part: Double) {
        let seconds = max(0.001, (session.clock.now().uptime - begun).inSeconds)
        let left = part > 0 ? Duration.seconds(seconds * (1 - part) / part) : .zero
        session.output.progress(
            "\(Int(part * 100)) %, \(CountText.grouped(rows)) rows, \(CountText.grouped(Int(Double(rows) / seconds))) a second, "
                + "\(DurationText.rough(left)) left")
    }
}
