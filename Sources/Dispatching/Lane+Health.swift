import Broadcast
import Foundation
import Storage

extension Lane {
    /// What keeps the channel from sending though nobody says that it is down.
    func standstill(at now: Moment) -> Standstill { governor.standstill(at: now) }

    /// What our own evidence says of the channel, for other processes to show.
    func healthNote(at now: Moment) -> HealthNote {
        var facts = facts
        // Missing here; whoever reads the note may have it.
        facts.missing = nil
        let view = HealthView.of(facts, Markings(at: now.wall), breaker: governor.breaker, now: now)
        return HealthNote(
            channel: facts.name.rawValue, state: view.state.rawValue, since: view.since ?? now.wall,
            until: view.state == .up ? nil : governor.rest(at: now).map(view.resting)?.until ?? view.until,
            fault: view.state == .up ? nil : governor.breaker.fault, faults: governor.faults.entries,
            pause: pause(at: now))
    }

    private func pause(at now: Moment) -> ProviderPause? {
        guard let rest = governor.rest(at: now), let end = governor.pauseEnd(at: now.uptime) else {
            return nil
        }
        return ProviderPause(rest, end: BootTime(boot: shared.clock.boot, uptime: end))
    }
}
