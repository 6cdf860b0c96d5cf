/// Derives what a suppression keeps instead of the address itself, so that it outlives an erased contact.
public struct AddressKey: Sendable {
    private let hash: HMACSHA256

    /// Derives from the store's secret.
    public init(secret: [UInt8]) { hash = HMACSHA256(key: secret) }

    /// 16 bytes, equal for all spellings of one address (``Address/folded``).
    public func bytes(for address: Address) -> [UInt8] {
        var message = KeyedMessage("tocsin address 1")
        message.append(address.kind.rawValue)
        message.append(address.folded)
        return Array(hash.code(for: message.bytes).prefix(16))
    }
}
