import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage

extension Commands {
    /// Takes out what has been kept for long enough.
    static let purge = CommandSpec(
        path: ["purge"], summary: "Remove announcements that have been over for long, with all of theirs",
        options: [
            .value(
                "older-than", "TIME",
                "over for so long: 24 months, 2 years, 90d (default: keep of the configuration)"),
            .flag("dry-run", "only say what would go"), .flag("yes", "do not ask"),
        ],
        details: [
            "Goes: texts, deliveries, counts, names of removed people that no report needs any more, and suppressions "
                + "that were proposed and that nobody said yes to. Stays: what is open, contacts, and "
                + "suppressions. It works beside a process that sends; the file shrinks when none does."
        ],
        examples: ["tocsin purge --dry-run", "tocsin purge --older-than '12 months' --yes"]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let isDry = invocation.isSet("dry-run")
        let limit = try session.limit(invocation)
        let store = isDry ? try session.storeForReading() : try session.existingStore()
        let found = try await session.translating { () async throws(StoreError) in
            try await store.purgeable(before: limit.moment, abandoned: session.abandoned)
        }
        let when = "over before \(TimeText.text(for: limit.moment, in: limit.zone)) (\(limit.retention))"
        session.output.say(
            found.isEmpty ? "nothing was \(when)" : "\(when): \(found.text)")
        if isDry {
            session.showResult(found, limit.moment, isCompact: nil)
            return .success
        }
        let question = "Remove that? Nothing brings it back."
        if !found.isEmpty {
            guard try session.output.confirms(question, saysYes: invocation.isSet("yes")) else {
                return .usage
            }
        }
        try await session.purge(store, before: limit.moment)
        return .success
    }
}

extension Session {
    fileprivate func limit(
        _ invocation: Invocation
    ) throws(CommandFailure) -> (retention: Retention, moment: Date, zone: TimeZone) {
        let given = try invocation.value("older-than") { (text) throws(ValueProblem) in
            try Retention(text)
        }
        // With both given on the command line no configuration is needed.
        let configured = given != nil && namesStore ? nil : try outlined()
        let retention = given ?? configured?.keep ?? .usual
        let zone = configured?.zone ?? .gmt
        return (retention, retention.start(before: clock.now().wall, in: zone), zone)
    }

    /// What was begun before and never confirmed has nobody any more who would.
    fileprivate var abandoned: Date { clock.now().wall.adding(.zero - Store.abandonment) }

    fileprivate func purge(_ store: Store, before moment: Date) async throws(CommandFailure) {
        let (clock, abandoned) = (clock, abandoned)
        let gone = try await translating { () async throws(StoreError) in
            try await store.purge(before: moment, abandoned: abandoned) {
                // Whoever waits for the store tries again within this time.
                do { try await clock.sleep(clock.now().uptime + .milliseconds(20)) } catch { return }
            }
        }
        if !gone.isEmpty { output.say("removed: \(gone.text)") }
        let isCompact = try await translating { () async throws(StoreError) in
            guard try await store.isLoose() else { return true }
            return try await store.compact()
        }
        if !isCompact {
            output.say("the store is in use: its file shrinks at the next purge while nobody sends")
        }
        showResult(gone, moment, isCompact: isCompact)
    }

    fileprivate func showResult(_ purge: Purge, _ moment: Date, isCompact: Bool?) {
        guard output.isJSON else { return }
        output.result(json: PurgeResult(purge, moment, isCompact: isCompact))
    }
}

extension Purge {
    fileprivate var text: String {
        var parts = [
            CountText.text(announcements, "announcement", "announcements"), CountText.deliveries(deliveries),
        ]
        if proposals > 0 {
            parts.append(CountText.text(proposals, "proposed suppression", "proposed suppressions"))
        }
        if names > 0 {
            parts.append(CountText.text(names, "name of somebody removed", "names of people removed"))
        }
        return parts.joined(separator: ", ")
    }
}

private struct PurgeResult: Encodable {
    let before: Date
    let announcements: Int
    let deliveries: Int
    let proposals: Int
    let names: Int
    /// Whether freed space was given back; nil in a dry run.
    let isCompact: Bool?

    init(_ purge: Purge, _ moment: Date, isCompact: Bool?) {
        before = moment
        announcements = purge.announcements
        deliveries = purge.deliveries
        proposals = purge.proposals
        names = purge.names
        self.isCompact = isCompact
    }
}
