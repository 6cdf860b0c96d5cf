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
        #expect(try await two.leaseOwner(at: at(1)) == "pid 1")
        let error = await #expect(throws: StoreError.self) {
            _ = try await two.acquireLease(as: "pid 2", at: at(1), for: .seconds(30))
        }
        #expect(error?.code == .leaseHeld && error?.message.contains("pid 1") == true)
        #expect(try await one.renew(lease, at: at(20), for: .seconds(30)).deadline == .seconds(50))
        try await one.release(lease)
        #expect(try await two.leaseOwner(at: at(21)) == nil)
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

    @Test func `a dead owner is nobody's name, and a living one is not disturbed by a look`() async throws {
        var one: Store? = try Store.open(path, now: start)
        let lease = try #require(try await one?.acquireLease(as: "pid 1", at: at(0), for: .seconds(30)))
        let lacks: Set = [Lack(.email), Lack(.email, of: Announcement.ID(valid: "u1"))]
        try await one?.lack(lacks, token: lease.token)
        let readers = [try Store.open(path, now: start), try Store.openReadOnly(path)]
        for reader in readers {
            #expect(try await reader.leaseOwner(at: at(30)) == "pid 1")
            #expect(try await reader.lacks(at: at(30)) == lacks)
            // It is stopped, or of before the machine started anew.
            #expect(try await reader.leaseOwner(at: at(31)) == nil)
            #expect(try await reader.leaseOwner(at: at(1, boot: "other")) == nil)
        }
        #expect(try await one?.leaseOwner(at: at(1)) == "pid 1")
        #expect(try await one?.renew(lease, at: at(2), for: .seconds(30)).token == lease.token)
        one = nil
        for reader in readers {
            #expect(try await reader.leaseOwner(at: at(3)) == nil)
            #expect(try await reader.lacks(at: at(3)) == [])
        }
        // Nothing was left locked by those who looked.
        _ = try await readers[0].acquireLease(as: "pid 2", at: at(3), for: .seconds(30))
        #expect(try await readers[1].leaseOwner(at: at(3)) == "pid 2")
    }

    @Test(arguments: ["link.db", "folder/a.db"])
    func `whoever comes by a link meets the same dispatcher, and follows it once it is dead`(link: String)
        async throws
    {
        try FileManager.default.createSymbolicLink(
            atPath: scratch.file("link.db"), withDestinationPath: "a.db")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.file("folder"), withDestinationPath: scratch.path)
        for (first, second) in [(path, scratch.file(link)), (scratch.file(link), path)] {
            var one: Store? = try Store.open(first, now: start)
            let lease = try #require(try await one?.acquireLease(as: "pid 1", at: at(0), for: .seconds(30)))
            let two = try Store.open(second, now: start)
            let error = await #expect(throws: StoreError.self) {
                _ = try await two.acquireLease(as: "pid 2", at: at(1), for: .seconds(30))
            }
            #expect(error?.code == .leaseHeld)
            #expect(try await !two.compact())
            #expect(try await one?.renew(lease, at: at(2), for: .seconds(30)).token == lease.token)
            one = nil
            let next = try await two.acquireLease(as: "pid 2", at: at(3), for: .seconds(30))
            #expect(next.token == lease.token + 1)
            try await two.release(next)
        }
        let locks = try FileManager.default.contentsOfDirectory(atPath: scratch.path).filter {
            $0.hasSuffix(".lock")
        }
        #expect(locks == ["a.db.lock"])
    }

    @Test func `a lock file that was deleted under a living dispatcher does not let another take its place`()
        async throws
    {
        var one: Store? = try Store.open(path, now: start)
        let two = try Store.open(path, now: start)
        let lease = try #require(try await one?.acquireLease(as: "pid 1", at: at(0), for: .seconds(30)))
        try FileManager.default.removeItem(atPath: path + ".lock")
        let error = await #expect(throws: StoreError.self) {
            _ = try await two.acquireLease(as: "pid 2", at: at(1), for: .seconds(30))
        }
        #expect(error?.code == .leaseHeld)
        let renewed = try await one?.renew(lease, at: at(20), for: .seconds(30))
        #expect(renewed?.deadline == .seconds(50))
        one = nil
        // Nobody can tell that it is dead any more; its lease says so in time.
        #expect(try await two.leaseOwner(at: at(50)) == "pid 1")
        #expect(try await two.leaseOwner(at: at(51)) == nil)
        #expect(
            try await two.acquireLease(as: "pid 2", at: at(51), for: .seconds(30)).token == lease.token + 1)
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
        #expect(try await two.leaseOwner(at: at(seconds)) == "pid 2")
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

    @Test func `an overtaken owner cannot steal the lease back, though the lock is free`() async throws {
        let one = try Store.open(path, now: start)
        var two: Store? = try Store.open(path, now: start)
        let three = try Store.open(path, now: start)
        let old = try await one.acquireLease(as: "pid 1", at: at(0), for: .seconds(30))
        let lease = try #require(try await two?.acquireLease(as: "pid 2", at: at(31), for: .seconds(30)))
        await #expect(throws: StoreError.self) {
            _ = try await one.renew(old, at: at(32), for: .seconds(30))
        }
        // The lock is free, and the second has not taken it yet.
        for other in [one, three] {
            let error = await #expect(throws: StoreError.self) {
                _ = try await other.acquireLease(as: "thief", at: at(33), for: .seconds(30))
            }
            #expect(error?.code == .leaseHeld && error?.message.contains("pid 2") == true)
        }
        #expect(try await two?.renew(lease, at: at(36), for: .seconds(30)).token == lease.token)
        // From now on it is alive as long as it holds the lock, and dead without.
        await #expect(throws: StoreError.self) {
            _ = try await three.acquireLease(as: "pid 3", at: at(37), for: .seconds(30))
        }
        two = nil
        #expect(
            try await three.acquireLease(as: "pid 3", at: at(38), for: .seconds(30)).token == lease.token + 1)
    }

    @Test(arguments: [("b", 61, false), ("b", 62, true), ("other", 33, true)])
    func `who dies before it has the lock is followed when its lease is over, or the machine has restarted`(
        boot: String, seconds: Int, isTaken: Bool
    ) async throws {
        var one: Store? = try Store.open(path, now: start)
        var two: Store? = try Store.open(path, now: start)
        _ = try await one?.acquireLease(as: "pid 1", at: at(0), for: .seconds(30))
        let lease = try await two?.acquireLease(as: "pid 2", at: at(31), for: .seconds(30))
        (one, two) = (nil, nil)
        let three = try Store.open(path, now: start)
        let mine = try? await three.acquireLease(
            as: "pid 3", at: at(seconds, boot: boot), for: .seconds(30))
        #expect((mine?.token == (lease?.token ?? 0) + 1) == isTaken && (mine == nil) != isTaken)
    }

    @Test(arguments: ["expire", "hold", "pause", "note", "moveOn", "recover"])
    func `an owner that was overtaken writes nothing`(verb: String) async throws {
        let store = try Store.open(path, now: start)
        try await store.seed(["1"])
        try await store.planned([.sample("1")])
        let (old, _) = (try await store.lead("old"), try await store.lead("new"))
        let id = Announcement.ID(valid: "outage")
        let error = await #expect(throws: StoreError.self) {
            switch verb {
            case "expire": _ = try await store.expire(token: old, now: start + 99_999)
            case "hold": try await store.hold(id, .email, why: "x", token: old)
            case "pause": try await store.pause(id, why: "x", token: old)
            case "moveOn": try await store.moveOn([], token: old, now: start)
            case "recover": _ = try await store.recover(token: old, now: start)
            default:
                try await store.note(
                    HealthNote(channel: "email", state: "up", since: start, until: nil), token: old)
            }
        }
        #expect(error?.code == .leaseLost)
        #expect(try await store.states() == ["1 email queued"])
        #expect(try await store.announcements().map(\.state) == [.running])
        #expect(try await store.progress(id).channels.compactMapValues(\.hold).isEmpty)
        #expect(try await store.healthNotes().isEmpty)
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
        var note = HealthNote(
            channel: "sms", state: "tripped", since: start, until: start + 5,
            fault: Fault(.channel, "service-failed", "503: down"))
        let up = HealthNote(channel: "sms", state: "up", since: start)
        try await store.note(up)
        #expect(try await store.healthNotes() == [up])
        let rest = ProviderRest(
            since: start - 60, until: start + 60, why: "rate-limited: slow down", origin: .tooFast)
        note.pause = ProviderPause(rest, end: BootTime(boot: "b", uptime: .milliseconds(12_345)))
        try await store.note(note)
        #expect(note.why == "service-failed: 503: down")
        #expect(try await store.healthNotes() == [note])
    }
}
