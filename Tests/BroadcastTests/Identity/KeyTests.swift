import Broadcast
import Testing

@Suite struct KeyTests {
    private let secret = [UInt8](repeating: 7, count: 32)

    private func key(_ announcement: String, _ contact: String?, _ channel: String) -> String {
        DeliveryKey(secret: secret).text(
            for: Announcement.ID(valid: announcement), to: contact.map(Contact.ID.init(valid:)),
            over: ChannelName(valid: channel))
    }

    @Test func `a delivery is known by the same 32 digits in every run`() {
        #expect(key("out-1", "C0001", "email") == "7856a01d228aa7f8361db221572842ff")
        #expect(key("out-1", nil, "status") == key("out-1", nil, "status"))
    }

    @Test func `whatever differs, the key differs`() {
        let keys = [
            key("a", "b", "c"), key("ab", "", "c"), key("a", "bc", "d"), key("a", "b", "cd"),
            key("ac", "b", ""),
            key("a", nil, "c"), key("a", "", "c"), key("c", "b", "a"), key("a", "c", "b"),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(keys.allSatisfy { $0.count == 32 && $0.allSatisfy { $0.isHexDigit && !$0.isUppercase } })
    }

    @Test func `another store has other keys`() {
        let other = DeliveryKey(secret: [UInt8](repeating: 8, count: 32))
        let text = other.text(for: .init(valid: "a"), to: .init(valid: "b"), over: .init(valid: "c"))
        #expect(text != key("a", "b", "c"))
    }

    @Test func `an address is kept by 16 bytes that its kind goes into`() throws {
        let keys = AddressKey(secret: secret)
        let chat = try #require(Address(.telegram, canonical: "393331234567"))
        let phone = try #require(Address(.phone, canonical: "393331234567"))
        #expect(keys.bytes(for: chat).count == 16)
        #expect(keys.bytes(for: chat) == AddressKey(secret: secret).bytes(for: chat))
        #expect(keys.bytes(for: chat) != keys.bytes(for: phone))
    }
}
