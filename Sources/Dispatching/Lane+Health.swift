import Broadcast
import Foundation
import Storage

extension Lane {
    /// Since when the channel has been down by our own evidence; nil while it is not.
    var outage: Outage? { governor.breaker.outage }

    /// What our own evidence says of the channel, for other processes to show.
    func healthNote(at now: Moment) -> HealthNote {
        var facts = facts
        // Missing here; whoever reads the note may have it.
        facts.missing = nil
        let view = HealthView.of(facts, Markings(at: now.wall), breaker: governor.breaker, now: now)
        return HealthNote(
            channel: facts.name.rawValue, state: view.state.rawValue, since: view.since ?? now.wall,
            until: view.until,
            fault: view.state == .up ? nil : governor.breaker.fault, faults: governor.faults.entries,
            pause: governor.pauseEnd(at: now.uptime).map { end in
                let (until, boot) = (now.date(at: end), shared.clock.boot)
                return ProviderPause(until: until, end: BootTime(boot: boot, uptime: end))
            })
    }
}
