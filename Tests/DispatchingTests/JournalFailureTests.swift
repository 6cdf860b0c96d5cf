import Broadcast
import Dispatching
import Foundation
import TestPeers
import Testing

@testable import Storage

extension Store {
    /// As after a read-only remount: nothing can be written any more.
    fileprivate func freeze(_ isFrozen: Bool) throws {
        try connection.script("PRAGMA query_only = \(isFrozen ? "ON" : "OFF")")
    }
}

@Suite(.timeLimit(.minutes(5)))
struct JournalFailureTests {
    @Test func `a journal that cannot be written stops everything loudly, and nothing is lost`() async throws
    {
        let web = try await PeerProcess.http(#"{"/hook": [{"hold": true}, {"hold": true}, {}]}"#)
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":2,"# + Line.soon)], people: everybody(20))
        try await stand.announce()
        let serving = Task { try await stand.serve { (_) async throws(StoreError) in false } }
        try await web.wait(for: 2, "request")
        let store = stand.store
        try await store.freeze(true)
        try await web.release()
        let error = await #expect(throws: StoreError.self) { try await serving.value }
        #expect(error?.code == .readOnly)
        #expect(try await web.requests().count < 20)
        try await store.freeze(false)
        let before = try await web.requests().count
        try await stand.finish("outage")
        #expect(try await stand.standing("hook") == "accepted 20")
        // Whatever was on the wire or claimed goes again under its own key; nothing else twice.
        let ids = try await web.requests().map { entry in
            entry["headers"]?.list.first { $0.list.first?.text == "webhook-id" }?.list.last?.text ?? ""
        }
        #expect(Set(ids).count == 20)
        #expect(ids.count <= 20 + before)
    }
}
