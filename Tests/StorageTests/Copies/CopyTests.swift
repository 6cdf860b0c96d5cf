import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

/// What is a copy of a store, and what is the store itself.
struct CopyTests {
    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func store(_ name: String = "a.db") throws -> Store {
        try Store.open(scratch.file(name), now: start)
    }

    private func copyFile(_ name: String, _ other: String) throws {
        try FileManager.default.copyItem(atPath: scratch.file(name), toPath: scratch.file(other))
    }

    @Test func `a store that is renamed and opened again is no copy`() async throws {
        do { #expect(try store().copy == nil) }
        try FileManager.default.moveItem(atPath: scratch.file("a.db"), toPath: scratch.file("b.db"))
        let store = try store("b.db")
        #expect(store.copy == nil)
        _ = try await store.lead()
        #expect(try Store.openReadOnly(scratch.file("b.db")).copy == nil)
    }

    @Test func `a link to a store is no copy`() throws {
        _ = try store()
        try FileManager.default.createSymbolicLink(
            atPath: scratch.file("l.db"), withDestinationPath: scratch.file("a.db"))
        #expect(try store("l.db").copy == nil)
    }

    @Test func `a store in memory is no copy`() async throws {
        let store = try Store.inMemory(now: start)
        #expect(store.copy == nil)
        _ = try await store.lead()
    }

    @Test func `a copy of all its files, made while it sends, lets nobody dispatch until it is adopted`()
        async throws
    {
        let original = try store()
        try await original.seed(["1", "2"])
        try await original.planned([.sample("1"), .sample("2")])
        let token = try await original.lead()
        _ = try await original.send(.email, limit: 1, token: token, now: start)
        for suffix in ["", "-wal", "-shm"] { try copyFile("a.db" + suffix, "b.db" + suffix) }

        let copy = try store("b.db")
        #expect(copy.copy?.restoredAt == nil && copy.copy?.copiedAt != nil)
        let error = await #expect(throws: StoreError.self) { try await copy.lead() }
        #expect(error?.code == .unadopted && error?.message.contains("tocsin adopt") == true)
        let open = try await copy.openAnnouncements()
        #expect(open.map(\.id.rawValue) == ["outage"])
        #expect(open.first?.waiting == 1 && open.first?.inDoubt == 1)
        #expect(
            open.first?.channels == [.init(channel: .email, waiting: 1, inDoubt: 1, keyless: 0)])
        #expect(try await copy.report(Announcement.ID(valid: "outage")).contacts.selected == 2)

        try await copy.adopt(now: start)
        #expect(try await copy.leaseOwner(at: BootTime(boot: "b", uptime: .zero)) == nil)
        #expect(copy.secret == original.secret)
        let successor = try await copy.lead()
        #expect(try await copy.recover(token: successor, now: start).retried == 1)
        #expect(try store("b.db").copy == nil)
        // The original goes on as ever.
        #expect(try store().copy == nil)
    }

    @Test func `a copy that takes the name of the deleted original is seen, whatever its number`() throws {
        _ = try store()
        try copyFile("a.db", "saved.db")
        try FileManager.default.removeItem(atPath: scratch.file("a.db"))
        try copyFile("saved.db", "a.db")
        #expect(try store().copy != nil)
    }

    @Test func `a store written over with an earlier state of itself is a copy, until it is adopted`()
        async throws
    {
        do { _ = try store() }
        let earlier = try Data(contentsOf: URL(filePath: scratch.file("a.db")))
        do {
            let store = try store()
            let token = try await store.lead()
            try await store.release(Lease(token: token, deadline: .zero))
        }
        // As cp does, which keeps the file and what it is known by.
        let handle = try FileHandle(forWritingTo: URL(filePath: scratch.file("a.db")))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: earlier)
        do {
            let store = try store()
            #expect(store.copy != nil)
            await #expect(throws: StoreError.self) { try await store.lead() }
            try await store.adopt(now: start)
            let token = try await store.lead()
            #expect(token == 2)
        }
        #expect(try store().copy == nil)
    }

    @Test func `a new store in the place of a deleted one is no copy`() async throws {
        do { _ = try await store().lead() }
        try FileManager.default.removeItem(atPath: scratch.file("a.db"))
        #expect(FileManager.default.fileExists(atPath: scratch.file("a.db.lock")))
        let store = try store()
        #expect(store.copy == nil)
        _ = try await store.lead()
    }

    @Test func `what the original may have sent ends as unknown in a copy, what was not due does not`()
        async throws
    {
        do {
            let original = try store()
            try await original.seed(["1", "2", "3", "4"])
            let planned =
                ["1", "2", "3"].map { Delivery.sample($0) } + [.sample("1", .sms), .sample(nil, .status)]
            try await original.planned(planned + [.sample("4", due: start + 3600)])
            let token = try await original.lead()
            _ = try await original.send(.email, limit: 1, token: token, now: start)
            // Claimed ahead: in the original its request may have left since.
            _ = try await original.claim(.sms, limit: 1, token: token, now: start)
        }
        try copyFile("a.db", "b.db")
        let copy = try store("b.db")
        await copy.setBatch(1)
        #expect(
            try await copy.openAnnouncements().first?.channels == [
                .init(channel: .email, waiting: 3, inDoubt: 1, keyless: 0),
                .init(channel: .sms, waiting: 0, inDoubt: 1, keyless: 1),
                .init(channel: .status, waiting: 1, inDoubt: 0, keyless: 0),
            ])
        let id = Announcement.ID(valid: "outage")
        #expect(try await copy.leaveToOriginal(id, now: start) == 5)
        #expect(try await copy.leaveToOriginal(id, now: start) == 0)
        #expect(try await copy.cancel(id, now: start) == 1)
        try await copy.adopt(now: start)
        #expect(
            try await copy.states() == [
                "- status unknown", "1 email unknown", "1 sms unknown", "2 email unknown", "3 email unknown",
                "4 email skipped cancelled",
            ])
        let report = try await copy.report(id)
        #expect(report.state == .cancelled && report.finishedAt == start)
        #expect(report.contacts == ContactCounts(selected: 4, missed: 1, unknown: 3))
        #expect(report.channels[.email]?.faults.map(\.code) == [Fault.Code.copyCancelled.rawValue])
        #expect(try await copy.miscounts() == [])
    }

    @Test func `who waited for their next channel may have been told there by the original`() async throws {
        do {
            let original = try store()
            try await original.seed(["1", "2", "3", "4"])
            try await original.run("UPDATE contacts SET phone = NULL, phone_key = NULL WHERE id = '2'")
            try await original.planned(
                .sample(reach: .first), ["1", "2", "3"].map { .sample($0) } + [.sample("4", .sms)])
            let token = try await original.lead()
            let sent =
                try await original.send(.email, limit: 3, token: token, now: start)
                + (try await original.send(.sms, limit: 1, token: token, now: start))
            let refused = sent.map { Outcome($0.id, .refused(.sample()), movesOn: true) }
            _ = try await original.settle(refused, token: token, now: start)
        }
        try copyFile("a.db", "b.db")
        let copy = try store("b.db")
        await copy.setBatch(1)
        #expect(try await copy.openAnnouncements().first?.waiting == 4)
        let id = Announcement.ID(valid: "outage")
        #expect(try await copy.leaveToOriginal(id, now: start) == 3)
        #expect(try await copy.leaveToOriginal(id, now: start) == 0)
        #expect(try await copy.cancel(id, now: start) == 0)
        try await copy.adopt(now: start)
        #expect(
            try await copy.states() == [
                "1 email refused", "1 sms unknown", "2 email refused", "3 email refused", "3 sms unknown",
                "4 email unknown", "4 sms refused",
            ])
        let report = try await copy.report(id)
        #expect(report.state == .cancelled)
        #expect(report.contacts == ContactCounts(selected: 4, missed: 1, unknown: 3))
        #expect(try await copy.miscounts() == [])
    }

    @Test func `nothing of what is over or was never confirmed is left to the original`() async throws {
        let original = try store()
        try await original.seed(["1"])
        try await original.planned([.sample("1")])
        let id = Announcement.ID(valid: "outage")
        _ = try await original.cancel(id, now: start)
        let states = try await original.states()
        #expect(try await original.leaveToOriginal(id, now: start) == 0)
        #expect(try await original.states() == states)
        let error = await #expect(throws: StoreError.self) {
            try await original.leaveToOriginal(Announcement.ID(valid: "none"), now: start)
        }
        #expect(error?.code == .notFound)
    }

    /// A text, and whether it names the same file as `7 100`.
    @Test(arguments: [
        ("7 100", true), ("8 100", true), ("7 101", false), ("7 -", true), ("8 -", false), ("", false),
        ("7", false),
        ("x 100", false), ("7 100 1", false),
    ])
    func `the birth of a file decides, and its number where that is not known`(text: String, isSame: Bool)
        throws
    {
        let one = try #require(FileIdentity("7 100"))
        #expect(one.text == "7 100")
        #expect((FileIdentity(text).map { one.isSame(as: $0) && $0.isSame(as: one) } ?? false) == isSame)
    }

    @Test func `a file has one identity, and another file another`() throws {
        _ = try store()
        try copyFile("a.db", "b.db")
        let one = try #require(FileIdentity(of: scratch.file("a.db")))
        #expect(FileIdentity(of: scratch.file("a.db")) == one)
        let other = try #require(FileIdentity(of: scratch.file("b.db")))
        #expect(!other.isSame(as: one) && other.inode != one.inode)
        #expect(FileIdentity(of: scratch.file("none")) == nil)
        #expect(FileIdentity(of: "") == nil && FileIdentity(ofOpen: -1) == nil)
    }

    @Test func `a lock knows the file it holds, also when another one has taken its name`() throws {
        _ = try store()
        let path = scratch.file("a.db.lock")
        try Data().write(to: URL(filePath: path))
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        let held = try #require(FileIdentity(ofOpen: handle.fileDescriptor))
        #expect(FileIdentity(of: path) == held)
        try FileManager.default.removeItem(atPath: path)
        try Data().write(to: URL(filePath: path))
        #expect(FileIdentity(ofOpen: handle.fileDescriptor) == held)
        let other = try #require(try StoreLock.take(for: scratch.file("a.db")))
        #expect(FileIdentity(of: path) == other.identity && !other.identity.isSame(as: held))
    }
}
