import Testing

@testable import Broadcast

struct PhoneNumberTests {
    @Test(
        arguments: [
            ("+39 333 1234567", nil, "+393331234567"),
            ("+39-333.123/45 67", nil, "+393331234567"),
            ("+39 (333) 1234567", nil, "+393331234567"),
            ("+39\u{A0}333\u{2011}1234567", nil, "+393331234567"),
            ("333 1234567", "IT", "+393331234567"),
            ("0039 333 1234567", "IT", "+393331234567"),
            ("+44 20 7946 0958", "IT", "+442079460958"),
            // An Italian land line keeps its zero.
            ("02 12345678", "it", "+390212345678"),
            ("(030) 123456", "DE", "+4930123456"),
        ] as [(String, String?, String)])
    func `a number becomes E.164`(text: String, country: String?, canonical: String) throws {
        let region = try country.map { try PhoneRegion($0) }
        #expect(try Address(phone: text, region: region).value == canonical)
    }

    @Test(arguments: [
        ("", ValueProblem.Code.missing), ("333 1234567", .malformed), ("+39 12", .length),
        ("+39 333 1234567 89012345", .length), ("+999 1234567", .unknown), ("+39 333 CALLME", .character),
        ("3,93331E+11", .malformed), ("+39 333 1234567 ext 5", .character),
        ("+39 333 1234567; +39 02 1", .unsuitable),
        ("call +39 333 1234567", .character), ("+39\0333", .character), ("+", .malformed), ("-", .malformed),
    ])
    func `what nobody can dial is refused with its reason`(text: String, code: ValueProblem.Code) {
        let problem = #expect(throws: ValueProblem.self) { try Address(phone: text, region: nil) }
        #expect(problem?.code == code, "\(problem?.description ?? "none")")
    }

    @Test func `a number without a country names the option that gives one`() {
        let problem = #expect(throws: ValueProblem.self) { try Address(phone: "333 1234567", region: nil) }
        #expect(problem?.description.contains("--country IT") == true)
    }

    @Test(arguments: ["", "I", "ITA", "XX", "ZZ", "1T", "\u{130}T"])
    func `a country without phone numbers is refused`(code: String) {
        #expect(throws: ValueProblem.self) { try PhoneRegion(code) }
    }

    @Test func `a very long number costs nothing`() {
        #expect(throws: ValueProblem.self) {
            try Address(phone: "+" + String(repeating: "9", count: 1_000_000), region: nil)
        }
    }
}

struct TelegramChatTests {
    @Test(arguments: [
        ("123456789", "123456789"), ("-1001234567890", "-1001234567890"), ("007", "7"),
        ("9223372036854775807", "9223372036854775807"),
    ])
    func `a chat id becomes canonical`(text: String, canonical: String) throws {
        #expect(try Address(telegram: text).value == canonical)
    }

    @Test(arguments: [
        ("", ValueProblem.Code.missing), ("-", .missing), ("0", .malformed), ("-0", .malformed),
        ("--5", .malformed),
        ("@anna", .unsuitable), ("+5", .character), ("1.23E+09", .malformed), ("12a", .character),
        ("9223372036854775808", .malformed), ("5-5", .character), ("１２３", .character),
    ])
    func `what is no chat id is refused with its reason`(text: String, code: ValueProblem.Code) {
        let problem = #expect(throws: ValueProblem.self) { try Address(telegram: text) }
        #expect(problem?.code == code, "\(problem?.description ?? "none")")
    }
}
