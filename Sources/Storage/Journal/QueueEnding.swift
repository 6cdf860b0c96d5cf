internal import Broadcast

/// How a delivery ends that waits in the queue and is not tried again.
///
/// One of which an earlier attempt may have been handed over ends as unknown instead, whatever the occasion.
enum QueueEnding {
    case expired
    case skipped(SkipReason)

    private var state: DeliveryState {
        switch self {
        case .expired: .expired
        case .skipped: .skipped
        }
    }

    private var reason: String {
        switch self {
        case .expired: ""
        case .skipped(let reason): reason.rawValue
        }
    }

    /// What an UPDATE of its row sets; the parameter `:now` is when.
    var assignments: String {
        """
        state = iif(in_doubt, 'unknown', '\(state.rawValue)'), reason = iif(in_doubt, '', '\(reason)'),
          settled_at = :now
        """
    }

    /// Where it counts afterwards.
    func place(from queued: Tally.Place, isInDoubt: Bool) -> Tally.Place {
        var place = queued
        place.state = isInDoubt ? .unknown : state
        place.reason = isInDoubt ? "" : reason
        return place
    }
}
