import Testing

@testable import Broadcast

struct AddressKeyTests {
    @Test func `a key is HMAC-SHA256 over kind and address, cut to 16 bytes`() throws {
        let keys = AddressKey(secret: [UInt8](repeating: 1, count: 32))
        // printf address:email:anna@acme.example | openssl dgst -sha256 -mac HMAC -macopt hexkey:0101…
        let expected: [UInt8] = [
            0x85, 0xF1, 0xAF, 0xC2, 0xFA, 0x1F, 0x6E, 0x94, 0x35, 0xCD, 0xA2, 0x30, 0x60, 0x4A, 0x51, 0x41,
        ]
        for _ in 1...3 { #expect(keys.bytes(for: try Address(email: "anna@acme.example")) == expected) }
        #expect(keys.bytes(for: try Address(email: "Anna@ACME.example")) == expected)
    }

    @Test func `another secret, kind or address gives another key`() throws {
        let keys = AddressKey(secret: [1])
        let seen = [
            keys.bytes(for: try Address(email: "a@x.it")), keys.bytes(for: try Address(email: "b@x.it")),
            keys.bytes(for: try Address(telegram: "393331234567")),
            keys.bytes(for: try Address(phone: "+393331234567", region: nil)),
            AddressKey(secret: [2]).bytes(for: try Address(email: "a@x.it")),
        ]
        #expect(Set(seen).count == seen.count)
        #expect(seen.allSatisfy { $0.count == 16 })
    }
}
