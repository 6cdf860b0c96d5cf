import Broadcast
import Foundation
import Testing

@testable import Storage

struct AudienceSelectionTests {
    let book: AddressBook

    init() throws { book = try AddressBook() }

    private func fill() async throws {
        try await book.take(
            """
            id,email,phone,telegram,locale,tags,plan,note
            a,a@x.it,,,it,vip;new,gold,x
            b,b@x.it,+393331234567,,it-IT,vip,silver,gold
            c,,+393331234568,,en-GB,,gold,
            d,,,77,,old vip,,
            e,,,,ita,,,
            """.replacing(",ita,", with: ",itc,").replacing("itc", with: ""))
    }

    @Test(arguments: [
        ("all", "abcde"), ("not all", ""), ("id:b", "b"), ("id:zz", ""), ("tag:vip", "ab"),
        ("not tag:vip", "cde"),
        ("tag:\"old vip\"", "d"), ("tag:old", ""), ("locale:it", "ab"), ("locale:it-IT", "b"),
        ("locale:en", "c"),
        ("not locale:it", "cde"), ("has:email", "ab"), ("has:sms", "bc"), ("has:telegram", "d"),
        ("not has:phone", "ade"),
        ("only:email", "a"), ("only:sms", "c"), ("has:crm", "abcde"), ("only:crm", "e"),
        ("attr.plan:gold", "ac"),
        ("attr.plan:gol", ""), ("attr.lan:gold", ""), ("not attr.plan:gold", "bde"),
        ("tag:vip and not has:phone or attr.plan:gold", "ac"),
        ("tag:vip and (has:phone or attr.plan:gold)", "ab"),
        ("ids:list", "ace"), ("not ids:list", "bd"), ("ids:list and has:phone", "c"), ("ids:none", ""),
        ("locale:it and locale:it-IT and tag:vip", "b"), ("id:a or id:b or id:c or id:d", "abcd"),
    ])
    func `an audience selects`(audience: String, expected: String) async throws {
        try await fill()
        let lists = ["list": ["a", "c", "e", "gone"].map(Contact.ID.init(valid:)), "none": []]
        #expect(try await book.ids(audience, lists: lists).joined() == expected)
        #expect(try await book.store.count(book.selection(audience, lists: lists)) == expected.count)
    }

    @Test(arguments: [
        ("tag:vipp", ["tag:vipp; did you mean tag:vip?"]),
        ("not tag:VIP", ["tag:VIP; did you mean tag:vip?"]),
        ("tag:vip or attr.plan:gold", []), ("tag:zebra", ["tag:zebra"]), ("all or id:zz or locale:fr", []),
        ("attr.plan:glod", ["attr.plan:glod; did you mean attr.plan:gold?"]),
        ("attr.pln:gold", ["attr.pln:gold; did you mean attr.plan:gold?"]),
        (
            "tag:nwe or tag:vip and not (attr.note:y or tag:nwe)",
            ["tag:nwe; did you mean tag:new?", "attr.note:y; did you mean attr.note:x?"]
        ),
    ])
    func `tags and attributes that nobody has are named, with the nearest that somebody has`(
        audience: String, expected: [String]
    ) async throws {
        try await fill()
        let rule = try Audience(parsing: audience, channels: AddressBook.channels)
        let found = try await book.store.unmatched(in: rule)
        #expect(found.map(\.description) == expected.map { "nobody has " + $0 })
    }

    @Test func `attributes that nobody has are named, with the nearest, unless nobody is there`() async throws
    {
        let names: Set<String> = ["plan", "pln", "lan", "zebra", ""]
        #expect(try await book.store.unknownAttributes(among: names) == [])
        try await fill()
        let found = try await book.store.unknownAttributes(among: names)
        #expect(found.map(\.name) == ["", "lan", "pln", "zebra"])
        #expect(found.map(\.nearest) == [nil, "plan", "plan", nil])
        #expect(try await book.store.unknownAttributes(among: ["plan", "note"]) == [])
    }

    @Test func `outcomes select, those of a shared address by the copy that went out`() async throws {
        try await book.take(
            "id,email\na,a@x.it\nb,b@x.it\nc,c@x.it\nd,a@x.it\ne,e@x.it\nf,f@x.it\n")
        let fault = Fault(.recipient, "no", "gone")
        try await book.store.journal(
            "out",
            [
                ("a", .accepted(providerID: nil)), ("b", .refused(fault)),
                ("c", .unknown(fault, retryAt: nil)),
                ("d", nil), ("e", nil),
            ])
        #expect(try await book.ids("reached:out") == ["a", "d"])
        #expect(try await book.ids("told:out") == ["a", "c", "d"])
        #expect(try await book.ids("missed:out") == ["b"])
        #expect(try await book.ids("not reached:out") == ["b", "c", "e", "f"])
    }

    @Test func `an announcement that does not exist is named with the nearest`() async throws {
        try await book.take("id,email\na,a@x.it\n")
        try await book.store.journal("outage-1", [("a", nil)])
        let error = await #expect(throws: StoreError.self) { try await book.ids("told:outage-2") }
        #expect(error?.code == .notFound)
        #expect(error?.message.contains("outage-1") == true)
    }

    @Test func `a list that was not read is an error, not nobody`() async throws {
        await #expect(throws: StoreError.self) { try await book.ids("ids:list") }
    }

    @Test func `a chain of five hundred terms runs`() async throws {
        try await fill()
        let chain = (1...499).map { "tag:t\($0)" }.joined(separator: " or ") + " or tag:vip"
        #expect(try await book.ids(chain) == ["a", "b"])
    }

    @Test func `members come in pages that neither skip nor repeat`() async throws {
        let rows = (1...257).map { "c\($0),c\($0)@x.it,\($0 % 2 == 0 ? "even" : "")" }.joined(separator: "\n")
        try await book.take("id,email,tags\n\(rows)\n")
        var seen: [[String]] = []
        for try await page in book.store.pages(try await book.selection("tag:even"), size: 10) {
            seen.append(page.map(\.contact.id.rawValue))
        }
        #expect(seen.map(\.count) == Array(repeating: 10, count: 12) + [8])
        #expect(seen.flatMap(\.self) == (1...128).map { "c\($0 * 2)" })
    }
}
