import Broadcast
import Foundation
import Testing

@testable import Storage

struct ContactOperationsTests {
    let book: AddressBook

    init() throws { book = try AddressBook() }

    @Test(arguments: [
        ("c1", ["c1"]), ("anna@x.it", ["c1", "c2"]), ("ANNA@X.IT", ["c1", "c2"]), ("+39 333 1234567", ["c2"]),
        ("333 1234567", ["c2"]), ("77", ["c3"]), ("nobody", []), ("", []),
    ])
    func `people are found by id or address`(text: String, ids: [String]) async throws {
        try await book.take(
            "id,email,phone,telegram\nc1,anna@x.it,,\nc2,Anna@x.it,+393331234567,\nc3,,,77\n")
        let found = try await book.store.find(text, region: PhoneRegion("IT"))
        #expect(found.map(\.contact.id.rawValue) == ids)
    }

    @Test(arguments: AddressKind.allCases)
    func `an address is looked up in an index`(kind: AddressKind) async throws {
        #expect(
            try await book.store.lookupPlan(kind).contains("SEARCH c USING COVERING INDEX contacts_\(kind) "))
    }

    @Test func `set changes one contact as a row would`() async throws {
        try await book.set("c1", "email=a@x.it", "consent=all", "plan=gold", presence: .new)
        let same = try await book.set("c1", "plan=gold")
        #expect(!same.isChanged)
        let other = try await book.set("c1", "email=b@x.it", "plan=-", "suppressed=email:marketing:opt-out")
        #expect(other.isChanged && other.withdrewConsent)
        let member = try #require(try await book.member("c1"))
        #expect(member.contact.attributes == [:] && member.contact.consent == .only(["phone", "telegram"]))
        #expect(member.suppressions[.email]?.map(\.reason) == [.optOut])
        #expect(member.contact == other.contact)
    }

    @Test func `add wants a new id, set a known one`() async throws {
        try await book.set("c1", "name=Anna", presence: .new)
        let twice = await #expect(throws: StoreError.self) {
            try await book.set("c1", "name=Bob", presence: .new)
        }
        #expect(twice?.code == .wrongState)
        let nobody = await #expect(throws: StoreError.self) { try await book.set("c2", "name=Bob") }
        #expect(nobody?.code == .notFound)
        let noPhone = await #expect(throws: StoreError.self) { try await book.set("c1", "suppressed=sms") }
        #expect(noPhone?.code == .wrongState)
        #expect(try await book.contact("c1")?.name == "Anna")
    }

    @Test func `a change keeps what an open delivery was first made of`() async throws {
        try await book.take("id,name,email\na,Anna,a@x.it\n")
        try await book.store.journal("out", [("a", nil)])
        try await book.set("a", "name=Anna Bianchi", "email=new@x.it")
        #expect(try await book.store.revisions() == ["Anna a@x.it"])
        try await book.take("id,name\na,Third\n")
        #expect(try await book.store.revisions().first == "Anna a@x.it")
    }

    @Test func `removal keeps the history under the id`() async throws {
        try await book.take("id,email\na,a@x.it\n")
        let fault = Fault(.recipient, "mailbox-unknown", "550 5.1.1 no such user")
        try await book.store.journal("out", [("a", .refused(fault))])
        let id = Contact.ID(valid: "a")
        try await book.store.remove(id, now: AddressBook.now)
        #expect(try await book.contact("a") == nil)
        let history = try await book.store.history(of: id)
        #expect(history.map(\.announcement.rawValue) == ["out"])
        #expect(history.first?.state == .refused)
        #expect(history.first?.fault == fault)
        let again = await #expect(throws: StoreError.self) {
            try await book.store.remove(id, now: AddressBook.now)
        }
        #expect(again?.code == .notFound)
        try await book.take("id,email\na,a@x.it\n")
        #expect(try await book.store.history(of: id).count == 1)
    }

    @Test func `a suppression holds for every spelling, outlives the contact, and can be lifted`()
        async throws
    {
        let address = try Address(email: "Anna@x.it")
        let order = Suppression(
            kind: .email, extent: .all, reason: .complaint, source: "call", since: AddressBook.now)
        #expect(try await book.store.suppress(address, order))
        #expect(try await !book.store.suppress(address, order))
        try await book.take("id,email\na,anna@X.it\n")
        #expect(try await book.member("a")?.suppressions == [.email: [order]])
        try await book.store.remove(Contact.ID(valid: "a"), now: AddressBook.now)
        try await book.take("id,email\nb,ANNA@x.it\n")
        #expect(try await book.member("b")?.suppressions == [.email: [order]])
        #expect(try await book.store.unsuppress(address, .marketing) == 0)
        #expect(try await book.store.unsuppress(address) == 1)
        #expect(try await book.member("b")?.suppressions == [:])
        #expect(try await book.store.suppressions(of: address) == [])
    }

    @Test func `a proposed suppression blocks nothing until it is made`() async throws {
        try await book.take("id,email\na,a@x.it\n")
        let address = try Address(email: "a@x.it")
        try await book.store.propose(address)
        #expect(try await book.member("a")?.suppressions == [:])
        let order = Suppression(
            kind: .email, extent: .all, reason: .bounce, source: "x", since: AddressBook.now)
        #expect(try await book.store.suppress(address, order))
        #expect(try await book.store.unsuppress(address) == 1)
    }
}

extension Store {
    fileprivate func revisions() throws -> [String] {
        try connection.rows("SELECT name || ' ' || email FROM contact_revisions ORDER BY contact, revision") {
            (row: borrowing Row) throws(StoreError) in row.text(0)
        }
    }

    fileprivate func lookupPlan(_ kind: AddressKind) throws -> String {
        let sql = "EXPLAIN QUERY PLAN SELECT 1 FROM contacts c WHERE " + AddressLookup.condition(kind)
        return try connection.rows(sql, ["address": "x"]) { (row: borrowing Row) throws(StoreError) in
            row.text(3)
        }
        .joined()
    }

    fileprivate func propose(_ address: Address) throws {
        try connection.execute(
            """
            INSERT INTO suppressions(kind, key, extent, reason, source, since, proposed)
            VALUES ('email', :key, 'all', 'bounce', 'x', 0, 1)
            """, ["key": .blob(key(of: address))])
    }
}
