internal import CCrypto

/// The beginning of a backup under a passphrase: how the key is made, and whether a passphrase is the right one.
///
///     16  "Tocsin backup 1\n"
///      4  log2 of scrypt's N, its r, its p, log2 of the size of a chunk
///     32  salt
///     16  the part of scrypt's result behind the key
///
/// Source: https://www.rfc-editor.org/rfc/rfc7914 (2026-11).
struct SealedHeader: Sendable, Hashable {
    static let magic = Array("Tocsin backup 1\n".utf8)
    static let length = 68
    private static let keyLength = 32
    private static let checkLength = 16

    /// What a guess costs: 128 MiB and a third of a second, as recommended for what can be guessed at leisure.
    ///
    /// Source: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html (2026-11).
    static let usual = Cost(logN: 17, r: 8, p: 1, logChunk: 16)

    /// The parameters, as they stand in the file.
    struct Cost: Sendable, Hashable {
        var logN, r, p, logChunk: UInt8

        /// Whether a file may ask for so much: at most 512 MiB, and chunks of 4 KiB to 1 MiB.
        var isBounded: Bool {
            (10...18).contains(logN) && (1...16).contains(r) && (1...4).contains(p)
                && (12...20).contains(logChunk) && UInt64(r) << logN <= 1 << 22
        }
    }

    let cost: Cost
    let salt: [UInt8]
    /// Nil until a passphrase is known.
    private(set) var check: [UInt8]

    var bytes: [UInt8] { Self.magic + [cost.logN, cost.r, cost.p, cost.logChunk] + salt + check }
    var chunkSize: Int { 1 << Int(cost.logChunk) }

    /// A new one with a salt of its own, and the key that `passphrase` makes with it.
    static func new(_ passphrase: String, _ cost: Cost) -> (SealedHeader, key: [UInt8])? {
        var salt = [UInt8](repeating: 0, count: 32)
        guard unsafe RAND_bytes(&salt, Int32(salt.count)) == 1 else { return nil }
        var header = SealedHeader(cost: cost, salt: salt, check: [])
        guard let made = header.derived(from: passphrase) else { return nil }
        header.check = Array(made[keyLength...])
        return (header, Array(made[..<keyLength]))
    }

    private init(cost: Cost, salt: [UInt8], check: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.check = check
    }

    /// Reads `bytes`; nil when they are not of this form or ask for more than is reasonable.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length, bytes.starts(with: Self.magic) else { return nil }
        cost = Cost(logN: bytes[16], r: bytes[17], p: bytes[18], logChunk: bytes[19])
        salt = Array(bytes[20..<52])
        check = Array(bytes[52...])
        guard cost.isBounded else { return nil }
    }

    /// The key; nil when the passphrase is another one.
    func key(_ passphrase: String) -> [UInt8]? {
        guard let made = derived(from: passphrase) else { return nil }
        return Array(made[Self.keyLength...]) == check ? Array(made[..<Self.keyLength]) : nil
    }

    private func derived(from passphrase: String) -> [UInt8]? {
        var made = [UInt8](repeating: 0, count: Self.keyLength + Self.checkLength)
        let secret = Array(passphrase.utf8).map(CChar.init(bitPattern:))
        let result = unsafe EVP_PBE_scrypt(
            secret, secret.count, salt, salt.count, 1 << UInt64(cost.logN), UInt64(cost.r), UInt64(cost.p),
            1 << 30, &made, made.count)
        return result == 1 ? made : nil
    }
}
