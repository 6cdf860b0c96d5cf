import Testing

@testable import Broadcast

struct ColumnSampleTests {
    private func kind(_ column: String, _ values: [String], country: String? = nil) throws -> AddressKind? {
        var sample = ColumnSample(column: column, region: try country.map { try PhoneRegion($0) })
        for value in values { sample.take(value) }
        return sample.kind
    }

    @Test(
        arguments: [
            ("Cellulare", ["333 1234567", "+39 333 1234568", "3331234569"], nil, .phone),
            ("Tel. ufficio", ["02/1234567", "0121 12345"], nil, .phone),
            ("MOBILE PHONE", ["07700 900123"], nil, .phone), ("Téléphone", ["01 23 45 67 89"], nil, .phone),
            ("Diensttelefon", ["030 123456"], nil, .phone), ("cell", ["3,93331E+11"], nil, .phone),
            ("Contatto", ["3331234567"], nil, .phone), ("x", ["+39 333 1234567"], nil, .phone),
            ("x", ["0039 333 1234567", "00447400123456"], nil, .phone), ("x", ["(02) 1234567"], nil, .phone),
            ("x", ["3331234567", "333 1234568"], "IT", .phone), ("x", ["02 12345678"], "IT", .phone),
            ("x", ["anna@acme.example"], nil, .email), ("Posta", ["a@x.it; b@x.it", "c@x.it"], nil, .email),
            ("x", ["", "-", " ", "a@x.it", "b@x.it", "nessuna"], nil, .email),
        ] as [(String, [String], String?, AddressKind)])
    func `addresses are seen, whatever their column is called`(
        column: String, values: [String], country: String?, kind: AddressKind
    ) throws {
        #expect(try self.kind(column, values, country: country) == kind)
    }

    @Test(
        arguments: [
            ("plan", ["gold", "basic"], nil), ("Partita IVA", ["01234567890", "12345678901"], "IT"),
            ("Partita IVA", ["01234567890", "12345678901"], nil),
            ("Codice", ["0000012345", "0012345678"], "IT"),
            ("Codice", ["100000123", "100000124"], nil), ("nato il", ["1990-05-01", "01/02/1990"], "IT"),
            ("CAP", ["00184", "20121"], "IT"), ("Importo", ["1234.56", "12.345.678"], nil),
            ("IBAN", ["IT60X0542811101000000123456"], "IT"), ("Carta", ["1234 5678 9012 3456"], "IT"),
            ("Telefono", ["sì", "no", "12"], nil), ("Telefono", ["a", "b", "333 1234567"], nil),
            ("Telefono", ["a", "333 1234567"], nil), ("Telegramma", ["500000001"], nil),
            ("Note", ["chiama anna@acme.example", "arrob@", "@anna"], nil), ("x", [], nil),
            ("x", ["", "-"], nil),
        ] as [(String, [String], String?)])
    func `other numbers and words are no addresses`(column: String, values: [String], country: String?) throws
    {
        #expect(try kind(column, values, country: country) == nil)
    }

    @Test func `the first hundred values decide`() throws {
        let emails = (1...51).map { "p\($0)@acme.example" }
        let words = (1...49).map { "word \($0)" }
        #expect(try kind("x", words + emails) == .email)
        #expect(try kind("x", words + ["one more"] + emails) == nil)
        #expect(try kind("x", words + ["one more"] + emails + emails) == nil)
    }
}
