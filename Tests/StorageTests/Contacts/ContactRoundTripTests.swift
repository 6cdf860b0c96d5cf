import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

struct ContactRoundTripTests {
    @Test func `an exported book reads back as the same book`() async throws {
        let book = try AddressBook()
        var random = SeededNumbers(seed: 20_261_121)
        try await book.take(Self.list(rows: 400, &random))
        let exported = try await book.export()
        let copy = try AddressBook()
        let report = try await copy.take(exported)
        #expect(report.added == 400 && report.warnings.allSatisfy { $0.message.hasSuffix("has no address") })
        #expect(try await copy.export() == exported)
        let (members, copied) = (try await book.members("all"), try await copy.members("all"))
        #expect(members.map(\.contact) == copied.map(\.contact))
        #expect(members.map(\.suppressions) == copied.map(\.suppressions))
        // Taken into the book it came from, it changes nothing.
        #expect(try await book.take(exported).unchanged == 400)
    }

    @Test(arguments: [
        "=1+1", "+1+1", "-2+3", "@SUM(A1)", "'=x", "''@y", "'plain", "-", "'-", "a,b;c\td\"e\"", " '",
        "+39 333", "--",
    ])
    func `no cell is a formula, and each reads back as it was`(value: String) async throws {
        let book = try AddressBook()
        let id = Contact.ID(valid: "c1")
        var change = ContactChange(id: id)
        let stored = value.trimmingCharacters(in: .whitespaces).replacing("\t", with: " ")
        change.name = .set(stored)
        change.attributes["note"] = .set(stored)
        _ = try await book.store.apply(change, to: .new, channels: AddressBook.channels, now: AddressBook.now)
        let exported = try await book.export()
        let path = book.scratch.file("x.csv")
        try Data(exported.utf8).write(to: URL(fileURLWithPath: path))
        var reader = try CSVReader(try ListFile(path: path))
        var row = CSVRow()
        while try reader.next(&row) {
            for index in 0..<row.count where !row.text(index).isEmpty {
                #expect(!"=+-@\t\r".contains(row.text(index).prefix(1)), "\(row.text(index))")
            }
        }
        let copy = try AddressBook()
        try await copy.take(exported)
        #expect(try await copy.contact("c1")?.name == stored)
        #expect(try await copy.contact("c1")?.attributes == ["note": stored])
    }

    @Test func `phone numbers and chat ids stay what they are`() async throws {
        let book = try AddressBook()
        try await book.take("id,phone,telegram\nc1,+393331234567,-1001234567890\n")
        let lines = try await book.export().split(separator: "\n")
        #expect(lines[1].contains("+393331234567,-1001234567890"))
    }

    @Test func `an attribute that resembles a column reads back as an attribute`() async throws {
        let book = try AddressBook()
        try await book.take("id,mail,nome,-x,rejected\nc1,x,y,z,w\n", map: ["mail": "mail", "nome": "nome"])
        let copy = try AddressBook()
        try await copy.take(try await book.export())
        #expect(
            try await copy.contact("c1")?.attributes == [
                "mail": "x", "nome": "y", "-x": "z", "rejected": "w",
            ])
    }

    @Test func `only the audience is exported`() async throws {
        let book = try AddressBook()
        try await book.take("id,tags,plan\na,x,gold\nb,,\n")
        #expect(try await book.export("tag:x").split(separator: "\n").count == 2)
        #expect(try await book.export("not tag:x").contains("plan") == false)
    }

    // MARK: Lists

    private static let texts = [
        "", "Anna", "José 🎉", "=cmd", "'-", "a;b", "\"quoted\"", "x,y", "O'Brien", "عَلِيّ", "<b>{{name}}</b>",
        "+1", "''=",
        "0012", "1e5", "TRUE", "line one line two",
    ]

    private static func list(rows: Int, _ random: inout SeededNumbers) -> String {
        var list: [UInt8] = Array(
            """
            id,name,email,phone,telegram,locale,timezone,tags,prefer,consent,consentSource,consentDate,suppressed,plan,x y

            """.utf8)
        for row in 1...rows {
            let text = { (random: inout SeededNumbers) in
                texts[Int.random(in: 0..<texts.count, using: &random)]
            }
            let some = { (value: String, random: inout SeededNumbers) in
                Bool.random(using: &random) ? value : ""
            }
            let email = some("user\(row)+=x@münchen.example", &random)
            let phone = some("+3933312\(10_000 + row)", &random)
            let orders = [
                email.isEmpty ? "" : some("email:marketing:opt-out", &random),
                email.isEmpty ? "" : some("email:all:bounce:20260102T030405.678Z:550%3B 5.1.1: no", &random),
                phone.isEmpty ? "" : some("phone", &random),
            ]
            let cells = [
                "c\(row)", text(&random), email, phone, some("-100\(row)", &random), some("it_IT", &random),
                some("Europe/Rome", &random), some("b;a;-;=t", &random), some("sms;email", &random),
                ["", "none", "all", "email", "sms;email", "crm"][Int.random(in: 0..<6, using: &random)],
                text(&random),
                some("2024-01-02", &random), orders.filter { !$0.isEmpty }.joined(separator: ";"),
                text(&random),
                text(&random),
            ]
            for (index, cell) in cells.enumerated() {
                if index > 0 { list.append(UInt8(ascii: ",")) }
                CSVText.append(cell, to: &list)
            }
            list.append(0x0A)
        }
        return String(decoding: list, as: UTF8.self)
    }
}
