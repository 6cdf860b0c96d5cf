import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

struct ProviderPauseTests {
    private let scratch: ScratchDirectory
    private let path: String

    init() throws {
        scratch = try ScratchDirectory()
        path = scratch.file("a.db")
    }

    @Test func `a rest is as long as it was when somebody sets the clock, and has its old dates no more`()
        async throws
    {
        let store = try Store.open(path, now: start)
        let token = try await store.lead()
        let rest = ProviderRest(since: start - 60, until: start + 60, why: "slow down")
        var note = HealthNote(channel: "sms", state: "up", since: start)
        note.pause = ProviderPause(rest, end: BootTime(boot: "b", uptime: .seconds(160)))
        try await store.note(note, token: token)
        let standing = { (wall: TimeInterval, uptime: Int, boot: String) async throws -> ProviderRest? in
            let now = Moment(wall: start + wall, uptime: .seconds(uptime))
            return try await store.healthNotes(at: now, boot: boot).first?.rest
        }
        #expect(try await standing(0, 100, "b") == rest)
        #expect(try await standing(60, 160, "b") == nil)
        #expect(try await standing(7200, 160, "b") == nil)
        let moved = try await standing(7200, 100, "b")
        #expect(moved?.since == start + 7140 && moved?.until == start + 7260)
        #expect(try await standing(-7200, 159, "b")?.until == start - 7199)
        // Across a start of the machine only the wall can say.
        #expect(try await standing(59, 5, "c")?.until == start + 60)
        #expect(try await standing(60, 5, "c") == nil)
    }

    @Test(arguments: [0.0, 7200, -7200])
    func `a rest that somebody ends is over for what waits, however the clock is set`(
        step: TimeInterval
    ) async throws {
        let store = try Store.open(path, now: start)
        try await store.seed(["1", "2"])
        try await store.planned((1...2).map { .sample("\($0)") })
        let token = try await store.lead()
        // From now on the announcement's times are reckoned by this clock.
        _ = try await store.keepTime(since: start - 100, boot: "b", uptime: .seconds(100), token: token)
        let claimed = try await store.claim(.email, limit: 2, token: token, now: start)
        let slow = Fault(.channel, .rateLimited, "slow down")
        _ = try await store.settle(
            claimed.map { Outcome($0.id, .returned(nextAt: start + 600, slow)) }, token: token, now: start)
        var note = HealthNote(channel: "email", state: "up", since: start)
        note.pause = ProviderPause(
            ProviderRest(since: start, until: start + 600, why: ""),
            end: BootTime(boot: "b", uptime: .seconds(700)))
        try await store.note(note, token: token)
        let now = Moment(wall: start + step + 10, uptime: .seconds(110))
        #expect(try await store.endRest(of: .email, at: now, boot: "b"))
        _ = try await store.keepTime(
            since: start + step - 100, boot: "b", uptime: .seconds(110), token: token)
        #expect(try await store.claim(.email, limit: 9, token: token, now: now.wall).count == 2)
    }

    @Test func `a rest ends when somebody says so, with what was put off until then, and nothing else`()
        async throws
    {
        let store = try Store.open(path, now: start)
        try await store.seed(["1", "2", "3", "4"])
        try await store.planned((1...4).map { .sample("\($0)") })
        let token = try await store.lead()
        let claimed = try await store.claim(.email, limit: 3, token: token, now: start)
        let slow = Fault(.channel, .rateLimited, "slow down")
        let times = [60, 5, 7200]
        _ = try await store.settle(
            zip(claimed, times).map { Outcome($0.id, .returned(nextAt: start + Double($1), slow)) },
            token: token, now: start)
        let rest = ProviderRest(since: start, until: start + 60, why: "")
        var note = HealthNote(channel: "email", state: "tripped", since: start, until: start + 60)
        note.pause = ProviderPause(rest, end: BootTime(boot: "b", uptime: .seconds(60)))
        try await store.note(note, token: token)
        #expect(
            try await !store.endRest(
                of: .email, at: Moment(wall: start + 60, uptime: .seconds(60)), boot: "b"))
        let now = Moment(wall: start + 1, uptime: .seconds(1))
        #expect(try await !store.endRest(of: ChannelName(valid: "sms"), at: now, boot: "b"))
        #expect(try await store.takeHastened(token: token).isEmpty)
        #expect(try await store.endRest(of: .email, at: now, boot: "b"))
        #expect(try await store.healthNotes().map(\.pause) == [nil])
        #expect(try await store.healthNotes().map(\.until) == [start + 1], "probed at once")
        #expect(try await store.takeHastened(token: token) == [Hastened(channel: "email", endsRest: true)])
        #expect(try await store.takeHastened(token: token).isEmpty)
        #expect(try await store.claim(.email, limit: 9, token: token, now: start + 1).count == 3)
    }
}
