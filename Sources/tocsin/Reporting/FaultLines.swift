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
                let text = "\(fault.count) \(Self.word(fault.state)): \(fault.code)\(said)"
                return Paragraph.hanging("  \(channel): ", Plain.text(text, limit: 300))
            }
        }
    }

    private static func word(_ state: DeliveryState) -> String {
        state == .queued ? "waiting" : state.rawValue
    }
}
