import Testing

@testable import Broadcast

struct EmailAddressTests {
    @Test(arguments: [
        ("anna@acme.example", "anna@acme.example"),
        ("Anna.Rossi@ACME.Example", "Anna.Rossi@acme.example"),
        ("o'hara+news@a.b", "o'hara+news@a.b"),
        ("!#$%&'*+-/=?^_`{|}~@x.y", "!#$%&'*+-/=?^_`{|}~@x.y"),
        ("info@münchen.example", "info@xn--mnchen-3ya.example"),
        ("info@MÜNCHEN.example", "info@xn--mnchen-3ya.example"),
        ("info@mu\u{308}nchen.example", "info@xn--mnchen-3ya.example"),
        // Nontransitional: the sharp s stays itself.
        ("a@straße.example", "a@xn--strae-oqa.example"),
        ("a@xn--mnchen-3ya.example", "a@xn--mnchen-3ya.example"),
        ("a@例え.テスト", "a@xn--r8jz45g.xn--zckzah"),
        ("a@sub.1-2.example", "a@sub.1-2.example"),
    ])
    func `a mailbox becomes canonical`(text: String, canonical: String) throws {
        let address = try Address(email: text)
        #expect(address.value == canonical)
        #expect(address.kind == .email)
        #expect(Address(.email, canonical: address.value) == address)
        #expect(try Address(email: address.value) == address)
    }

    @Test(arguments: [
        ("", ValueProblem.Code.missing), ("anna", .malformed), ("@x.it", .malformed), ("anna@", .malformed),
        ("anna@acme", .malformed), ("anna@.it", .malformed), ("anna@x..it", .malformed),
        ("anna@x.it.", .malformed),
        ("a@b@x.it", .malformed), (".a@x.it", .malformed), ("a.@x.it", .malformed), ("a..b@x.it", .malformed),
        ("anna@-x.it", .malformed), ("anna@x-.it", .malformed), ("\"anna b\"@x.it", .unsuitable),
        ("anna@[127.0.0.1]", .unsuitable), ("anna@127.0.0.1", .unsuitable), ("anna@2130706433", .malformed),
        ("Anna <anna@x.it>", .unsuitable), ("a@x.it,b@y.it", .unsuitable), ("a@x.it;b@y.it", .unsuitable),
        ("a b@x.it", .character), ("anna@x y.it", .character), ("nicolò@x.it", .character),
        ("a(b)@x.it", .character),
        ("anna@x_y.it", .character), ("anna@x.it\r\nRCPT TO:<b@y.it>", .character),
        ("anna\0@x.it", .character),
        ("anna@x\u{202E}.it", .malformed), ("anna@xn--a.example", .malformed),
    ])
    func `what is no plain mailbox is refused with its reason`(text: String, code: ValueProblem.Code) {
        let problem = #expect(throws: ValueProblem.self) { try Address(email: text) }
        #expect(problem?.code == code, "\(problem?.description ?? "none")")
    }

    @Test func `the limits are 64 octets before the @, 63 in a label, 254 in all`() throws {
        let label = String(repeating: "b", count: 63)
        #expect(try Address(email: String(repeating: "a", count: 64) + "@x.it").value.utf8.count == 69)
        #expect(throws: ValueProblem.self) { try Address(email: String(repeating: "a", count: 65) + "@x.it") }
        #expect(throws: ValueProblem.self) { try Address(email: "a@b\(label).it") }
        let longest = "a@\(label).\(label).\(label).\(String(repeating: "c", count: 57)).it"
        #expect(longest.utf8.count == 254)
        #expect(try Address(email: longest).value == longest)
        #expect(throws: ValueProblem.self) { try Address(email: "a" + longest) }
        #expect(throws: ValueProblem.self) { try Address(email: String(repeating: "a@", count: 1_000_000)) }
    }

    @Test func `an international domain is shown in its own letters`() throws {
        #expect(try Address(email: "info@münchen.example").display == "info@münchen.example")
        #expect(try Address(email: "info@acme.example").display == "info@acme.example")
        #expect(try Address(phone: "+393331234567", region: nil).display == "+393331234567")
    }

    @Test func `mailboxes that differ in capitals are one`() throws {
        #expect(try Address(email: "Anna@x.it").folded == Address(email: "anna@X.it").folded)
        #expect(try Address(email: "Anna@x.it") != Address(email: "anna@x.it"))
    }
}
