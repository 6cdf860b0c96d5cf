/// What the end of one attempt says about its channel.
public enum HealthEvent: Sendable, Hashable {
    /// It works: it accepted, or refused for reasons that lie with the recipient or the message.
    case answered
    /// It does not.
    case failed(Fault)
    /// Nothing either way, such as being told to slow down.
    case silent

    /// What `verdict` says.
    public init(_ verdict: Verdict) {
        switch verdict {
        case .accepted, .moved: self = .answered
        case .refused(let fault), .deferred(let fault, _), .unknown(let fault):
            if fault.scope == .channel {
                self = fault.movesHealth ? .failed(fault) : .silent
            } else {
                self = fault.code == .rateLimited || fault.code == .cancelled ? .silent : .answered
            }
        }
    }
}
