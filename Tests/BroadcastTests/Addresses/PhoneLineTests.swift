import Testing

@testable import Broadcast

struct PhoneLineTests {
    @Test(arguments: [
        ("+39021234567", PhoneLine.landline), ("+393331234567", .mobile), ("+390612345678", .landline),
        ("+447400123456", .mobile), ("+442079460958", .landline), ("+39800123456", .service),
        ("+12015550123", .other), ("+39999123456", .unknown),
    ])
    func `a number tells what is at its end`(number: String, line: PhoneLine) throws {
        let address = try Address(phone: number, region: nil)
        #expect(address.line == line)
        #expect((address.doubt == nil) == (line != .landline && line != .service))
    }

    @Test func `a block that is known tells what the number itself would, however many there are`() throws {
        var blocks = PhoneBlocks()
        for text in [
            "+39021234567", "+39021234568", "+393331234567", "+393331239999", "+39021234567", "+3902123456",
            "+39800123456", "+442079460958", "+442079460959", "+12015550123",
        ] {
            let number = try Address(phone: text, region: nil)
            #expect(blocks.doubt(about: number) == number.doubt, "\(text)")
        }
        let doubts = (20_000..<80_000).count { number in
            blocks.doubt(about: Address(valid: .phone, "+393\(number)0000")) != nil
        }
        #expect(doubts == 0)
        let landline = try Address(phone: "+39021234567", region: nil)
        #expect(blocks.doubt(about: landline)?.contains("landline") == true)
    }

    @Test func `what is no phone number has no line`() throws {
        #expect(try Address(email: "anna@acme.example").line == nil)
        #expect(try Address(email: "anna@acme.example").doubt == nil)
    }
}
