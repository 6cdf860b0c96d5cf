import Broadcast

/// A dispatcher that is to leave, and goes on serving while its slow channels finish what they have on the wire.
///
/// A gateway that hangs for a minute would hold up every other channel, were all of them closed at once.
struct Departure {
    let handsOver: Bool
    /// The uptime at which it was decided.
    let since: Duration
    let lanes: [Lane]
    /// The slow channels, which claim nothing more.
    private var closed: Set<ChannelName> = []

    init(handsOver: Bool, since: Duration, lanes: [Lane]) {
        (self.handsOver, self.since, self.lanes) = (handsOver, since, lanes)
    }

    /// Closes what has grown slow since the last look; true once nothing is on the wire but of channels that are quick.
    mutating func isReady(_ dispatcher: Dispatcher) async -> Bool {
        var isReady = true
        var slow: [ChannelName] = []
        let now = dispatcher.clock.now().uptime
        for lane in lanes {
            let isClosed = closed.contains(lane.facts.name)
            switch await lane.speed(since: since, at: now) {
            case .idle: continue
            case .quick where !isClosed: continue
            case .slow where !isClosed:
                await lane.close()
                slow.append(lane.facts.name)
            case .quick, .unknown, .slow: break
            }
            isReady = false
        }
        closed.formUnion(slow)
        if !slow.isEmpty { await dispatcher.listener.finishing(slow) }
        return isReady
    }
}
