internal import CCrypto

/// AES-256-GCM over the chunks of one file, each bound to its place, to whether it is the last, and to the header.
///
/// The key serves one file only, so that counting makes every nonce a new one: seven zeros, four bytes of the number,
/// one that says "last". Chunks that were left out, exchanged or cut off at the end do not open.
/// Source: https://eprint.iacr.org/2015/189 (STREAM, 2026-11).
@safe final class ChunkCipher {
    static let tagLength = 16

    /// Where a chunk stands.
    struct Place: Sendable, Hashable {
        var number: UInt32
        var isLast: Bool

        var nonce: [UInt8] {
            [UInt8](repeating: 0, count: 7)
                + [UInt8(number >> 24 & 0xFF), UInt8(number >> 16 & 0xFF), UInt8(number >> 8 & 0xFF)]
                + [UInt8(number & 0xFF), isLast ? 1 : 0]
        }
    }

    private let context: OpaquePointer
    private let key: [UInt8]
    private let header: [UInt8]

    init(key: [UInt8], header: SealedHeader) {
        precondition(key.count == 32, "AES-256 has keys of 32 bytes")
        guard let context = unsafe EVP_CIPHER_CTX_new() else { preconditionFailure("no memory") }
        unsafe self.context = unsafe context
        self.key = key
        self.header = header.bytes
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    /// The chunk with its tag behind it.
    func sealed(_ plain: [UInt8], at place: Place) -> [UInt8] {
        var sealed = [UInt8](repeating: 0, count: plain.count + Self.tagLength)
        var tag = [UInt8](repeating: 0, count: Self.tagLength)
        let isDone =
            begin(place, isSealing: true) && turn(plain, into: &sealed) && finish()
            && exchange(EVP_CTRL_AEAD_GET_TAG, &tag)
        precondition(isDone, "libcrypto has no AES-256-GCM")
        sealed.replaceSubrange(plain.count..., with: tag)
        return sealed
    }

    /// What was sealed; nil when it is not what was sealed at this place under this key and header.
    func opened(_ sealed: [UInt8], at place: Place) -> [UInt8]? {
        guard sealed.count >= Self.tagLength else { return nil }
        let length = sealed.count - Self.tagLength
        var plain = [UInt8](repeating: 0, count: length)
        var tag = Array(sealed[length...])
        let isGenuine =
            begin(place, isSealing: false) && turn(Array(sealed[..<length]), into: &plain)
            && exchange(EVP_CTRL_AEAD_SET_TAG, &tag) && finish()
        return isGenuine ? plain : nil
    }

    private func begin(_ place: Place, isSealing: Bool) -> Bool {
        var count: Int32 = 0
        let (cipher, nonce) = unsafe (EVP_aes_256_gcm(), place.nonce)
        guard unsafe EVP_CipherInit_ex(context, cipher, nil, key, nonce, isSealing ? 1 : 0) == 1 else {
            return false
        }
        return unsafe EVP_CipherUpdate(context, nil, &count, header, Int32(header.count)) == 1
    }

    private func turn(_ bytes: [UInt8], into result: inout [UInt8]) -> Bool {
        if bytes.isEmpty { return true }
        var count: Int32 = 0
        return unsafe EVP_CipherUpdate(context, &result, &count, bytes, Int32(bytes.count)) == 1
    }

    /// Whether all fits; a cipher of this kind holds nothing back.
    private func finish() -> Bool {
        var (rest, count) = ([UInt8](repeating: 0, count: Self.tagLength), Int32(0))
        return unsafe EVP_CipherFinal_ex(context, &rest, &count) == 1
    }

    private func exchange(_ command: Int32, _ tag: inout [UInt8]) -> Bool {
        unsafe EVP_CIPHER_CTX_ctrl(context, command, Int32(Self.tagLength), &tag) == 1
    }
}
