import Foundation
import TestPeers
import Testing

@testable import Storage

/// Backups under a passphrase: what opens them, and what is seen of anything done to them.
struct SealedBackupTests {
    let scratch: ScratchDirectory
    /// A guess that costs little, and small chunks.
    private static let cost = SealedHeader.Cost(logN: 10, r: 8, p: 1, logChunk: 12)
    private static let chunk = 4096
    private static let passphrase = "correct horse, Ünïcode"

    init() throws { scratch = try ScratchDirectory() }

    private func file(_ name: String, _ bytes: [UInt8] = []) throws -> String {
        try Data(bytes).write(to: URL(filePath: scratch.file(name)))
        return scratch.file(name)
    }

    private func bytes(_ name: String) -> [UInt8] {
        Array(FileManager.default.contents(atPath: scratch.file(name)) ?? Data())
    }

    private func sealed(_ plain: [UInt8]) throws -> [UInt8] {
        try BackupFile.seal(file("plain", plain), into: file("sealed"), Self.passphrase, Self.cost)
        return bytes("sealed")
    }

    @discardableResult
    private func open(_ sealed: [UInt8], _ passphrase: String = passphrase) throws -> [UInt8] {
        try BackupFile.open(file("sealed", sealed), into: file("opened"), passphrase)
        return bytes("opened")
    }

    private static func numbers(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 251) } }

    @Test(arguments: [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk, 3 * chunk + 17])
    func `what was sealed opens as it was, whatever its length`(length: Int) throws {
        let plain = Self.numbers(length)
        let sealed = try sealed(plain)
        #expect(sealed.starts(with: Array("Tocsin backup 1\n".utf8)))
        #expect(sealed.count == SealedHeader.length + length + max(1, (length + 4095) / 4096) * 16)
        #expect(length < 32 || Data(sealed).range(of: Data(plain.prefix(32))) == nil)
        #expect(try open(sealed) == plain)
    }

    @Test func `the same is sealed differently each time`() throws {
        #expect(try sealed(Self.numbers(100)) != sealed(Self.numbers(100)))
    }

    @Test(arguments: ["", "correct horse, Unicode", passphrase + " ", String(passphrase.reversed())])
    func `another passphrase is told as such`(passphrase: String) throws {
        let sealed = try sealed(Self.numbers(100))
        let error = #expect(throws: StoreError.self) { try open(sealed, passphrase) }
        #expect(error?.code == .passphraseWrong)
    }

    @Test func `every changed byte is seen`() throws {
        let sealed = try sealed(Self.numbers(2 * Self.chunk + 5))
        let places = Array(0..<SealedHeader.length) + stride(from: 68, to: sealed.count, by: 211)
        for place in places + [sealed.count - 1] {
            var changed = sealed
            changed[place] ^= 0x04
            let error = #expect(throws: StoreError.self, "byte \(place)") { try open(changed) }
            let expected: [StoreError.Code] =
                place < SealedHeader.length ? [.backupDamaged, .passphraseWrong] : [.backupDamaged]
            #expect(error.map { expected.contains($0.code) } ?? false, "byte \(place)")
        }
    }

    @Test func `a file that was cut off is told with the place, wherever the cut is`() throws {
        let sealed = try sealed(Self.numbers(3 * Self.chunk))
        let whole = Self.chunk + 16
        for length in [16, 40, 67, 68, 69, 68 + 15, 68 + whole, 68 + 2 * whole, sealed.count - 1] {
            let error = #expect(throws: StoreError.self, "\(length)") { try open(Array(sealed[..<length])) }
            #expect(error?.code == .backupDamaged && error?.message.contains("cut off") == true)
            #expect(error?.message.contains("byte ") == true, "\(error?.message ?? "")")
        }
    }

    @Test func `chunks that change places, go missing or are added are seen`() throws {
        let sealed = try sealed(Self.numbers(4 * Self.chunk))
        let size = Self.chunk + 16
        let head = Array(sealed[..<68])
        let chunks = (0..<4).map { Array(sealed[(68 + $0 * size)..<(68 + ($0 + 1) * size)]) }
        for order in [[1, 0, 2, 3], [0, 2, 3], [3], [0, 1, 2, 3, 3], [0, 0, 1, 2, 3], [0, 1, 3, 2]] {
            let error = #expect(throws: StoreError.self, "\(order)") {
                try open(head + order.flatMap { chunks[$0] })
            }
            #expect(error?.code == .backupDamaged)
        }
        let longer = #expect(throws: StoreError.self) { try open(sealed + [0]) }
        #expect(longer?.code == .backupDamaged)
        // Of another backup under the same passphrase.
        let other = try self.sealed(Self.numbers(4 * Self.chunk))
        let mixed = #expect(throws: StoreError.self) { try open(head + Array(other[68...])) }
        #expect(mixed?.code == .backupDamaged)
    }

    @Test(
        arguments: [
            [63, 8, 1, 12], [19, 8, 1, 12], [0, 8, 1, 12], [18, 17, 1, 12], [18, 16, 4, 21], [10, 8, 0, 12],
            [10, 0, 1, 12],
            [10, 8, 255, 12], [10, 8, 1, 40], [10, 8, 1, 0],
        ] as [[UInt8]])
    func `a header that asks for too much is refused before anything is computed`(cost: [UInt8]) throws {
        var sealed = try sealed([1])
        sealed.replaceSubrange(16..<20, with: cost)
        let error = #expect(throws: StoreError.self) { try open(sealed) }
        #expect(error?.code == .backupDamaged && error?.message.contains("header") == true)
    }

    @Test func `the usual cost is one that is read again`() {
        #expect(SealedHeader.usual.isBounded)
    }

    @Test(arguments: ["", "Tocsin backup", "Tocsin backup 2\nxxxxxxxx", "id,name\n1,Anna\n", "PK\u{3}\u{4}"])
    func `a file that is no backup is told from its first bytes`(text: String) throws {
        let path = try file("foreign", Array(text.utf8))
        let error = #expect(throws: StoreError.self) { try Restoration(of: path) }
        #expect(error?.code == .notBackup && error?.path == path)
    }

    @Test func `a backup under a passphrase shows nothing, leaves nothing plain, and comes back`()
        async throws
    {
        let store = try Store.open(scratch.file("a.db"), now: start)
        try await store.seed((1...2000).map(String.init))
        let file = scratch.file("b")
        let contents = try await store.backUp(to: file, passphrase: Self.passphrase, now: start)
        #expect(contents.contacts == 2000)
        #expect(Data(bytes("b")).range(of: Data("Name of".utf8)) == nil)
        #expect(Data(bytes("b")).range(of: Data(store.secret)) == nil)
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        #expect(!names.contains { $0.contains("partial") || $0.contains("-backup") })
        let restoration = try Restoration(of: file)
        #expect(restoration.isSealed)
        let result = try restoration.restore(
            to: scratch.file("c.db"), passphrase: Self.passphrase, now: start)
        #expect(result.contents == contents && result.aside == nil)
        #expect(try Store.openReadOnly(scratch.file("c.db")).secret == store.secret)
    }
}
