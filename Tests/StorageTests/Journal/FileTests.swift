import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

/// The files that go with announcements, and how they go again.
struct FileTests {
    let scratch: ScratchDirectory
    let store: Store

    init() throws {
        scratch = try ScratchDirectory()
        store = try Store.open(scratch.file("a.db"), now: start)
    }

    private static let terms = FrozenFile((0..<300_000).map { UInt8($0 * 7 % 251) }, type: "application/pdf")
    private static let banner = FrozenFile(Array("a picture".utf8), type: "image/png")

    private static func sample(_ id: String, _ files: [String: FrozenFile]) -> Announcement {
        var announcement = Announcement.sample(id)
        announcement.content.attachments = files
        return announcement
    }

    private func offer(_ announcement: Announcement) async throws {
        let accepted = try await store.accept(
            announcement, digest: announcement.id.rawValue, over: ChannelFacts.samples, named: .chosen)
        #expect(accepted == .accepted)
    }

    private func kept() async throws -> Int { Int(try await store.number("SELECT count(*) FROM files")) }

    @Test func `contents are kept once, and read back with the announcement that needs them`() async throws {
        try await offer(
            Self.sample("one", ["t/a.pdf": Self.terms, "t/copy.pdf": Self.terms, "t/b.png": Self.banner]))
        try await offer(Self.sample("two", ["t/a.pdf": Self.terms]))
        #expect(try await kept() == 2)
        let bare = try await store.announcement(Announcement.ID(valid: "one"))
        #expect(bare.content.attachments.values.allSatisfy { $0.content == nil })
        let whole = try await store.wholeAnnouncement(Announcement.ID(valid: "one"))
        #expect(whole.content.attachments["t/a.pdf"]?.content?.bytes == Self.terms.content?.bytes)
        #expect(whole.content.attachments["t/b.png"]?.content?.bytes == Self.banner.content?.bytes)
        #expect(whole == bare)
    }

    @Test func `one whose files were not read is not accepted`() async throws {
        var file = Self.terms
        file.content = nil
        let offered = Self.sample("one", ["t/a.pdf": file])
        await #expect(throws: StoreError.self) {
            try await store.accept(offered, digest: "d", over: ChannelFacts.samples, named: .chosen)
        }
        #expect(try await store.announcements().isEmpty)
    }

    @Test func `what is taken back or cancelled frees the files that nobody else needs`() async throws {
        try await store.seed(["1"])
        let files = ["t/a.pdf": Self.terms]
        try await offer(Self.sample("one", files))
        try await store.planned(Self.sample("two", files), [.sample("1")])
        #expect(try await store.takeBack(Announcement.ID(valid: "one")))
        #expect(try await kept() == 1)
        _ = try await store.cancel(Announcement.ID(valid: "two"), now: start)
        #expect(try await kept() == 0)
        #expect(try await store.announcement(Announcement.ID(valid: "two")).content.attachments.count == 1)
        let error = await #expect(throws: StoreError.self) {
            try await store.wholeAnnouncement(Announcement.ID(valid: "two"))
        }
        #expect(error?.code == .corrupt)
    }

    @Test func `a purge makes the store smaller by them`() async throws {
        try await store.seed(["1"])
        try await store.planned(Self.sample("one", ["t/a.pdf": Self.terms]), [.sample("1")])
        let token = try await store.lead()
        let claimed = try await store.send(.email, limit: 9, token: token, now: start)
        let told = claimed.map { Broadcast.Outcome($0.id, .accepted(providerID: nil)) }
        _ = try await store.settle(told, token: token, now: start)
        try await store.release(Lease(token: token, deadline: .zero))
        #expect(try await kept() == 1)
        #expect(try await store.purge(before: start + 1) {}.announcements == 1)
        #expect(try await kept() == 0)
        #expect(try await store.compact())
        let size = try FileManager.default.attributesOfItem(atPath: scratch.file("a.db"))[.size] as? Int
        #expect((size ?? .max) < 250_000)
    }

    @Test func `a backup holds them`() async throws {
        try await store.seed(["1"])
        try await store.planned(Self.sample("one", ["t/a.pdf": Self.terms]), [.sample("1")])
        _ = try await store.backUp(to: scratch.file("b.backup"), now: start)
        let copy = try Store.openReadOnly(scratch.file("b.backup"))
        let whole = try await copy.wholeAnnouncement(Announcement.ID(valid: "one"))
        #expect(whole.content.attachments["t/a.pdf"]?.content?.bytes == Self.terms.content?.bytes)
    }

    @Test func `a file that was changed in the store is not sent, until somebody sends it anew`() async throws
    {
        try await offer(Self.sample("one", ["t/b.png": Self.banner]))
        try await store.run("UPDATE files SET content = x'00'")
        await #expect(throws: StoreError.self) {
            try await store.wholeAnnouncement(Announcement.ID(valid: "one"))
        }
        try await offer(Self.sample("two", ["t/b.png": Self.banner]))
        for id in ["one", "two"] {
            let whole = try await store.wholeAnnouncement(Announcement.ID(valid: id))
            #expect(whole.content.attachments["t/b.png"]?.content?.bytes == Self.banner.content?.bytes)
        }
    }
}
