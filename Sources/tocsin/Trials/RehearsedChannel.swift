import Broadcast
import Channels
import Storage
import Templating
import Wire

/// A channel whose requests are kept: it says whose they are, and that all are accepted.
struct RehearsedChannel: ChannelCover {
    static let kind = "rehearsed"
    let channel: any Channel

    init(_ channel: any Channel) { self.channel = channel }

    /// Nil: it stands around a channel that was read, and is in no configuration.
    init?(named name: ChannelName, settings: SettingsReader) { nil }

    func request(for delivery: OutboundDelivery) throws(Fault) -> WireRequest {
        var request = try channel.request(for: delivery)
        let isSMS = traits.form == .sms
        let segments =
            isSMS ? SMSLength(String(decoding: delivery.content.text, as: UTF8.self)).segments : nil
        request.label = RequestLabel(
            delivery.contact?.id.rawValue ?? delivery.announcement.rawValue,
            note: segments.map(String.init) ?? "")
        return request
    }

    /// What `RehearsedFile` reads again.
    func verdict(on reply: WireReply) -> Verdict {
        guard let kept = KeptRequest(reply) else { return channel.verdict(on: reply) }
        return .accepted(id: kept.file, answer: "\(kept.bytes) \(kept.note)")
    }
}

/// What the journal of a rehearsal knows of a delivery that was written to a file.
struct RehearsedFile {
    /// Its path in the folder.
    let path: String
    let bytes: Int
    /// Of an SMS; nil elsewhere.
    let segments: Int?

    /// Nil for a delivery that was not written.
    init?(_ entry: LedgerEntry) {
        guard entry.delivery.state == .accepted, let path = entry.delivery.providerID else { return nil }
        let numbers = (entry.answer ?? "").split(separator: " ").map { Int($0) }
        self.path = path
        bytes = numbers.first.flatMap(\.self) ?? 0
        segments = numbers.count > 1 ? numbers[1] : nil
    }
}
