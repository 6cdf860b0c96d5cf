import Foundation
import TestPeers
import Testing

@testable import Broadcast

struct ContactReaderTests {
    static let channels = KnownChannels([
        ChannelName(valid: "mail"): .email, ChannelName(valid: "texts"): .phone,
        ChannelName(valid: "crm"): nil,
    ])

    private func row(_ cells: [String: String], region: String? = nil) throws -> ContactReader.Row {
        let header = ["id"] + cells.keys.filter { $0 != "id" }.sorted()
        var reader = ContactReader(
            columns: try ContactColumns(header: header), channels: Self.channels,
            region: try region.map { try PhoneRegion($0) })
        return try reader.row(
            header.map { name in
                let value = cells[name] ?? "c1"
                return value.isEmpty ? .keep : value == "-" ? .clear : .set(value)
            })
    }

    @Test func `a whole row becomes a contact`() throws {
        let change = try row(
            [
                "name": " Anna  Rossi ", "email": "Anna@ACME.example", "phone": "333 1234567",
                "telegram": "-5",
                "locale": "it_it", "timezone": "Europe/Rome", "tags": "vip; b ;a;vip;",
                "prefer": "texts;mail",
                "consent": "mail;sms", "consentSource": "form", "consentDate": "2024-05-01", "plan": "gold",
            ], region: "IT"
        ).change
        let contact = change.applied(to: nil, channels: Self.channels)
        #expect(
            contact
                == Contact(
                    id: Contact.ID(valid: "c1"), name: "Anna  Rossi", locale: "it-IT",
                    timezone: "Europe/Rome",
                    tags: ["a", "b", "vip"], attributes: ["plan": "gold"],
                    prefer: [ChannelName(valid: "texts"), ChannelName(valid: "mail")],
                    consent: .only(["mail", "phone"]), consentSource: "form", consentDate: "2024-05-01",
                    addresses: [
                        .email: try Address(email: "Anna@acme.example"),
                        .phone: try Address(phone: "+393331234567", region: nil),
                        .telegram: try Address(telegram: "-5"),
                    ]))
    }

    @Test func `an empty cell keeps and a dash clears`() throws {
        let before = Contact(
            id: Contact.ID(valid: "c1"), name: "Anna", locale: "it", tags: ["a"],
            attributes: ["plan": "gold", "x": "y"],
            consent: .all,
            addresses: [.email: try Address(email: "a@x.it"), .phone: try Address(telegram: "5")])
        let kept = try row(["name": "", "email": "", "tags": "", "plan": "", "consent": ""]).change
        #expect(kept.applied(to: before, channels: Self.channels) == before)
        let cleared = try row([
            "name": "-", "email": "-", "tags": "-", "plan": "-", "consent": "-", "locale": "-",
        ])
        let after = cleared.change.applied(to: before, channels: Self.channels)
        #expect(after.name.isEmpty && after.tags.isEmpty && after.locale == nil && after.consent == .none)
        #expect(after.attributes == ["x": "y"])
        #expect(after.addresses.keys.sorted() == [.phone])
    }

    @Test(arguments: [
        ("name", "Anna\r\nBcc: x", "Anna Bcc: x"), ("name", "A\u{202E}b", "A b"), ("plan", "a\tb", "a b"),
        ("consentSource", "a\u{0}b", "a b"), ("name", "\u{200F}Dalia", "Dalia"),
    ])
    func `controls in free text become one blank and are reported`(
        column: String, value: String, text: String
    ) throws {
        let row = try row([column: value])
        #expect(row.cleanedColumns == [column])
        let contact = row.change.applied(to: nil, channels: Self.channels)
        #expect([contact.name, contact.attributes["plan"] ?? "", contact.consentSource].contains(text))
    }

    @Test(arguments: ["José 🎉", "👨‍👩‍👧 Rossi", "عَلِيّ", "O'Brien", "=1+1", "<b>", "{{name}}"])
    func `other names stay as they are`(name: String) throws {
        let row = try row(["name": name])
        #expect(row.cleanedColumns.isEmpty)
        #expect(row.change.name == .set(name.precomposedStringWithCanonicalMapping))
    }

    @Test func `text is composed, so that equal ids are equal bytes`() throws {
        let change = try row(["id": "cafe\u{301}", "name": "Jose\u{301}"]).change
        #expect(Array(change.id.rawValue.utf8) == Array("caf\u{E9}".utf8))
        #expect(Contact.ID(parsing: " cafe\u{301} ") == change.id)
    }

    @Test(arguments: [
        ("id", "", ValueProblem.Code.missing), ("id", "-", .missing), ("id", "a\nb", .malformed),
        ("id", String(repeating: "x", count: 201), .malformed), ("email", "anna", .malformed),
        ("phone", "333 1234567", .malformed), ("telegram", "@anna", .unsuitable), ("locale", "xx", .unknown),
        ("timezone", "Rome", .unknown), ("consent", "mail;all", .conflict), ("consent", "emial", .unknown),
        ("consent", "mail,texts", .unknown), ("prefer", "fax", .unknown), ("suppressed", "fax", .unknown),
        ("suppressed", "email:some", .unknown), ("suppressed", "email:all:whim", .unknown),
        ("suppressed", "email:all:manual:yesterday", .malformed), ("suppressed", "crm", .unsuitable),
        ("suppressed", "-", .unsuitable), ("tags", String(repeating: "x", count: 65), .length),
        ("tags", "a\u{1F}b", .character),
    ])
    func `a bad cell is named with its column and value`(
        column: String, value: String, code: ValueProblem.Code
    ) {
        let problem = #expect(throws: ContactReader.Problem.self) { try row([column: value]) }
        #expect(problem?.column == column)
        #expect(problem?.problem.code == code, "\(problem?.problem.description ?? "none")")
        #expect(problem?.value == Excerpt.of(value))
    }

    @Test(arguments: ["1,5E+3", "1.23457E+12", " 4E+05 ", "1e+7"])
    func `an id that a spreadsheet has rounded is refused`(id: String) {
        let problem = #expect(throws: ContactReader.Problem.self) { try row(["id": id]) }
        #expect(problem?.column == "id")
        #expect(problem?.problem.reason.contains("spreadsheet") == true)
    }

    @Test(arguments: ["1E5", "E+3", "A1E+3", "1+5", "+1E", "C++", "12E+3a"])
    func `other ids with such characters are ids`(id: String) throws {
        #expect(try row(["id": id]).change.id.rawValue == id)
    }

    @Test(arguments: [
        ("locale", "italiano", "it"), ("locale", "Italian", "it"), ("locale", "tedesco", "de"),
        ("locale", "English (UK)", "en"), ("locale", "ita", "it"), ("locale", "Italia", "it"),
        ("locale", "español", "es"), ("locale", "en-ZZ", "en"), ("locale", "itaiano", "it"),
        ("consent", "si", "all"), ("consent", "Sì", "all"),
        ("consent", "yes", "all"),
        ("consent", "x", "all"), ("consent", "no", "none"), ("consent", "FALSO", "none"),
        ("consent", "emial", "email"),
    ])
    func `a word that is not ours is answered with the one that is`(
        column: String, value: String, nearest: String
    ) {
        for _ in 1...2 {
            let problem = #expect(throws: ContactReader.Problem.self) { try row([column: value]) }
            #expect(problem?.problem.nearest == nearest)
        }
    }

    @Test(arguments: ["xx", "klingonisch", "??", "", "12"])
    func `where no language is near none is named`(value: String) {
        let problem = #expect(throws: ValueProblem.self) { try LocaleTag.canonical(value) }
        #expect(problem?.nearest == nil)
    }

    @Test func `what is wrong a million times is remembered as wrong`() throws {
        var reader = ContactReader(
            columns: try ContactColumns(header: ["id", "locale", "timezone"]), channels: Self.channels)
        for _ in 1...3 {
            #expect(throws: ContactReader.Problem.self) {
                try reader.row([.set("1"), .set("klingonisch"), .keep])
            }
            #expect(throws: ContactReader.Problem.self) { try reader.row([.set("1"), .keep, .set("Rom")]) }
            #expect(try reader.row([.set("1"), .set("IT_it"), .set("UTC")]).change.locale == .set("it-IT"))
        }
    }

    @Test func `assignments are cells`() throws {
        let id = Contact.ID(valid: "c1")
        let change = try ContactAssignments.change(
            of: id, ["phone=333 1234567", "plan=a=b", "name=-"], channels: Self.channels,
            region: PhoneRegion("IT"))
        #expect(change.addresses[.phone] == .set(try Address(phone: "+393331234567", region: nil)))
        #expect(change.attributes == ["plan": .set("a=b")])
        #expect(change.name == .clear)
        for bad in ["phone", "=x", "phone=", "phnoe=1", "phone=x", "id=c2"] {
            #expect(throws: ContactReader.Problem.self, "\(bad)") {
                try ContactAssignments.change(of: id, [bad], channels: Self.channels)
            }
        }
    }
}

struct ConsentInheritanceTests {
    static let channels = ContactReaderTests.channels

    @Test(arguments: [
        (Consent.all, Consent.only(["email", "telegram"])), (.none, .none), (.only(["phone"]), .none),
        (.only(["texts", "mail"]), .only(["mail"])), (.only(["sms", "email"]), .only(["email"])),
        (.only(["crm", "texts"]), .only(["crm"])), (.only(["gone", "mail"]), .only(["mail"])),
    ])
    func `another phone number inherits no consent`(before: Consent, after: Consent) {
        #expect(before.withdrawn(from: [.phone], channels: Self.channels) == after)
        #expect(before.withdrawn(from: [], channels: Self.channels) == before)
    }

    @Test func `consent falls for an address that is new or another, unless the same change states it`()
        throws
    {
        let old = Contact(
            id: Contact.ID(valid: "c1"), consent: .only(["email", "phone"]),
            addresses: [.email: try Address(email: "a@x.it")])
        var change = ContactChange(id: old.id)
        change.addresses[.email] = .set(try Address(email: "a@x.it"))
        #expect(change.applied(to: old, channels: Self.channels).consent == .only(["email", "phone"]))
        change.addresses[.email] = .set(try Address(email: "b@x.it"))
        #expect(change.applied(to: old, channels: Self.channels).consent == .only(["phone"]))
        change.addresses[.phone] = .set(try Address(phone: "+393331234567", region: nil))
        #expect(change.applied(to: old, channels: Self.channels).consent == .none)
        change.consent = .set(.only(["email"]))
        #expect(change.applied(to: old, channels: Self.channels).consent == .only(["email"]))
    }
}

struct SuppressionOrderTests {
    static let since = Date(timeIntervalSince1970: 1_795_252_500)

    @Test(arguments: [
        ("email", SuppressionOrder(kind: .email)),
        ("sms:marketing", SuppressionOrder(kind: .phone, extent: .marketing)),
        ("mail:marketing:opt-out", SuppressionOrder(kind: .email, extent: .marketing, reason: .optOut)),
        ("email:all:bounce:20261121T091500Z", SuppressionOrder(kind: .email, reason: .bounce, since: since)),
        (
            "email:all:bounce:20261121T091500.250Z:550 5.1.1: a%3Bb%25",
            SuppressionOrder(kind: .email, reason: .bounce, since: since + 0.25, source: "550 5.1.1: a;b%")
        ),
        ("email:all:manual::import x", SuppressionOrder(kind: .email, source: "import x")),
    ])
    func `an entry is read, and written so that it reads back`(entry: String, order: SuppressionOrder) throws
    {
        let channels = ContactReaderTests.channels
        #expect(try SuppressionOrder(entry, channels: channels) == order)
        #expect(try SuppressionOrder(order.entry, channels: channels) == order, "\(order.entry)")
        #expect(!order.entry.contains(";"))
    }

    @Test func `every millisecond survives`() throws {
        var random = SeededNumbers(seed: 11)
        for _ in 0..<500 {
            let milliseconds = Int64.random(in: 0..<4_000_000_000_000, using: &random)
            let since = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            let order = SuppressionOrder(kind: .phone, since: since, source: "x")
            let read = try SuppressionOrder(order.entry, channels: ContactReaderTests.channels)
            let again = (read.since ?? .distantPast).timeIntervalSince1970 * 1000
            #expect(Int64(again.rounded()) == milliseconds, "\(order.entry)")
        }
    }
}
