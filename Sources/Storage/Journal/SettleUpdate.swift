internal import Broadcast
internal import Foundation

/// What an outcome does to its row.
struct SettleUpdate {
    var state: DeliveryState
    var fault: Fault?
    var nextAt: Date?
    var providerID: String?
    var movedTo: String?
    /// Whether the attempt is taken back; a first attempt taken back freezes nothing.
    var isRefunded = false
    /// Whether this attempt may have been handed over.
    var isInDoubt = false

    init(_ result: Outcome.Result, now: Date) {
        switch result {
        case .accepted(let providerID, _): self.init(.accepted, providerID: providerID)
        case .refused(let fault): self.init(.refused, fault)
        case .deferred(let fault, let nextAt): self.init(.queued, fault, nextAt: nextAt)
        case .unknown(let fault, let retryAt):
            self.init(retryAt == nil ? .unknown : .queued, fault, nextAt: retryAt)
            isInDoubt = true
        case .returned(let nextAt, let fault):
            self.init(.queued, fault, nextAt: nextAt)
            isRefunded = true
        case .expired(let fault):
            self.init(.expired, fault)
            // Its time ran out between the claim and the wire: nothing was tried.
            isRefunded = fault == nil
        case .moved(let address):
            self.init(.queued, nextAt: now)
            movedTo = address.value
        }
    }

    private init(
        _ state: DeliveryState, _ fault: Fault? = nil, nextAt: Date? = nil, providerID: String? = nil
    ) {
        self.state = state
        self.fault = fault
        self.nextAt = nextAt
        self.providerID = providerID
    }

    /// The row, if it is still on the wire under the owner that claimed it, or a later one has put it in doubt.
    ///
    /// Asked first: RETURNING would build a table per row, which takes longer than the whole update.
    static let lookSQL = """
        SELECT announcement, channel, state FROM deliveries WHERE id = :id AND token = :token AND (
          state = 'sending' OR state IN ('queued', 'unknown') AND fault_code = '\(Fault.Code.dispatcherEnded.rawValue)')
        """

    // Revision 0 is an erased person's, of whom nothing is written down any more.

    /// Most outcomes are plain successes: the short way.
    static let acceptedSQL = """
        UPDATE deliveries SET state = 'accepted', settled_at = :now,
          provider_id = CASE revision WHEN 0 THEN NULL ELSE :provider END,
          answer = CASE revision WHEN 0 THEN NULL ELSE :answer END,
          fault_scope = NULL, fault_code = NULL, fault_detail = NULL
        WHERE id = :id
        """

    /// A row that is not on the wire any more stands in doubt only because its dispatcher ended: that one is lifted.
    static let sql = """
        UPDATE deliveries SET state = :state,
          settled_at = CASE :state WHEN 'queued' THEN NULL ELSE :now END,
          next_at = coalesce(:next, next_at),
          attempts = attempts - :refund,
          first_attempt_at = CASE WHEN :refund AND attempts = 1 THEN NULL ELSE first_attempt_at END,
          revision = CASE WHEN :refund AND attempts = 1 THEN NULL ELSE revision END,
          moved_to = CASE revision WHEN 0 THEN NULL ELSE coalesce(:moved, moved_to) END,
          in_doubt = in_doubt + :doubt - (state <> 'sending'),
          stranded = :stranded AND contact IS NOT NULL,
          fault_scope = CASE WHEN :code IS NULL THEN fault_scope ELSE :scope END,
          fault_detail = CASE WHEN revision = 0 THEN NULL WHEN :code IS NULL THEN fault_detail ELSE :detail END,
          fault_code = coalesce(:code, fault_code)
        WHERE id = :id
        """

    static func acceptedParameters(
        id: Int64, providerID: String?, answer: String?, now: Date
    ) -> Parameters {
        [
            "now": .time(now), "provider": .text(orNull: providerID), "answer": .text(orNull: answer),
            "id": .integer(id),
        ]
    }

    func parameters(id: Int64, isStranded: Bool, now: Date) -> Parameters {
        [
            "state": .text(state.rawValue), "now": .time(now), "next": .time(orNull: nextAt),
            "refund": .flag(isRefunded), "doubt": .flag(isInDoubt), "moved": .text(orNull: movedTo),
            "stranded": .flag(isStranded),
            "scope": .text(orNull: fault?.scope.rawValue), "code": .text(orNull: fault?.code.rawValue),
            "detail": .text(orNull: fault?.detail), "id": .integer(id),
        ]
    }
}
