import Broadcast
import Foundation
import Wire

/// Signs requests as Standard Webhooks 1.0.0 asks: `v1,` and HMAC-SHA256 over `id.timestamp.body`.
///
/// Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (2026-11).
struct WebhookSigner: Sendable {
    private let keys: [HMACSHA256]

    /// A signer with the keys of `secrets`, several of them while one replaces another; nil when one has a ``flaw(in:)``.
    init?(secrets: [Secret]) {
        keys = secrets.compactMap { secret in
            (try? Self.key(of: secret.reveal())).map { HMACSHA256(key: $0) }
        }
        guard keys.count == secrets.count else { return nil }
    }

    /// Why nothing can be signed with `secret`; nil when it can.
    static func flaw(in secret: String) -> String? {
        do throws(ValueProblem) {
            _ = try key(of: secret)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Standard secrets are `whsec_` and 24 to 64 bytes in base64; any other text is taken as it stands.
    private static func key(of text: String) throws(ValueProblem) -> [UInt8] {
        let expected = "whsec_ and 24 to 64 bytes in base64, or a text of at least 16 characters"
        guard text.hasPrefix("whsec_") else {
            guard text.utf8.count >= 16 else {
                throw ValueProblem(.length, "is too short to sign with", expected: expected)
            }
            return Array(text.utf8)
        }
        guard let key = Data(base64Encoded: String(text.dropFirst("whsec_".count))),
            (24...64).contains(key.count)
        else { throw ValueProblem(.malformed, "is no webhook secret", expected: expected) }
        return Array(key)
    }

    /// The value of `webhook-signature`: one signature per key, parted by blanks.
    func signature(id: String, timestamp: String, body: [UInt8]) -> String {
        let signed = Array("\(id).\(timestamp).".utf8) + body
        return keys.map { "v1," + Data($0.code(for: signed)).base64EncodedString() }
            .joined(separator: " ")
    }
}
