import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

struct PurgingTests {
    let scratch: ScratchDirectory
    let store: Store

    init() throws {
        scratch = try ScratchDirectory()
        store = try Store.open(scratch.file("a.db"), now: start)
    }

    private static let limit = start + 1000

    private func purge() async throws -> Purge { try await store.purge(before: Self.limit) {} }

    /// Sends `id` to everyone who has an address, settled at `moment`.
    private func finish(_ id: String, _ people: [String], at moment: Date) async throws {
        try await store.planned(.sample(id), people.map { .sample($0) } + [.sample(nil, .status)])
        let token = try await store.lead()
        for channel in [ChannelName.email, .status] {
            let claimed = try await store.send(channel, limit: 1000, token: token, now: start)
            let fault = Fault(.recipient, "mailbox-unknown", "relay-said-no of \(id)")
            let outcomes = claimed.map { Broadcast.Outcome($0.id, .refused(fault)) }
            _ = try await store.settle(outcomes, token: token, now: moment)
        }
        try await store.release(Lease(token: token, deadline: .zero))
    }

    private func known() async throws -> [String] {
        try await store.lines("SELECT id FROM announcements ORDER BY seq")
    }

    @Test func `what is over for long goes with everything of its own, what is open or young stays`()
        async throws
    {
        try await store.seed((1...30).map(String.init))
        let people = (1...30).map(String.init)
        try await finish("old", people, at: start)
        try await finish("young", people, at: Self.limit)
        try await store.planned(.sample("open"), people.map { .sample($0) })
        try await store.planned(.sample("cancelled"), people.map { .sample($0) })
        _ = try await store.cancel(Announcement.ID(valid: "cancelled"), now: start)
        let found = try await store.purgeable(before: Self.limit)
        #expect(found.announcements == 2 && found.deliveries == 61)
        let gone = try await purge()
        #expect(gone.announcements == 2 && gone.deliveries == 61 && gone.names == 0)
        #expect(try await known() == ["young", "open"])
        #expect(try await store.miscounts() == [])
        for table in ["deliveries", "tallies", "announcement_channels"] {
            let strangers = "announcement NOT IN (SELECT seq FROM announcements)"
            #expect(try await store.number("SELECT count(*) FROM \(table) WHERE \(strangers)") == 0)
        }
        #expect(try await store.report(Announcement.ID(valid: "young")).contacts.selected == 30)
        #expect(try await store.states("open").count == 30)
        #expect(try await purge().isEmpty)
    }

    @Test(arguments: [false, true])
    func `what was closed stays while its closer has to know who was told, and goes afterwards`(
        isCancelled: Bool
    ) async throws {
        try await store.seed(["1", "2"])
        try await store.planned([.sample("1"), .sample("2")])
        let token = try await store.lead()
        let sent = try await store.send(.email, limit: 9, token: token, now: start)
        let told = sent.map { Broadcast.Outcome($0.id, .accepted(providerID: nil)) }
        _ = try await store.settle(told, token: token, now: start)
        var closer = Announcement.sample("solved")
        closer.closes = Announcement.ID(valid: "outage")
        try await store.planned(closer, [.sample("1"), .sample("2")])
        // One is on the wire when it is cancelled.
        let first = try await store.send(.email, limit: 1, token: token, now: start)
        if isCancelled { _ = try await store.cancel(closer.id, now: start) }
        #expect(try await store.purgeable(before: Self.limit).isEmpty)
        #expect(try await purge().isEmpty)
        #expect(try await known() == ["outage", "solved"])
        let rest = try await store.send(.email, limit: 9, token: token, now: start)
        #expect(rest.count == (isCancelled ? 0 : 1))
        let heard = (first + rest).map { Broadcast.Outcome($0.id, .accepted(providerID: nil)) }
        _ = try await store.settle(heard, token: token, now: start)
        #expect(try await purge().announcements == 2)
        #expect(try await known() == [])
    }

    @Test func `a closer that nobody confirmed, and whose process is gone, holds nothing back`() async throws
    {
        try await store.seed(["1"])
        try await finish("outage", ["1"], at: start)
        var closer = Announcement.sample("solved", createdAt: start + 500)
        closer.closes = Announcement.ID(valid: "outage")
        _ = try await store.accept(closer, digest: "d", over: ChannelFacts.samples, named: .chosen)
        _ = try await store.beginPlanning(closer.id)
        // Somebody may still be asked.
        #expect(try await store.purgeable(before: Self.limit, abandoned: start + 500).isEmpty)
        #expect(try await store.purge(before: Self.limit, abandoned: start + 500) {}.isEmpty)
        #expect(try await store.purgeable(before: Self.limit, abandoned: start + 501).announcements == 1)
        #expect(try await store.purge(before: Self.limit, abandoned: start + 501) {}.announcements == 1)
        #expect(try await known() == [])
    }

    @Test func `whoever asks for a purged one hears that it was`() async throws {
        try await store.seed(["1"])
        try await finish("old", ["1"], at: start)
        let id = Announcement.ID(valid: "old")
        _ = try await store.report(id)
        _ = try await purge()
        let error = await #expect(throws: StoreError.self) { try await store.report(id) }
        #expect(error?.code == .notFound)
        #expect(
            error?.message.contains(
                "what was over before \(TimeText.text(for: Self.limit, in: .gmt)) is purged")
                == true)
    }

    @Test func `a purge that was cut short is invisible, and completed by the next`() async throws {
        try await store.seed((1...25).map(String.init))
        try await finish("old", (1...25).map(String.init), at: start)
        try await finish("young", ["1"], at: Self.limit)
        await store.setBatch(10)
        let turns = Turns()
        let other = try Store.open(scratch.file("a.db"), now: start)
        await other.setBatch(10)
        let cut = Task {
            try await other.purge(before: Self.limit) {
                // As a kill does after the head and a batch: nothing follows.
                if await turns.next() == 2 {
                    await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
                }
            }
        }
        while await turns.count < 2 { await Task.yield() }
        #expect(try await store.number("SELECT count(*) FROM deliveries") == 17 + 1)
        #expect(try await known() == ["young"])
        #expect(try await store.miscounts() == [])
        #expect(try await store.purgeable(before: Self.limit) == Purge(deliveries: 16))
        let gone = try await purge()
        #expect(gone.announcements == 0 && gone.deliveries == 16)
        #expect(try await store.states("young").count == 2)
        cut.cancel()
    }

    private actor Turns {
        private(set) var count = 0
        func next() -> Int {
            count += 1
            return count
        }
    }

    @Test func `names of removed people go when no report needs them, proposals when they are as old`()
        async throws
    {
        try await store.seed(["1", "2", "3"])
        try await finish("old", ["1", "2"], at: start)
        try await finish("young", ["2"], at: Self.limit)
        for id in ["1", "2", "3"] { try await store.remove(Contact.ID(valid: id), now: start) }
        try await store.suppress(email: "1@example.org", proposed: true)
        try await store.suppress(email: "2@example.org")
        let gone = try await purge()
        #expect(gone.names == 2 && gone.proposals == 1)
        #expect(try await store.lines("SELECT id FROM removed_contacts") == ["2"])
        #expect(try await store.number("SELECT count(*) FROM suppressions") == 1)
    }

    @Test func `what people were before they changed goes unless an open delivery was tried with it`()
        async throws
    {
        try await store.seed(["1", "2"])
        try await store.planned(.sample("old"), ["1", "2"].map { .sample($0) })
        try await store.planned(.sample("open"), [.sample("2")])
        let token = try await store.lead()
        let claimed = try await store.send(.email, limit: 10, token: token, now: start)
        #expect(claimed.count == 3)
        try await store.run("UPDATE contacts SET name = 'Else', revision = revision + 1")
        #expect(try await store.number("SELECT count(*) FROM contact_revisions") == 2)
        let ended = claimed.filter { $0.announcement.rawValue == "old" }
        let outcomes = ended.map { Broadcast.Outcome($0.id, .accepted(providerID: nil)) }
        _ = try await store.settle(outcomes, token: token, now: start)
        #expect(try await store.number("SELECT count(*) FROM contact_revisions") == 2)
        #expect(try await purge().announcements == 1)
        #expect(try await store.lines("SELECT name FROM contact_revisions") == ["Name of 2"])
    }

    @Test func `nothing of a purged announcement stands in the bytes of the store`() async throws {
        let people = (1...600).map(String.init)
        try await store.seed(people)
        try await finish("old-4711", people, at: start)
        try await finish("young", ["1"], at: Self.limit)
        let traces = ["old-4711", "relay-said-no of old"]
        #expect(try traces.allSatisfy { try stands($0) })
        _ = try await purge()
        #expect(try await store.isLoose())
        #expect(try await store.compact())
        #expect(try await !store.isLoose())
        for trace in traces { #expect(try !stands(trace), "\(trace)") }
        #expect(try stands("relay-said-no of young"))
        #expect(try await store.lines("PRAGMA integrity_check") == ["ok"])
    }

    private func stands(_ trace: String) throws -> Bool {
        try ["", "-wal", "-journal"].contains { suffix in
            try Traces([trace]).stand(in: store.path + suffix)
        }
    }

    @Test func `while somebody dispatches nothing is compacted, and the next purge does it`() async throws {
        try await store.seed(["1"])
        try await finish("old", ["1"], at: start)
        let other = try Store.open(scratch.file("a.db"), now: start)
        let lease = try await other.acquireLease(
            as: "other", at: BootTime(boot: "b", uptime: .zero), for: .seconds(30))
        _ = try await purge()
        #expect(try await !store.compact())
        try await other.release(lease)
        #expect(try await store.isLoose())
        #expect(try await store.compact())
    }

    @Test func `a seeded history of sends and purges keeps every count right`() async throws {
        var numbers = SeededNumbers(seed: 4711)
        let people = (1...40).map(String.init)
        try await store.seed(people)
        await store.setBatch(7)
        for turn in 0..<30 {
            let chosen = people.filter { _ in Int.random(in: 0..<3, using: &numbers) > 0 }
            let moment = start + Double(Int.random(in: 0..<2000, using: &numbers))
            if Bool.random(using: &numbers) {
                try await finish("a\(turn)", chosen, at: moment)
            } else {
                try await store.planned(.sample("a\(turn)"), chosen.map { .sample($0) })
            }
            let limit = start + Double(Int.random(in: 0..<2000, using: &numbers))
            let over = try await store.number(
                "SELECT count(*) FROM announcements WHERE finished_at < \(limit.milliseconds)")
            let gone = try await store.purge(before: limit) {}
            #expect(Int64(gone.announcements) == over, "seed 4711, turn \(turn)")
            #expect(try await store.miscounts() == [], "seed 4711, turn \(turn)")
        }
        let orphans =
            "SELECT count(*) FROM deliveries WHERE announcement NOT IN (SELECT seq FROM announcements)"
        #expect(try await store.number(orphans) == 0)
    }
}
