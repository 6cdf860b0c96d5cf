import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

/// What is taken over between stores that come from one, and that have gone ways of their own since.
struct LineageTests {
    let scratch: ScratchDirectory

    /// A store `a` of five people, and `b`, which took its place from a backup of second 10; then somebody opts out in each.
    init() async throws {
        scratch = try ScratchDirectory()
        do {
            let store = try open("a")
            try await store.seed(["1", "2", "3", "4", "5"], consent: .all)
            _ = try await store.backUp(to: scratch.file("a.backup"), now: start + 10)
            try await store.suppress(address("1"), Self.order(at: 12))
            try await store.run(
                "UPDATE contacts SET consent = '', updated_at = \(Self.at(12)) WHERE id = '2'")
            try await store.remove(Contact.ID(valid: "3"), now: start + 12)
        }
        try restore("a.backup", to: "b", at: 15)
        let other = try open("b")
        try await other.adopt(now: start + 20)
        try await other.suppress(address("4"), Self.order(at: 22))
    }

    private func open(_ name: String) throws -> Store { try Store.open(scratch.file(name), now: start) }

    @discardableResult
    private func restore(_ backup: String, to name: String, at seconds: Double) throws -> Restoration.Result {
        try Restoration(of: scratch.file(backup)).restore(
            to: scratch.file(name), replacing: true, now: start + seconds)
    }

    private func backUp(_ name: String, at seconds: Double) async throws -> String {
        _ = try await open(name).backUp(
            to: scratch.file("\(name)-\(seconds)"), now: start + seconds)
        return "\(name)-\(seconds)"
    }

    private func address(_ id: String) throws -> Address {
        try #require(Address(.email, canonical: "\(id)@example.org"))
    }

    private static func at(_ seconds: Double) -> Int64 { (start + seconds).milliseconds }

    private static func order(at seconds: Double) -> Suppression {
        Suppression(kind: .email, extent: .all, reason: .optOut, source: "test", since: start + seconds)
    }

    /// People with their consent, an `s` behind whoever is suppressed.
    private func people(_ name: String) async throws -> [String] {
        try await open(name).lines(
            """
            SELECT id || consent || CASE WHEN s.key IS NULL THEN '' ELSE 's' END
            FROM contacts LEFT JOIN suppressions s ON s.key = email_key AND s.proposed = 0 ORDER BY id
            """)
    }

    private static let both = ["1*s", "2", "4*s", "5*"]

    @Test func `who went back to the first store has what was said there after the two parted`() async throws
    {
        let result = try restore(try await backUp("b", at: 30), to: "a", at: 40)
        let found = try #require(result.optOuts)
        #expect(found.suppressions == 1 && found.consents == 1 && found.removed == 1)
        // What was said in the other one after its backup nobody can know.
        #expect(!found.isComplete)
        #expect(try await people("a") == Self.both)
    }

    @Test func `the second store keeps what was said there when it takes a later backup of the first`()
        async throws
    {
        let result = try restore(try await backUp("a", at: 30), to: "b", at: 40)
        #expect(result.optOuts?.suppressions == 1 && result.optOuts?.isComplete == false)
        #expect(try await people("b") == Self.both)
    }

    @Test func `what was taken over stays when a fresher backup comes, before and after adoption`()
        async throws
    {
        try restore(try await backUp("b", at: 30), to: "a", at: 40)
        let fresher = try await backUp("b", at: 50)
        // Its clock is behind the one that dated the backup.
        try restore(fresher, to: "a", at: 5)
        #expect(try await people("a") == Self.both)
        try restore(try await backUp("b", at: 60), to: "a", at: 70)
        #expect(try await people("a") == Self.both)
        do { try await open("a").adopt(now: start + 80) }
        try restore(try await backUp("b", at: 90), to: "a", at: 100)
        #expect(try await people("a") == Self.both)
    }

    @Test func `a standby of a store that was once a copy infers nothing from older data`() async throws {
        do { try await open("b").run("UPDATE contacts SET consent = '', updated_at = \(Self.at(25))") }
        try restore(try await backUp("b", at: 30), to: "standby", at: 31)
        do {
            let store = try open("b")
            try await store.unsuppress(address("4"))
            try await store.run("UPDATE contacts SET consent = '*', updated_at = \(Self.at(35))")
        }
        for night in [40.0, 50] {
            let result = try restore(try await backUp("b", at: night), to: "standby", at: night + 1)
            #expect(result.optOuts?.isEmpty == true)
            #expect(try await people("standby") == ["1*", "2*", "3*", "4*", "5*"])
        }
    }

    @Test func `a backup of the store itself is known to lack nothing else, adopted copy or not`()
        async throws
    {
        let backup = try await backUp("b", at: 30)
        do { try await open("b").suppress(address("5"), Self.order(at: 32)) }
        let result = try restore(backup, to: "b", at: 40)
        #expect(result.optOuts == OptOuts(suppressions: 1))
        #expect(try open("b").copy?.knowsOptOuts == true)
    }

    @Test func `a copy made by hand parted from its original with the last word in it`() async throws {
        // Longer ago than the file of the copy was made.
        let year = 365 * 86_400.0
        do {
            let store = try open("c")
            try await store.seed(["1", "2"])
            try await store.suppress(address("1"), Self.order(at: -2 * year))
        }
        try FileManager.default.copyItem(atPath: scratch.file("c"), toPath: scratch.file("d"))
        do {
            let copy = try open("d")
            #expect(copy.copy != nil)
            try await copy.adopt(now: start)
        }
        do { try await open("c").suppress(address("2"), Self.order(at: -year)) }
        #expect(try restore(try await backUp("d", at: 10), to: "c", at: 20).optOuts?.suppressions == 1)
        #expect(try await people("c") == ["1s", "2s"])
    }
}
