public import Broadcast
public import Wire

extension Verdict {
    /// What an exchange means that ended without a reply that decides.
    public init(_ failure: TransportFailure, redactor: Redactor = .none) {
        let code = Fault.Code(rawValue: failure.code.rawValue)
        let detail = redactor.redacted(failure.detail)
        self =
            switch (failure.code, failure.handedOver) {
            case (.requestInvalid, .no): .refused(Fault(.message, code, detail))
            case (_, .no): .deferred(Fault(.channel, code, detail), after: nil)
            case (_, .maybe): .unknown(Fault(.channel, code, detail))
            }
    }
}
