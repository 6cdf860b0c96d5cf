import Broadcast
import Dispatching
import Foundation
import Storage
import TestPeers
import Testing

/// Somebody, or a time server, sets the clock on the wall while deliveries are under way or wait.
@Suite(.timeLimit(.minutes(5)))
struct ClockSetTests {
    private let outage = Announcement.ID(valid: "outage")

    /// The first two requests hang until released; the next is put off.
    private static let script = #"{"/hook": [{"hold": true}, {"hold": true}, {"status": 503}, {}]}"#

    private func stand(_ web: PeerProcess) async throws -> Stand {
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":2,"# + Line.soon)], people: everybody(30))
        try await stand.announce()
        return stand
    }

    private func serve(
        _ stand: Stand, _ clock: MovedClock, stop: StopSignal = StopSignal(), until state: AnnouncementState
    ) async throws {
        try await stand.serve(stop: stop, by: clock.clock) { [outage] (_) async throws(StoreError) in
            [state, .finished].contains(try await stand.store.progress(outage).state)
        }
    }

    /// A little less, as what is said of it is rounded up.
    private static let twoDays = Duration.seconds(2 * 86_400 - 30)

    /// Everything expires an hour after it was due.
    @Test(arguments: [Duration.seconds(-86_400), .seconds(-3600), .seconds(2 * 3600)])
    func `nothing expires, and nothing waits longer, because the clock is set`(step: Duration) async throws {
        let web = try await PeerProcess.http(Self.script)
        let (stand, clock) = (try await stand(web), MovedClock())
        async let serving: Void = serve(stand, clock, until: .finished)
        try await web.wait(for: 2, "request")
        clock.setWall(by: step)
        await stand.recorder.events.wait { !stand.recorder.clockSteps.isEmpty }
        try await web.release()
        try await serving
        #expect(try await stand.standing("hook") == "accepted 30")
        let told = try #require(stand.recorder.clockSteps.first)
        #expect(abs(told.inSeconds - step.inSeconds) < 1 && stand.recorder.clockSteps.count == 1)
    }

    @Test func `days later a person is asked before anything goes on`() async throws {
        let web = try await PeerProcess.http(Self.script)
        let (stand, clock) = (try await stand(web), MovedClock())
        async let serving: Void = serve(stand, clock, until: .paused)
        try await web.wait(for: 2, "request")
        clock.setWall(by: .seconds(2 * 86_400))
        await stand.recorder.events.wait { !stand.recorder.halts.isEmpty }
        try await web.release()
        try await serving
        #expect(stand.recorder.halts.first?.contains("the clock was set forward by 2d") == true)
        #expect(try await web.requests().count < 10)
        try await stand.resume(by: clock.clock)
        try await serve(stand, clock, until: .finished)
        #expect(try await stand.standing("hook") == "accepted 30")
        #expect(stand.recorder.halts.count == 1, "who was asked once is not asked again")
    }

    // MARK: Set while nobody dispatches

    /// The first few have left.
    private func interrupted(_ stand: Stand, _ web: PeerProcess, _ clock: MovedClock) async throws {
        let stop = StopSignal()
        // Nothing is given back, or broken off, because of the time that this takes.
        clock.hold()
        async let serving: Void = serve(stand, clock, stop: stop, until: .finished)
        try await web.wait(for: 2, "request")
        try await stand.wait { $0 < 28 }
        stop.ask()
        // It has heard, and given back what it had claimed ahead.
        try await stand.wait { $0 == 28 }
        try await web.release()
        try await serving
        clock.move(by: .zero)
        #expect(try await stand.counts("hook").count(.queued) > 0)
    }

    @Test(arguments: [Duration.seconds(-86_400), .seconds(2 * 3600)])
    func `set while nobody dispatches, it is noticed by the next one who does`(step: Duration) async throws {
        let web = try await PeerProcess.http(Self.script)
        let (stand, clock) = (try await stand(web), MovedClock())
        try await interrupted(stand, web, clock)
        clock.setWall(by: step)
        try await serve(stand, clock, until: .finished)
        #expect(try await stand.standing("hook") == "accepted 30")
        #expect(stand.recorder.clockSteps.count == 1 && stand.recorder.halts.isEmpty)
    }

    @Test func `days later the next one who dispatches asks a person, too`() async throws {
        let web = try await PeerProcess.http(Self.script)
        let (stand, clock) = (try await stand(web), MovedClock())
        try await interrupted(stand, web, clock)
        let before = try await web.requests().count
        clock.setWall(by: Self.twoDays)
        try await serve(stand, clock, until: .paused)
        let told = "the clock was set forward by 2d"
        #expect(try await stand.store.progress(outage).pauseReason == told)
        #expect(stand.recorder.halts == ["outage is paused: \(told); tocsin resume outage goes on"])
        #expect(stand.recorder.clockSteps.map { DurationText.rough($0) } == ["2d"])
        #expect(try await web.requests().count == before)
        try await stand.resume(by: clock.clock)
        try await serve(stand, clock, until: .finished)
        #expect(try await stand.standing("hook") == "accepted 30")
        #expect(stand.recorder.halts.count == 1)
    }

    @Test func `whoever lets it go on with the clock as it is set is not asked again`() async throws {
        let web = try await PeerProcess.http(Self.script)
        let (stand, clock) = (try await stand(web), MovedClock())
        try await interrupted(stand, web, clock)
        clock.setWall(by: Self.twoDays)
        try await stand.resume(by: clock.clock)
        try await serve(stand, clock, until: .finished)
        #expect(try await stand.standing("hook") == "accepted 30")
        #expect(stand.recorder.clockSteps.count == 1 && stand.recorder.halts.isEmpty)
    }
}
