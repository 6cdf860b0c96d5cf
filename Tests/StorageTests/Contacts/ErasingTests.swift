import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

struct ErasingTests {
    let book: AddressBook

    init() throws { book = try AddressBook() }

    private static let traces = [
        "customer-4711", "Ermintrude", "ermintrude@", "+393331234567", "99887766", "platinum-secret",
        "smtp said",
        "queue-id-77",
    ]

    /// Traces that stand in any file of the store.
    private func traces() throws -> Set<String> {
        var found: Set<String> = []
        for name in [book.store.path, book.store.path + "-wal", book.store.path + "-journal"] {
            guard let bytes = FileManager.default.contents(atPath: name) else { continue }
            for trace in Self.traces where bytes.range(of: Data(trace.utf8)) != nil { found.insert(trace) }
        }
        return found
    }

    private func fill() async throws {
        let others = (1...600).map { "c\($0),Person \($0),p\($0)@x.it,,,\($0 % 7)" }
        let person =
            "customer-4711,Ermintrude Brown,ermintrude@x.it,+393331234567,99887766,platinum-secret"
        let rows = (others.prefix(300) + [person] + others.suffix(300)).joined(separator: "\n")
        try await book.take("id,name,email,phone,telegram,plan\n\(rows)\n")
    }

    @Test func `nothing of an erased person stands in the bytes of the store`() async throws {
        try await fill()
        let fault = Fault(.recipient, "mailbox-unknown", "smtp said ermintrude@x.it is unknown")
        try await book.store.journal("out-1", [("customer-4711", .refused(fault)), ("c1", nil)])
        try await book.store.journal("out-2", [("customer-4711", .accepted(providerID: "queue-id-77"))])
        try await book.store.journal("out-3", [("customer-4711", nil)])
        try await book.set("customer-4711", "name=Ermintrude White", "email=ermintrude@y.it")
        let address = try Address(email: "ermintrude@y.it")
        try await book.store.suppress(
            address,
            Suppression(
                kind: .email, extent: .all, reason: .optOut, source: "mail of ermintrude@y.it",
                since: AddressBook.now))
        try await noteFault("421 too many mails for ermintrude@x.it")
        #expect(try traces() == Set(Self.traces))
        #expect(try await book.store.erase(Contact.ID(valid: "customer-4711")))
        #expect(try traces() == [])
        #expect(
            try await book.store.progress(Announcement.ID(valid: "out-3")).channels.compactMapValues(\.hold)
                == [
                    ChannelName(valid: "email"): "its first messages were all refused"
                ])
        #expect(try await book.store.healthNotes().map(\.why) == ["service-failed: "])
        #expect(try await book.store.count(book.selection("all")) == 600)
        // Only the hash is left, and it still holds.
        #expect(try await book.store.suppressions(of: address).map(\.source) == ["erased"])
        #expect(try await book.store.report(Announcement.ID(valid: "out-1")).contacts.selected == 2)
    }

    /// What a dispatcher would write down of a channel.
    private func noteFault(_ detail: String) async throws {
        let fault = Fault(.channel, .serviceFailed, detail)
        var history = FaultHistory()
        history.note(fault, at: AddressBook.now)
        let lease = try await book.store.acquireLease(
            as: "test", at: BootTime(boot: "b", uptime: .zero), for: .seconds(15))
        let rest = ProviderRest(since: AddressBook.now, until: AddressBook.now + 60, why: detail)
        try await book.store.note(
            HealthNote(
                channel: "email", state: "tripped", since: AddressBook.now, fault: fault,
                faults: history.entries,
                pause: ProviderPause(rest, end: BootTime(boot: "b", uptime: .seconds(60)))),
            token: lease.token)
        try await book.store.hold(
            Announcement.ID(valid: "out-3"), ChannelName(valid: "email"), why: "refused (\(detail))",
            token: lease.token)
        try await book.store.release(lease)
    }

    @Test func `somebody removed before can be erased`() async throws {
        try await fill()
        let id = Contact.ID(valid: "customer-4711")
        try await book.store.remove(id, now: AddressBook.now)
        #expect(try await book.store.erase(id))
        #expect(try traces() == [])
        #expect(try await book.store.history(of: id).isEmpty)
        #expect(try await !book.store.erase(id))
    }

    @Test func `what could not be wiped is wiped by whoever erases next`() async throws {
        let id = Contact.ID(valid: "a")
        let store = book.store
        try await store.seed(["a", "b"])
        let reader = try Connection(path: store.path, .readOnly)
        try reader.script("BEGIN; SELECT count(*) FROM contacts")
        await store.setPatience(.milliseconds(10))
        let error = await #expect(throws: StoreError.self) { try await store.erase(id) }
        #expect(error?.code == .busy)
        #expect(try await store.isLoose())
        #expect(try await !store.remembers(id))
        try reader.script("COMMIT")
        #expect(try await !store.erase(id))
        #expect(try await !store.isLoose())
        #expect(try !Traces(["a@example.org"]).stand(in: store.path))
    }

    @Test func `what was said of an address they had when they were first tried goes too`() async throws {
        try await fill()
        try await book.store.journal("out", [("customer-4711", nil)])
        let old = try Address(email: "ermintrude@x.it")
        let order = Suppression(
            kind: .email, extent: .marketing, reason: .optOut, source: "mail of Ermintrude",
            since: AddressBook.now)
        try await book.store.suppress(old, order)
        try await book.set("customer-4711", "email=brown@y.it")
        #expect(try await book.store.erase(Contact.ID(valid: "customer-4711")))
        #expect(try await book.store.suppressions(of: old).map(\.source) == ["erased"])
        #expect(try traces() == [])
    }

    @Test func `another person whose id begins alike is left alone`() async throws {
        try await book.take("id,email\nc1,a@x.it\nc10,b@x.it\n")
        try await book.store.journal("out", [("c10", nil)])
        #expect(try await book.store.erase(Contact.ID(valid: "c1")))
        #expect(try await book.store.announcement(Announcement.ID(valid: "out")).audience == "id:c10")
        #expect(try await book.store.erase(Contact.ID(valid: "c10")))
        #expect(try await book.store.announcement(Announcement.ID(valid: "out")).audience != "id:c10")
    }

    @Test func `traces are found wherever a chunk of the file ends`() throws {
        let path = book.scratch.file("bytes")
        var bytes = Data(repeating: 0x2E, count: 1 << 20)
        bytes.replaceSubrange((bytes.count - 3)..., with: Data("nee".utf8))
        try (bytes + Data("dle".utf8)).write(to: URL(fileURLWithPath: path))
        #expect(try Traces(["needle"]).stand(in: path))
        #expect(try !Traces(["needles", "dle"]).stand(in: path))
    }
}
