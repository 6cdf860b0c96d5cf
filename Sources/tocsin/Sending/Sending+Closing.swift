import Broadcast
import Dispatching
import Foundation
import Storage

extension Draft {
    /// What this one ends, as it stands; nil when it ends nothing.
    ///
    /// - Throws: `usage` when that was never confirmed, or another has closed it.
    func closing(_ session: Session) async throws(CommandFailure) -> PlanSummary.Closing? {
        let (store, closer) = (store, edition.announcement.id)
        guard let notice = edition.announcement.closes else { return nil }
        return try await session.translating { () async throws(StoreError) in
            try await store.requireClosable(notice, by: closer)
            let counts = try await store.progress(notice).channels.values
            return PlanSummary.Closing(
                notice, waiting: counts.reduce(0) { $0 + $1.count(.queued) },
                again: try await store.toldEnd(of: notice))
        }
    }
}

extension Sending {
    /// Ends what is closed and accepts this announcement, in one moment, with everybody who has been told by then.
    ///
    /// People are told while the plan is looked at, and the guard rails hold for all of them.
    /// - Throws: as the guard rails do; `usage` when another announcement closed it first.
    func close(_ closing: PlanSummary.Closing, _ surveyed: Survey) async throws(CommandFailure) {
        var survey = surveyed
        while true {
            let (now, present) = (session.clock.now().wall, survey)
            let (store, order, id) = (store, order, draft.edition.announcement.id)
            let end = try await session.translating { () async throws(StoreError) in
                try await store.finishClosing(
                    present.run.costing(order.cost(of: present.summary(now: now))), closing.id, by: id,
                    now: now
                ) { told in
                    guard let (next, deliveries) = present.extended(by: told) else { return nil }
                    let plan = next.summary(closing, now: now)
                    guard order.refusals(of: plan).isEmpty else { return nil }
                    return LastTold(deliveries, cost: order.cost(of: plan))
                }
            }
            switch end {
            case .closed(_, let cancelled):
                let rest = cancelled == 0 ? "" : "; \(CountText.deliveries(cancelled)) of it will not leave"
                return session.output.say("\(closing.id) is closed\(rest)")
            case .grown(let told): survey = try await survey.grown(by: told, session)
            }
            let refusals = order.refusals(of: survey.summary(closing, now: now))
            if !refusals.isEmpty { throw CommandFailure(refusals) }
        }
    }
}

extension Survey {
    fileprivate func summary(_ closing: PlanSummary.Closing, now: Date) -> PlanSummary {
        var plan = summary(now: now)
        plan.closing = closing
        return plan
    }
}
