import Broadcast

/// How long a dispatcher that claims nothing more waits for what is on the wire.
struct Grace: Sendable {
    let dispatcher: Dispatcher
    let lanes: [Lane]
    let stop: StopSignal
    /// Whether there is no time beyond the grace though nobody asked to stop.
    let isHurried: Bool

    /// Cancels what is on the wire when the grace is over, or a second signal came; ends when cancelled itself.
    func run() async {
        let clock = dispatcher.clock
        let begin = clock.now().uptime
        var end: Duration?
        var isTold = false
        while stop.phase < .cancelling, end.map({ clock.now().uptime < $0 }) ?? true {
            if Task.isCancelled { return }
            if end == nil, isHurried || stop.phase != .running { end = clock.now().uptime + Dispatcher.grace }
            if end == nil, !isTold, clock.now().uptime >= begin + Lane.longestQuick {
                isTold = true
                await tell()
            }
            await stop.wait(atMost: Dispatcher.tick, clock)
        }
        for lane in lanes { await lane.cancel() }
    }

    private func tell() async {
        var busy: [ChannelName] = []
        for lane in lanes where await lane.isBusy { busy.append(lane.facts.name) }
        if !busy.isEmpty { await dispatcher.listener.finishing(busy) }
    }
}
