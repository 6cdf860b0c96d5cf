import Broadcast
import Foundation
import Testing

struct ProofKeyTests {
    private let key = ProofKey(secret: Array(0..<32))

    @Test func `a store has one key, another store another`() {
        #expect(ProofKey(secret: Array(0..<32)).publicKey == key.publicKey)
        #expect(ProofKey(secret: Array(1..<33)).publicKey != key.publicKey)
        #expect(key.publicKey.pem.hasPrefix("-----BEGIN PUBLIC KEY-----\n"))
    }

    @Test func `a signature holds for its own message and key only`() throws {
        let message = Array("tocsin proof 1".utf8)
        let signature = key.signature(of: message)
        let read = try #require(ProofPublicKey(pem: key.publicKey.pem))
        #expect(signature.count == 64 && read.confirms(signature, of: message))
        #expect(!read.confirms(signature, of: message + [0]))
        #expect(!read.confirms([UInt8](signature.dropLast()), of: message) && !read.confirms([], of: message))
        #expect(!ProofKey(secret: []).publicKey.confirms(signature, of: message))
    }

    @Test(arguments: ["", "key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", rsa])
    func `what is no such key is none`(text: String) { #expect(ProofPublicKey(pem: text) == nil) }

    /// An RSA key of 512 bits.
    private static let rsa = """
        -----BEGIN PUBLIC KEY-----
        MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAOKuwXoJJB0QTF4Z/OWNNsJtxKCLopZS
        K8iN7RPnc6ShPOvnfYd3lITJ1jC18IQeUAY5GzgEI8ZLbg/4+FJBtUUCAwEAAQ==
        -----END PUBLIC KEY-----

        """

    @Test func `bytes in pieces hash like bytes in one`() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        let stream = SHA256Stream()
        for start in stride(from: 0, to: 1000, by: 7) {
            stream.add(Array(bytes[start..<min(start + 7, 1000)]))
        }
        #expect(stream.hex() == SHA256Stream.hex(of: bytes))
        #expect(
            SHA256Stream().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }
}
