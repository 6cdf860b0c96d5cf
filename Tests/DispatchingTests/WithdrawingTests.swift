import Broadcast
import Dispatching
import Foundation
import Storage
import TestPeers
import Testing

/// What is stopped, paused or cancelled while a server is slow to greet never reaches it.
@Suite(.timeLimit(.minutes(5)))
struct WithdrawingTests {
    private let outage = Announcement.ID(valid: "outage")

    @Test(arguments: ["pause", "cancel", "stop"], ["connect", "RCPT", "DATA"])
    func `of what is withdrawn no text leaves that has not begun to`(verb: String, step: String)
        async throws
    {
        let line = ["connect": "220 peer.example", "RCPT": "250 OK", "DATA": "354 go on"][step] ?? ""
        let mail = try await PeerProcess(
            "smtp_script.py", #"{"\#(step)": ["hold \#(line)", "hold \#(line)", "\#(line)"]}"#)
        let stand = try await Stand(
            [Line.email(try mail.port("smtp"), #""connections":2"#)], people: everybody(5))
        try await stand.announce()
        let isOver = Count()
        async let serving: Void = stand.serve { (_) in isOver.value > 0 }
        // Both connections: EHLO, MAIL, RCPT and DATA, as far as they come.
        let lines = ["RCPT": 6, "DATA": 8][step]
        try await mail.wait(for: lines ?? 2, lines == nil ? "connection" : "line")
        let other = try stand.otherStore()
        let now = stand.clock.now()
        switch verb {
        case "pause": try await other.pause(outage, why: "wait")
        case "cancel": _ = try await other.cancel(outage, now: now.wall)
        default: _ = try await other.pauseAll(why: "stopped")
        }
        // Heard: what was claimed ahead has gone back.
        try await stand.recorder.events.wait {
            try await stand.counts("email").count(.sending) <= 2
        }
        try await mail.release()
        try await stand.recorder.events.wait {
            try await stand.counts("email").count(.sending) == 0
        }
        isOver.add()
        try await serving
        #expect(try await mail.entries("text").isEmpty)
        #expect(try await stand.standing("email") == (verb == "cancel" ? "skipped 5" : "queued 5"))
        guard verb != "cancel" else { return }
        try await stand.resume()
        try await stand.finish("outage")
        #expect(try await stand.standing("email") == "accepted 5")
        #expect(try await mail.entries("text").count == 5)
    }
}
