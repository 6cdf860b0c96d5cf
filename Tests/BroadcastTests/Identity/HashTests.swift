import Broadcast
import Testing

@Suite struct HashTests {
    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Source: https://www.rfc-editor.org/rfc/rfc4231#section-4 (2026-11).
    private static let codes: [(key: [UInt8], message: [UInt8], code: String)] = [
        (
            [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        ([], [], "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ]

    @Test(arguments: codes)
    func `the published codes come out, again and again`(key: [UInt8], message: [UInt8], code: String) {
        let hash = HMACSHA256(key: key)
        for _ in 0..<3 { #expect(Self.hex(hash.code(for: message)) == code) }
    }

    /// Source: https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values (2026-11).
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `the published digests come out`(message: String, digest: String) {
        #expect(Self.hex(SHA256.digest(Array(message.utf8))) == digest)
    }

    @Test func `one keyed hash serves many tasks at once`() async {
        let hash = HMACSHA256(key: Array("Jefe".utf8))
        let codes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                let message = Array("message \(number)".utf8)
                let alone = HMACSHA256(key: Array("Jefe".utf8)).code(for: message)
                group.addTask { (0..<500).allSatisfy { _ in hash.code(for: message) == alone } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes == [Bool](repeating: true, count: 8))
    }
}
