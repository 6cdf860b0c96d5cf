internal import CCrypto

/// The key with which a store signs its proofs: Ed25519 (https://www.rfc-editor.org/rfc/rfc8032), derived from its secret.
public struct ProofKey: Sendable {
    private let seed: [UInt8]
    /// What others verify with.
    public let publicKey: ProofPublicKey

    /// Derives from the store's secret, under a label of its own.
    public init(secret: [UInt8]) {
        seed = HMACSHA256(key: secret).code(for: KeyedMessage("tocsin proof key 1").bytes)
        let key = KeyHandle(seed: seed)
        publicKey = ProofPublicKey(key)
    }

    /// The 64 bytes of the signature of `message`.
    public func signature(of message: [UInt8]) -> [UInt8] { KeyHandle(seed: seed).signature(of: message) }
}

/// The public half of a ``ProofKey``.
public struct ProofPublicKey: Sendable, Hashable {
    /// As openssl reads it, with a line end at its end.
    public let pem: String
    /// The SHA-256 of its DER form, in hexadecimal digits: what two people compare.
    public let fingerprint: String

    /// The key in `pem`; nil when there is none, or one of another kind.
    public init?(pem: String) {
        guard let key = KeyHandle(pem: pem) else { return nil }
        self.init(key)
    }

    fileprivate init(_ key: borrowing KeyHandle) {
        pem = String(decoding: key.pem, as: UTF8.self)
        fingerprint = KeyedMessage.hex(SHA256.digest(key.der))
    }

    /// Whether `signature` was made of `message` by whoever holds the other half.
    public func confirms(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        KeyHandle(pem: pem)?.confirms(signature, of: message) ?? false
    }
}

/// Owns one key of libcrypto's.
@safe private struct KeyHandle: ~Copyable {
    private let key: OpaquePointer

    private init(owning key: OpaquePointer) { unsafe self.key = unsafe key }

    init(seed: [UInt8]) {
        let key = unsafe seed.withUnsafeBufferPointer { seed in
            unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed.baseAddress, seed.count)
        }
        guard let key = unsafe key else { preconditionFailure("libcrypto has no Ed25519") }
        unsafe self.init(owning: key)
    }

    /// Nil when the text holds no public key of this kind.
    init?(pem: String) {
        let bytes = Array(pem.utf8)
        let key = unsafe bytes.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            let source = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count))
            defer { unsafe BIO_free(source) }
            // Without a callback libcrypto would ask the terminal for the pass phrase of a text that claims to have one.
            return unsafe PEM_read_bio_PUBKEY(source, nil, { _, _, _, _ in -1 }, nil)
        }
        // What is no key leaves a complaint behind that nobody will read.
        ERR_clear_error()
        guard let key = unsafe key else { return nil }
        guard unsafe EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 else {
            unsafe EVP_PKEY_free(key)
            return nil
        }
        unsafe self.init(owning: key)
    }

    var pem: [UInt8] { unsafe written { unsafe PEM_write_bio_PUBKEY($0, key) } }

    var der: [UInt8] { unsafe written { unsafe i2d_PUBKEY_bio($0, key) } }

    private func written(_ write: (OpaquePointer?) -> Int32) -> [UInt8] {
        let sink = unsafe BIO_new(BIO_s_mem())
        defer { unsafe BIO_free(sink) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let isWritten = unsafe write(sink) == 1
        let count = unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            unsafe BIO_read(sink, bytes.baseAddress, Int32(bytes.count))
        }
        precondition(isWritten && count > 0, "libcrypto cannot write the key")
        return Array(bytes.prefix(Int(count)))
    }

    func signature(of message: [UInt8]) -> [UInt8] {
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 64)
        var count = signature.count
        let isDone = unsafe message.withUnsafeBufferPointer { message in
            unsafe signature.withUnsafeMutableBufferPointer { signature in
                unsafe EVP_DigestSignInit(context, nil, nil, nil, key) == 1
                    && EVP_DigestSign(
                        context, signature.baseAddress, &count, message.baseAddress, message.count) == 1
            }
        }
        precondition(isDone && count == signature.count, "libcrypto gave no signature")
        return signature
    }

    func confirms(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        let isTrue = unsafe message.withUnsafeBufferPointer { message in
            unsafe signature.withUnsafeBufferPointer { signature in
                unsafe EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
                    && EVP_DigestVerify(
                        context, signature.baseAddress, signature.count, message.baseAddress, message.count)
                        == 1
            }
        }
        ERR_clear_error()
        return isTrue
    }

    deinit { unsafe EVP_PKEY_free(key) }
}
