import Broadcast
import Dispatching
import Storage
import Synchronization

/// Remembers what a dispatcher told.
final class Recorder: DispatchListener {
    private struct Told {
        var outcomes: [Outcome] = []
        var largestGroup = 0
        var health: [HealthNote] = []
        var marks: [String] = []
        var halts: [String] = []
        var finishing: [ChannelName] = []
        var clockSteps: [Duration] = []
        var recoveries: [Recovery] = []
    }

    private let told = Mutex(Told())
    /// Raised whenever it is told something.
    let events = Events()

    var outcomes: [Outcome] { told.withLock { $0.outcomes } }
    var health: [HealthNote] { told.withLock { $0.health } }
    /// Such as `sms down by anna` and `sms up`.
    var marks: [String] { told.withLock { $0.marks } }
    var clockSteps: [Duration] { told.withLock { $0.clockSteps } }
    /// The slow channels for which it stays.
    var finishing: [ChannelName] { told.withLock { $0.finishing } }
    var halts: [String] { told.withLock { $0.halts } }
    var recovery: Recovery? { told.withLock { $0.recoveries.last } }

    func recovered(_ recovery: Recovery) async { tell { $0.recoveries.append(recovery) } }

    func settled(_ settled: Settled, _ outcomes: [Outcome]) async {
        tell { $0.outcomes += outcomes }
    }

    func healthChanged(_ note: HealthNote) async { tell { $0.health.append(note) } }

    func markChanged(_ channel: ChannelName, _ mark: Mark?) async {
        tell { $0.marks.append(mark.map { "\(channel) down by \($0.who)" } ?? "\(channel) up") }
    }

    func clockSet(by step: Duration) async { tell { $0.clockSteps.append(step) } }

    func finishing(_ channels: [ChannelName]) async { tell { $0.finishing = channels } }

    func halted(_ line: String) async { tell { $0.halts.append(line) } }

    private func tell(_ change: (inout sending Told) -> Void) {
        told.withLock { change(&$0) }
        events.raise()
    }
}
