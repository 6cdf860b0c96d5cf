import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

struct WithdrawingTests {
    private let id = Announcement.ID(valid: "outage")
    private let scratch: ScratchDirectory
    private let first: Store
    private let second: Store

    init() async throws {
        scratch = try ScratchDirectory()
        first = try Store.open(scratch.file("tocsin.db"), now: start)
        second = try Store.open(scratch.file("tocsin.db"), now: start)
        try await first.seed(["1"])
    }

    private func accept(in store: Store, digest: String = "d") async throws -> Acceptance {
        try await store.accept(.sample(), digest: digest, over: ChannelFacts.samples, named: .chosen)
    }

    @Test func `what another process planned can be taken back, once, and it finds that out`() async throws {
        #expect(try await accept(in: first) == .accepted)
        let run = try await first.plan([.sample("1")], in: try await first.beginPlanning(id))
        #expect(try await second.takeBack(id))
        #expect(try await !second.takeBack(id))
        #expect(try await accept(in: second, digest: "other") == .accepted)
        let mended = try await second.beginPlanning(id)
        await #expect(throws: StoreError.self) {
            try await first.finishPlanning(run, as: .running, now: start)
        }
        #expect(try await !first.withdraw(id))
        let planned = try await second.plan([.sample("1")], in: mended)
        #expect(try await second.finishPlanning(planned, as: .running, now: start) == .running)
        #expect(try await first.states() == ["1 email queued"])
        #expect(try await second.miscounts() == [])
    }

    @Test func `who was taken back takes nothing of who uses the id since, planned or not`() async throws {
        #expect(try await accept(in: first) == .accepted)
        #expect(try await second.takeBack(id))
        #expect(try await accept(in: second) == .accepted)
        #expect(try await !first.withdraw(id))
        #expect(try await second.withdraw(id))
        #expect(try await second.announcements().isEmpty)
    }

    @Test func `what runs can be neither withdrawn nor taken back`() async throws {
        try await first.planned([.sample("1")])
        #expect(try await !first.withdraw(id))
        #expect(try await !second.takeBack(id))
        #expect(try await first.states() == ["1 email queued"])
    }

    @Test func `only what was never confirmed and is old is abandoned`() async throws {
        try await first.planned(.sample("old-running"), [.sample("1")])
        for (name, age) in [("old", 0.0), ("young", 100)] {
            let announcement = Announcement.sample(name, createdAt: start + age)
            _ = try await first.accept(announcement, digest: name, over: ChannelFacts.samples, named: .chosen)
            _ = try await first.plan([.sample("1")], in: try await first.beginPlanning(announcement.id))
        }
        try await second.takeBackAbandoned(before: start + 50)
        #expect(try await first.announcements().map(\.id.rawValue) == ["young", "old-running"])
        #expect(try await first.number("SELECT count(*) FROM deliveries") == 2)
    }

    @Test func `what is taken back leaves no pause to what takes its place`() async throws {
        #expect(try await accept(in: first) == .accepted)
        _ = try await first.beginPlanning(id)
        #expect(try await second.pauseAll(why: "stop") == 0)
        #expect(try await second.takeBack(id))
        #expect(try await accept(in: second) == .accepted)
        let run = try await second.plan([.sample("1")], in: try await second.beginPlanning(id))
        #expect(try await second.finishPlanning(run, as: .running, now: start) == .running)
    }
}
