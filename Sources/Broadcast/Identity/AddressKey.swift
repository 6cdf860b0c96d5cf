internal import CCrypto

/// What stands for an address where the address itself may not be kept: a hash that only the store's secret can make.
///
/// Spellings of one address have one key (``Address/folded``). Not to be shared between tasks: it keeps a keyed state,
/// which makes a key in a microsecond.
@safe public final class AddressKey {
    private let context: OpaquePointer

    /// Keys under `secret`, the random bytes of a store.
    public init(secret: [UInt8]) {
        let algorithm = unsafe EVP_MAC_fetch(nil, "HMAC", nil)
        defer { unsafe EVP_MAC_free(algorithm) }
        guard let context = unsafe EVP_MAC_CTX_new(algorithm) else {
            preconditionFailure("libcrypto has HMAC")
        }
        var digest = Array("SHA256".utf8CString)
        let isKeyed = unsafe digest.withUnsafeMutableBufferPointer { name in
            unsafe [
                OSSL_PARAM_construct_utf8_string("digest", name.baseAddress, 0), OSSL_PARAM_construct_end(),
            ].withUnsafeBufferPointer { unsafe EVP_MAC_init(context, secret, secret.count, $0.baseAddress) }
        }
        precondition(isKeyed == 1, "libcrypto has SHA-256")
        unsafe self.context = context
    }

    deinit { unsafe EVP_MAC_CTX_free(context) }

    /// The key of one address: 16 bytes.
    public func bytes(for address: Address) -> [UInt8] {
        let message = Array("address:\(address.kind.rawValue):\(address.folded)".utf8)
        var digest = [UInt8](repeating: 0, count: 32)
        var count = 0
        let isDone =
            unsafe EVP_MAC_init(context, nil, 0, nil) == 1
            && EVP_MAC_update(context, message, message.count) == 1
            && EVP_MAC_final(context, &digest, &count, digest.count) == 1
        precondition(isDone && count == 32, "hashing in memory cannot fail")
        return Array(digest.prefix(16))
    }
}
