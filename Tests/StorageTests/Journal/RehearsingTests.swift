import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

/// A journal over the people of another store, in which nothing changes.
struct RehearsingTests {
    private let scratch: ScratchDirectory
    private let store: Store

    init() async throws {
        scratch = try ScratchDirectory()
        store = try Store.open(scratch.file("a?b#c%.db"), now: start)
        try await store.seed(["anna", "ben", "cid"])
        try await store.suppress(email: "cid@example.org")
    }

    private func moment(_ seconds: Int = 0) -> BootTime { BootTime(boot: "b", uptime: .seconds(seconds)) }

    private var deliveries: [Delivery] {
        [.sample(nil, .status), .sample("anna"), .sample("ben"), .sample("cid")]
    }

    @Test func `it finds people, consent and the secret, and no announcement`() async throws {
        try await store.planned([.sample("anna")])
        let journal = try Store.rehearsal(over: store)
        #expect(journal.secret == store.secret && journal.copy == nil)
        #expect(try await journal.announcements().isEmpty)
        #expect(try await journal.member(Contact.ID(valid: "anna"))?.contact.name == "Name of anna")
        try await journal.planned(deliveries)
        let lease = try await journal.acquireLease(as: "x", at: moment(), for: .seconds(30))
        let mails = try await journal.claim(.email, limit: 9, token: lease.token, now: start)
        #expect(mails.map(\.contact?.id.rawValue) == ["anna", "ben"])
        let counts = try await journal.progress(Announcement.ID(valid: "outage")).channels[.email]
        #expect(counts?.skipped == [.suppressed: 1])
    }

    @Test func `whatever is settled in it, the store does not change, and serves its own dispatcher`()
        async throws
    {
        try await store.planned([.sample("anna")])
        let own = try await store.acquireLease(as: "own", at: moment(), for: .seconds(30))
        try await store.run("PRAGMA wal_checkpoint(TRUNCATE)")
        let before = FileManager.default.contents(atPath: store.path)
        do {
            let journal = try Store.rehearsal(over: store)
            try await journal.planned(deliveries)
            let lease = try await journal.acquireLease(as: "x", at: moment(), for: .seconds(30))
            _ = try await journal.recover(token: lease.token, now: start)
            let mails = try await journal.claim(.email, limit: 9, token: lease.token, now: start)
            let places = try await journal.claim(.status, limit: 9, token: lease.token, now: start)
            let bounce = Outcome(
                mails[0].id, .refused(.sample()), movesOn: false, suppress: .init(.all, .bounce, source: "x"))
            let outcomes =
                [bounce] + (mails.dropFirst() + places).map { Outcome($0.id, .accepted(providerID: "f")) }
            let settled = try await journal.settle(outcomes, token: lease.token, now: start)
            #expect(settled.written == 3 && settled.finished.count == 1)
            #expect(try await journal.number("SELECT count(*) FROM suppressions") == 2)
            let report = try await journal.report(Announcement.ID(valid: "outage"))
            #expect(report.contacts.reached == 1 && report.contacts.missed == 2)
            try await journal.release(lease)
        }
        try await store.run("PRAGMA wal_checkpoint(TRUNCATE)")
        #expect(FileManager.default.contents(atPath: store.path) == before)
        #expect(try await store.claim(.email, limit: 9, token: own.token, now: start).count == 1)
        #expect(!FileManager.default.fileExists(atPath: "the journal of a rehearsal"))
    }

    @Test func `it holds up nobody who writes, nor waits for them`() async throws {
        let journal = try Store.rehearsal(over: store)
        let writer = try Store.open(store.path, now: start)
        await journal.setPatience(.zero)
        try await writer.run("BEGIN IMMEDIATE; UPDATE contacts SET name = 'New'")
        try await journal.planned(deliveries)
        try await writer.run("COMMIT")
        #expect(try await journal.member(Contact.ID(valid: "ben"))?.contact.name == "New")
    }

    @Test(arguments: [false, true])
    func `where temporary files find no room the store is not blamed`(isDry: Bool) async throws {
        let reader = try Store.openReadOnly(store.path)
        try await store.seed((0..<5000).map(String.init))
        let many = (0..<5000).map { Delivery.sample("\($0)", address: "a\($0)@example.org") }
        let error = await #expect(throws: StoreError.self) {
            if isDry {
                try await reader.run("PRAGMA temp.max_page_count = 20")
                let run = try await reader.beginDryPlanning(.sample(), over: ChannelFacts.samples)
                _ = try await reader.plan(many, in: run)
            } else {
                let journal = try Store.rehearsal(over: reader)
                try await journal.run(
                    "PRAGMA max_page_count = \(try await journal.number("PRAGMA page_count"))")
                try await journal.planned(many)
            }
        }
        #expect(error?.code == .diskFull && error?.path == "temporary files")
        #expect(error?.message.contains("TMPDIR") == true)
    }

    @Test func `people who are only readable will do`() async throws {
        try await store.run("PRAGMA wal_checkpoint(TRUNCATE)")
        let reader = try Store.openReadOnly(store.path)
        let journal = try Store.rehearsal(over: reader)
        try await journal.planned(deliveries)
        #expect(try await journal.number("SELECT count(*) FROM deliveries") == 4)
        let error = await #expect(throws: StoreError.self) { try await journal.run("DELETE FROM contacts") }
        #expect(error?.code == .readOnly)
    }
}
