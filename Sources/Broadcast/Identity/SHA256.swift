internal import CCrypto

/// SHA-256, computed by libcrypto.
public enum SHA256 {
    /// Bytes in a digest.
    public static let length = 32

    /// The 32 bytes of the digest of `message`.
    public static func digest(_ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: length)
        let isDone = unsafe message.withUnsafeBufferPointer { message in
            unsafe digest.withUnsafeMutableBufferPointer { digest in
                unsafe EVP_Digest(
                    message.baseAddress, message.count, digest.baseAddress, nil, EVP_sha256(), nil)
            }
        }
        precondition(isDone == 1, "libcrypto has no SHA-256")
        return digest
    }
}
