import Broadcast
import Dispatching
import Foundation
import Storage

extension Commands {
    /// Lets a copy take the original's place.
    static let adopt = CommandSpec(
        path: ["adopt"], summary: "Let a restored or copied store send, after saying what would leave",
        options: [
            .flag("cancel", "cancel everything that still waits instead of letting it leave"),
            .flag("yes", "do not ask"),
        ],
        details: [
            "A copy does not know what the original has sent since: all that waits here leaves again, under the same "
                + "Message-IDs and keys. Telegram and most SMS gateways know no keys: whoever the original told there is "
                + "told twice. Make sure that the original sends no more. Adopting sends nothing by itself: "
                + "tocsin resume --all does, or the next send.",
            "A copy does not know either who opted out, withdrew consent or was erased in the original since. restore "
                + "--replace takes that over, but for erasures; else bring it first, with tocsin contacts import, "
                + "contacts suppress or contacts erase.",
            "With --cancel nothing leaves. What the original may have sent counts as unknown, so that "
                + "tocsin send --closes ID reaches whoever heard of it. The same holds later for what was due when you "
                + "adopted and then never left, as it was cancelled or closed first, or its time ran out.",
        ],
        examples: ["tocsin adopt", "tocsin adopt --cancel --yes"]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let path = try session.storeFile()
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure(.notFound, "\(Plain.text(path, limit: 1000)): there is no store to adopt")
        }
        let store = try session.store()
        let open = try await session.translating { () async throws(StoreError) in
            try await store.openAnnouncements()
        }
        guard let copy = store.copy else {
            session.output.say("\(Plain.text(path, limit: 1000)) is no copy: there is nothing to adopt")
            if session.output.isJSON {
                session.output.result(json: Adoption(nil, open, isAdopted: false))
            }
            return .success
        }
        let isCancelling = invocation.isSet("cancel")
        session.show(copy, open, isCancelling: isCancelling)
        let question = isCancelling && !open.isEmpty ? "Cancel all of that, and adopt?" : "Adopt?"
        guard try session.output.confirms(question, saysYes: invocation.isSet("yes")) else { return .usage }
        let cancelled = isCancelling ? try await session.cancel(open, in: store) : nil
        let now = session.clock.now().wall
        try await session.translating { () async throws(StoreError) in try await store.adopt(now: now) }
        session.output.say(
            cancelled.map { "adopted; \($0.text)" }
                ?? (open.isEmpty ? "adopted" : "adopted; tocsin resume --all sends what waits"))
        if session.output.isJSON {
            session.output.result(json: Adoption(copy, open, isAdopted: true, cancelled))
        }
        return .success
    }
}

extension Session {
    fileprivate func show(_ copy: StoreCopy, _ open: [OpenAnnouncement], isCancelling: Bool) {
        let zone = zone
        output.say("this store is \(copy.title(in: zone)); nothing has left it since")
        output.say(
            copy.knowsOptOuts
                ? OptOuts.known(since: copy.copiedAt, in: zone)
                : OptOuts.unknown(since: copy.copiedAt, in: zone))
        guard !open.isEmpty else { return output.say("nothing waits in it") }
        output.say(open.table(in: zone).text(width: Screen.ofWords))
        for one in open {
            let isDelayed = one.due > one.createdAt
            let due = isDelayed ? "due \(TimeText.text(for: one.due, in: zone)); " : ""
            output.say("\(one.id): \(due)\(one.places)")
        }
        let since = copy.copiedAt.map { " since \(TimeText.text(for: $0, in: zone))" } ?? " since"
        if isCancelling {
            return output.say(
                "Nothing of this leaves. What the original may have sent of it\(since) counts as unknown, not as missed: "
                    + "tocsin send --closes ID tells those people too.")
        }
        output.say(
            "What the original has sent of this\(since) leaves again, under the same Message-IDs and keys; what is in "
                + "doubt too, where the channel repeats.\(open.twice) --cancel lets nothing of it leave.")
    }

    fileprivate func cancel(
        _ open: [OpenAnnouncement], in store: Store
    ) async throws(CommandFailure) -> CopyCancellation {
        let now = clock.now().wall
        return try await translating { () async throws(StoreError) in
            var ended = CopyCancellation()
            for one in open {
                ended.unknown += try await store.leaveToOriginal(one.id, now: now)
                ended.skipped += try await store.cancel(one.id, now: now)
            }
            return ended
        }
    }
}

extension [OpenAnnouncement] {
    /// A row for each; a second time in it would not fit a terminal.
    fileprivate func table(in zone: TimeZone) -> TextTable {
        var table = TextTable([
            ("ID", .left), ("State", .left), ("Accepted", .left), ("Waiting", .right), ("In doubt", .right),
        ])
        for one in self {
            table.add([
                one.id.rawValue, one.state.rawValue, TimeText.text(for: one.createdAt, in: zone),
                String(one.waiting), String(one.inDoubt),
            ])
        }
        return table
    }

    /// Where people get the same twice if the original told them; empty when nowhere.
    fileprivate var twice: String {
        let keyless = flatMap(\.channels).filter { $0.keyless > 0 }
        if keyless.isEmpty { return "" }
        let names = Set(keyless.map(\.channel.rawValue)).sorted().joined(separator: " and ")
        let people = CountText.people(keyless.reduce(0) { $0 + $1.keyless })
        return " On \(names) no key tells a second copy: up to \(people) may get it twice."
    }
}

extension OpenAnnouncement {
    /// Such as `279 wait: 120 on email, 100 on telegram (no key), 3 for their next channel; 2 in doubt on email`.
    fileprivate var places: String {
        var shares = channels.filter { $0.waiting > 0 }.map {
            "\($0.waiting) on \($0.channel)\($0.keyless > 0 ? " (no key)" : "")"
        }
        let homeless = waiting - channels.reduce(0) { $0 + $1.waiting }
        if homeless > 0 { shares.append("\(homeless) for their next channel") }
        let doubts = channels.filter { $0.inDoubt > 0 }.map { "\($0.inDoubt) on \($0.channel)" }
        let parts = [
            shares.isEmpty
                ? "" : "\(waiting) \(waiting == 1 ? "waits" : "wait"): \(shares.joined(separator: ", "))",
            doubts.isEmpty ? "" : "in doubt: \(doubts.joined(separator: ", "))",
        ].filter { !$0.isEmpty }
        return parts.isEmpty ? "nothing waits" : parts.joined(separator: "; ")
    }
}

/// What cancelling all that a copy holds came to.
private struct CopyCancellation {
    /// Deliveries that the original may have sent.
    var unknown = 0
    /// Deliveries that surely nobody has sent.
    var skipped = 0

    var total: Int { unknown + skipped }

    /// Such as `5 deliveries will not leave, 3 of them count as unknown`.
    var text: String {
        let all = "\(CountText.deliveries(total)) will not leave"
        guard unknown > 0 else { return all }
        return "\(all), \(unknown) of them \(unknown == 1 ? "counts" : "count") as unknown"
    }
}

/// What a copy was and what became of it.
private struct Adoption: Encodable {
    struct Entry: Encodable {
        let id: String
        let state: AnnouncementState
        let createdAt: Date
        let due: Date
        let waiting: Int
        let inDoubt: Int
        let channels: [String: Share]
    }

    struct Share: Encodable {
        let waiting: Int
        let inDoubt: Int
        let keyless: Int
    }

    let isAdopted: Bool
    let copiedAt: Date?
    let restoredAt: Date?
    /// Whether it holds who has opted out of the original since.
    let knowsOptOuts: Bool
    let announcements: [Entry]
    /// How many deliveries will not leave.
    let cancelled: Int
    /// How many of those the original may have sent.
    let unknown: Int

    init(
        _ copy: StoreCopy?, _ open: [OpenAnnouncement], isAdopted: Bool,
        _ cancelled: CopyCancellation? = nil
    ) {
        self.isAdopted = isAdopted
        copiedAt = copy?.copiedAt
        restoredAt = copy?.restoredAt
        knowsOptOuts = copy?.knowsOptOuts ?? true
        announcements = open.map {
            Entry(
                id: $0.id.rawValue, state: $0.state, createdAt: $0.createdAt, due: $0.due,
                waiting: $0.waiting, inDoubt: $0.inDoubt,
                channels: Dictionary(
                    uniqueKeysWithValues: $0.channels.map {
                        (
                            $0.channel.rawValue,
                            Share(waiting: $0.waiting, inDoubt: $0.inDoubt, keyless: $0.keyless)
                        )
                    }))
        }
        self.cancelled = cancelled?.total ?? 0
        unknown = cancelled?.unknown ?? 0
    }
}
