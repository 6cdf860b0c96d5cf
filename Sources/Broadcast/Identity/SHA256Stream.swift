internal import CCrypto

/// SHA-256 of bytes that come piece by piece, computed by libcrypto.
@safe public struct SHA256Stream: ~Copyable {
    private let context: OpaquePointer

    /// Begins with nothing.
    public init() {
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("libcrypto has no memory") }
        unsafe self.context = unsafe context
        let isBegun = unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
        precondition(isBegun == 1, "libcrypto has no SHA-256")
    }

    /// The digits of one piece alone.
    public static func hex(of bytes: [UInt8]) -> String { KeyedMessage.hex(SHA256.digest(bytes)) }

    /// Adds `bytes`.
    public func add(_ bytes: [UInt8]) {
        let isDone = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        }
        precondition(isDone == 1, "libcrypto cannot hash")
    }

    /// The 64 lower-case hexadecimal digits of all that was added so far.
    public func hex() -> String {
        let end = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(end) }
        var digest = [UInt8](repeating: 0, count: SHA256.length)
        let isDone = unsafe digest.withUnsafeMutableBufferPointer { digest in
            unsafe EVP_MD_CTX_copy_ex(end, context) == 1
                && EVP_DigestFinal_ex(end, digest.baseAddress, nil) == 1
        }
        precondition(isDone, "libcrypto gave no digest")
        return KeyedMessage.hex(digest)
    }

    deinit { unsafe EVP_MD_CTX_free(context) }
}
