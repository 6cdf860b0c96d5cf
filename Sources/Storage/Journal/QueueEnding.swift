internal import Broadcast

/// How a delivery ends that waits in the queue and is not tried again.
///
/// One of which an earlier attempt may have been handed over ends as unknown instead, whatever the occasion. So does, in a
/// copy of the store, one that the original may have sent.
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

    /// Whether the original had the same reason not to send it; any other may be newer than the copy.
    private var isOriginals: Bool {
        switch self {
        case .skipped(.notTold): true
        case .expired, .skipped: false
        }
    }

    /// Whether it ends as unknown.
    private var doubt: String { isOriginals ? "in_doubt > 0" : Original.isInDoubt("deliveries") }

    /// What an UPDATE of its row in `deliveries` sets; the parameter `:now` is when.
    var assignments: String {
        let ending = """
            state = iif(\(doubt), 'unknown', '\(state.rawValue)'), reason = iif(\(doubt), '', '\(reason)'),
              settled_at = :now
            """
        if isOriginals { return ending }
        let left = Original.mayHaveSent("deliveries")
        return """
            \(ending), in_doubt = in_doubt + \(left),
              fault_scope = iif(\(left), 'channel', fault_scope), fault_detail = iif(\(left), \(Original.detail), fault_detail),
              fault_code = iif(\(left), '\(Fault.Code.copyCancelled.rawValue)', fault_code)
            """
    }

    /// The same, and whether its person needs the next channel.
    ///
    /// The parameter `:first` is whether the announcement has reach `first`, `:next` whether what ends as unknown leads on.
    var strandingAssignments: String {
        "\(assignments), stranded = contact IS NOT NULL AND :first AND (:next OR NOT \(doubt))"
    }

    /// Where it counts afterwards, in the `state` that the UPDATE has given it.
    func place(from queued: Tally.Place, in state: String) -> Tally.Place {
        var place = queued
        place.state = state == self.state.rawValue ? self.state : .unknown
        place.reason = state == self.state.rawValue ? reason : ""
        return place
    }
}
