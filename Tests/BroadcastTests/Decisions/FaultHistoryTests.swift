import Broadcast
import Foundation
import Testing

@Suite struct FaultHistoryTests {
    private static func history(_ codes: String) -> FaultHistory {
        var history = FaultHistory()
        for (index, code) in codes.split(separator: " ").enumerated() {
            let fault = Fault(.channel, Fault.Code(rawValue: String(code)), "detail \(index)")
            history.note(fault, at: .noon + Double(index))
        }
        return history
    }

    @Test(arguments: [
        ("", ""), ("a", "a1"), ("a a b a", "a3 b1"), ("a b c d e f", "f1 e1 d1 c1 b1"),
        ("a b c d e a f", "f1 a2 e1 d1 c1"),
    ])
    func `the latest five are kept, each with its count`(codes: String, kept: String) {
        let entries = Self.history(codes).entries
        #expect(entries.map { "\($0.code)\($0.count)" }.joined(separator: " ") == kept)
    }

    @Test func `an entry tells when it came first and last, and what was said last`() throws {
        let entry = try #require(Self.history("a b a").entries.first)
        #expect(entry.first == .noon && entry.last == .noon + 2 && entry.detail == "detail 2")
    }

    @Test func `what comes again after a day is counted anew`() throws {
        var history = Self.history("a a")
        history.note(Fault(.channel, "a", "again"), at: .noon + 90_000)
        let entry = try #require(history.entries.first)
        #expect(entry.count == 1 && entry.first == .noon + 90_000)
    }
}
