import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

struct LeaseTests {
    let scratch: ScratchDirectory
    let path: String

    init() throws {
        scratch = try ScratchDirectory()
        path = scratch.file("a.db")
    }

    private func at(_ seconds: Int, boot: String = "b") -> BootTime {
        BootTime(boot: boot, uptime: .seconds(seconds))
    }

    @Test func `one dispatcher at a time, and the next one at once when it lets go`() async throws {
        let one = try Store.open(path, now: start)
        let two = try Store.open(path, now: start)
        let lease = try await one.acquireLease(as: "pid 1", at: at(0), for: .seconds(30))
        #expect(lease.deadline == .seconds(30))
        #expect(try await two.leaseOwner() == "pid 1")
        let error = await #expect(throws: StoreError.self) {
            _ = try await two.acquireLease(as: "pid 2", at: at(1), for: .seconds(30))
        }
        #expect(error?.code == .leaseHeld && error?.message.contains("pid 1") == true)
        #expect(try await one.renew(lease, at: at(20), for: .seconds(30)).deadline == .seconds(50))
        try await one.release(lease)
        #expect(try await two.leaseOwner() == nil)
        #expect(
            try await two.acquireLease(as: "pid 2", at: at(1), for: .seconds(30)).token == lease.token + 1)
    }

    @Test func `a dead owner's lock is free whatever its lease says`() async throws {
        var one: Store? = try Store.open(path, now: start)
        let lease = try await one?.acquireLease(as: "pid 1", at: at(0), for: .seconds(3000))
        one = nil
        let two = try Store.open(path, now: start)
        let mine = try await two.acquireLease(as: "pid 2", at: at(1), for: .seconds(30))
        #expect(mine.token == (lease?.token ?? 0) + 1)
    }

    @Test(arguments: [("b", 31, true), ("b", 30, false), ("b", 5, false), ("other", 31, false)])
    func `a stopped owner is overtaken only after its lease ran out on the same clock`(
        boot: String, seconds: Int, isTaken: Bool
    ) async throws {
        let one = try Store.open(path, now: start)
        let two = try Store.open(path, now: start)
        let old = try await one.acquireLease(as: "pid 1", at: at(0), for: .seconds(30))
        guard isTaken else {
            await #expect(throws: StoreError.self) {
                _ = try await two.acquireLease(as: "pid 2", at: at(seconds, boot: boot), for: .seconds(30))
            }
            return
        }
        _ = try await two.acquireLease(as: "pid 2", at: at(seconds, boot: boot), for: .seconds(30))
        let error = await #expect(throws: StoreError.self) {
            _ = try await one.renew(old, at: at(seconds), for: .seconds(30))
        }
        #expect(error?.code == .leaseLost)
        try await one.release(old)
        #expect(try await two.leaseOwner() == "pid 2")
    }

    @Test func `who overtook a stopped owner takes its lock when that one is gone`() async throws {
        var one: Store? = try Store.open(path, now: start)
        _ = try await one?.acquireLease(as: "pid 1", at: at(0), for: .seconds(30))
        let two = try Store.open(path, now: start)
        let lease = try await two.acquireLease(as: "pid 2", at: at(31), for: .seconds(30))
        one = nil
        let renewed = try await two.renew(lease, at: at(40), for: .seconds(30))
        #expect(renewed == Lease(token: lease.token, deadline: .seconds(70)))
        let three = try Store.open(path, now: start)
        let error = await #expect(throws: StoreError.self) {
            _ = try await three.acquireLease(as: "pid 3", at: at(41), for: .seconds(30))
        }
        #expect(error?.code == .leaseHeld)
    }

    @Test func `another process's commit shows`() async throws {
        let one = try Store.open(path, now: start)
        let two = try Store.open(path, now: start)
        let before = try await one.dataVersion()
        #expect(try await one.dataVersion() == before)
        try await two.mark(Mark(.company, "Meta", why: "outage", who: "ops", since: start, until: nil))
        #expect(try await one.dataVersion() != before)
    }

    @Test func `marks hold until their time, and the last word wins`() async throws {
        let store = try Store.open(path, now: start)
        let mark = Mark(.company, "Meta", why: "outage", who: "ops", since: start, until: start + 60)
        try await store.mark(mark)
        try await store.mark(Mark(.channel, "sms", why: "", who: "ops", since: start, until: nil))
        #expect(try await store.marks(at: start + 59).map(\.name) == ["sms", "Meta"])
        #expect(try await store.marks(at: start + 60).map(\.name) == ["sms"])
        var longer = mark
        longer.until = start + 600
        try await store.mark(longer)
        #expect(try await Store.openReadOnly(path).marks(at: start + 60).last == longer)
        #expect(try await store.unmark(.channel, "sms"))
        #expect(try await !store.unmark(.channel, "sms"))
        let note = HealthNote(
            channel: "sms", state: "tripped", since: start, until: start + 5,
            fault: Fault(.channel, "service-failed", "503: down"))
        let up = HealthNote(channel: "sms", state: "up", since: start)
        try await store.note(up)
        #expect(try await store.healthNotes() == [up])
        try await store.note(note)
        #expect(note.why == "service-failed: 503: down")
        #expect(try await store.healthNotes() == [note])
    }
}
