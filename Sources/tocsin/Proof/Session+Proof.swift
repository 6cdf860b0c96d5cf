import Broadcast
import Dispatching
import Foundation
import Storage

extension Session {
    /// Writes all that is known of `id` into the file `path`, signed, in memory of one page.
    func prove(
        _ id: Announcement.ID, in store: Store, to path: String, replacing: Bool
    ) async throws(CommandFailure) {
        let (record, count) = try await ListSink.fill(path, as: .proof, replaces: replacing) {
            (sink) async throws(CommandFailure) in
            let (announcement, report) = try await translating { () async throws(StoreError) in
                try await store.beginLedger(id)
            }
            let record = ProofRecord(announcement, report, secret: store.secret, madeAt: clock.now().wall)
            let count = try await write(record, from: store, to: sink)
            try await translating { () async throws(StoreError) in try await store.endLedger() }
            return (record, count)
        }
        output.say("\(CountText.deliveries(count)) in \(Plain.text(path)); key \(record.key.fingerprint)")
        if record.report.finishedAt == nil {
            output.say("\(id) is \(record.report.state.rawValue): this is how it stood, and more may follow")
        }
        if output.isJSON {
            // What --verify says of it, so that both have one form.
            let check = try ProofCheck(of: path, signedWith: nil)
            output.result(.object(check.members.merging(["file": .string(path)]) { $1 }))
        }
    }

    /// Returns how many deliveries there are.
    private func write(
        _ record: ProofRecord, from store: Store, to sink: ListSink
    ) async throws(CommandFailure) -> Int {
        let id = record.announcement.id
        let sum = SHA256Stream()
        var lines = 0
        func write(_ pages: [[String: JSONValue]]) throws(CommandFailure) {
            var bytes: [UInt8] = []
            for members in pages {
                lines += 1
                bytes += ProofLine.bytes(members, number: lines)
            }
            sum.add(bytes)
            try sink.write(bytes)
        }
        let places = try await translating { () async throws(StoreError) in try await store.ledgerPlaces(id) }
        try write([record.head] + places.map(record.line))
        var next: LedgerPlace? = .start
        while let from = next {
            let page = try await translating { () async throws(StoreError) in
                try await store.ledgerPage(id, after: from)
            }
            try write(page.entries.map(record.line))
            output.progress("\(lines - 1) deliveries")
            next = page.next
        }
        output.endProgress()
        let deliveries = lines - 1
        let last = ProofRecord.signature(
            of: sum.hex(), over: deliveries, with: ProofKey(secret: store.secret))
        try sink.write(ProofLine.bytes(last, number: lines + 1))
        return deliveries
    }

    /// Prints the key with which the store's proofs are verified.
    func showProofKey(of store: Store) {
        let key = ProofKey(secret: store.secret).publicKey
        if output.isJSON {
            output.result(json: ["publicKey": key.pem, "fingerprint": key.fingerprint])
        } else {
            output.result(bytes: Array(key.pem.utf8))
        }
        output.say("fingerprint \(key.fingerprint)")
    }
}
