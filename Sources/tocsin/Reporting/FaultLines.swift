import Broadcast

/// Why deliveries were not handed over, a few lines a channel.
struct FaultLines {
    /// How many faults of one channel are named; the rest are rare, and `--contacts` lists them person by person.
    private static let shown = 4

    private let faults: [(channel: ChannelName, counts: [FaultCount])]

    /// The faults as the journal counts them, most frequent first in each channel; the channels in their order.
    init(_ faults: [ChannelName: [FaultCount]], in order: [ChannelName]) {
        self.faults = order.compactMap { name in faults[name].map { (name, $0) } }
    }

    /// Such as `  email: 3 waiting: connect-failed (…)`, at most 80 columns wide; nil asks for every state.
    func lines(of state: DeliveryState? = nil) -> [String] {
        faults.flatMap { channel, counts in
            counts.filter { state == nil || $0.state == state }.prefix(Self.shown).map { fault in
                let said = fault.example.isEmpty ? "" : " (\(fault.example))"
                let text = "\(fault.count) \(fault.state.word): \(fault.code)\(said)"
                return Paragraph.hanging("  \(channel): ", Plain.text(text, limit: 300))
            }
        }
    }
}

extension DeliveryState {
    /// As people read it: a relay's 250 is no read mail, and nobody has to know what a queue is.
    var word: String {
        switch self {
        case .accepted: "handed over"
        case .delivered: "confirmed"
        case .queued: "waiting"
        case .skipped: "not tried"
        default: rawValue
        }
    }
}
