import Broadcast
import Foundation
import Storage

/// The list of all that a rehearsal came to: a line for each delivery, with its file, or why there is none.
struct RehearsalIndex {
    private static let columns = ["contact", "channel", "address", "file", "bytes", "segments", "reason"]

    /// What was written over one channel.
    struct Channel: Encodable {
        var written = 0
        var bytes = 0
        /// Of SMS; 0 elsewhere.
        var segments = 0
        /// Deliveries without a file: skipped, or no message could be made.
        var left = 0
    }

    /// By name.
    private(set) var channels: [String: Channel] = [:]

    var written: Int { channels.values.reduce(0) { $0 + $1.written } }
    var left: Int { channels.values.reduce(0) { $0 + $1.left } }
    var bytes: Int { channels.values.reduce(0) { $0 + $1.bytes } }

    /// Writes the list of `journal` as the file at `path`, which stands only when it is whole.
    static func written(
        of journal: TrialJournal, to path: String, _ session: Session
    ) async throws(CommandFailure) -> RehearsalIndex {
        try await ListSink.fill(path, as: .list, replaces: false) {
            (sink) async throws(CommandFailure) in
            var index = RehearsalIndex()
            var lines: [UInt8] = []
            ListLine.append(columns, to: &lines)
            try await journal.each(
                { (entry) throws(CommandFailure) in
                    index.append(entry, to: &lines)
                    if lines.count > 1 << 16 {
                        try sink.write(lines)
                        lines = []
                    }
                }, session)
            try sink.write(lines)
            return index
        }
    }

    private mutating func append(_ entry: LedgerEntry, to lines: inout [UInt8]) {
        let name = entry.delivery.channel.rawValue
        let file = RehearsedFile(entry)
        if let file {
            channels[name, default: Channel()].written += 1
            channels[name, default: Channel()].bytes += file.bytes
            channels[name, default: Channel()].segments += file.segments ?? 0
        } else {
            channels[name, default: Channel()].left += 1
        }
        ListLine.append(
            [
                entry.contact?.rawValue ?? "", name, entry.address ?? "", file?.path ?? "",
                file.map { String($0.bytes) } ?? "", file?.segments.map(String.init) ?? "",
                file == nil ? Self.reason(entry) : "",
            ], to: &lines)
    }

    private static func reason(_ entry: LedgerEntry) -> String {
        let delivery = entry.delivery
        if let reason = delivery.reason {
            return reason.rawValue + (entry.sharesCopyOf.map { " of \($0)" } ?? "")
        }
        return delivery.fault.map { "\($0.code.rawValue): \($0.detail)" } ?? delivery.state.rawValue
    }
}
