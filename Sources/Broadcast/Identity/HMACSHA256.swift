internal import CCrypto
internal import Synchronization

/// HMAC-SHA256 under one key, computed by libcrypto; the key is prepared once and may be shared by tasks.
public struct HMACSHA256: Sendable {
    private let state: KeyedState

    /// Prepares `key`, which may have any length.
    public init(key: [UInt8]) { state = KeyedState(key: key) }

    /// The 32 bytes of the code of `message`.
    public func code(for message: [UInt8]) -> [UInt8] { state.code(for: message) }
}

private final class KeyedState: Sendable {
    private let context: Mutex<KeyedContext>

    init(key: [UInt8]) { context = Mutex(KeyedContext(key: key)) }

    func code(for message: [UInt8]) -> [UInt8] { context.withLock { $0.code(for: message) } }
}

/// Owns libcrypto's state: whoever holds the lock around it is alone with it.
@safe private struct KeyedContext: ~Copyable {
    private let context: OpaquePointer

    init(key: [UInt8]) {
        let method = unsafe EVP_MAC_fetch(nil, "HMAC", nil)
        let context = unsafe EVP_MAC_CTX_new(method)
        unsafe EVP_MAC_free(method)
        guard let context = unsafe context else { preconditionFailure("libcrypto has no HMAC") }
        unsafe self.context = unsafe context
        // An empty key must not reach libcrypto as a null pointer, which means "the key of before".
        let bytes = key.isEmpty ? [0] : key
        let isKeyed = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe tocsin_hmac_sha256_start(context, bytes.baseAddress, key.count)
        }
        precondition(isKeyed == 1, "libcrypto refuses the key")
    }

    func code(for message: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: SHA256.length)
        var written = 0
        let isDone = unsafe message.withUnsafeBufferPointer { message in
            unsafe code.withUnsafeMutableBufferPointer { code in
                unsafe EVP_MAC_init(context, nil, 0, nil) == 1
                    && EVP_MAC_update(context, message.baseAddress, message.count) == 1
                    && EVP_MAC_final(context, code.baseAddress, &written, code.count) == 1
            }
        }
        precondition(isDone && written == SHA256.length, "libcrypto gave no code")
        return code
    }

    deinit { unsafe EVP_MAC_CTX_free(context) }
}
