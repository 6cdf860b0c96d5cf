internal import Foundation

/// Whether a fault that a channel calls passing is tried again, and whether the attempt counts.
public enum Retrial: String, Sendable, CaseIterable {
    /// Tried again; the attempt counts.
    case counted
    /// Tried again as if this attempt had not been: the channel turned us away, or we stopped it.
    case uncounted
    /// Trying again cannot help, whatever the channel calls it.
    case never

    /// The one table from a fault's scope and code; codes that recipes bring are tried again.
    public static func of(_ fault: Fault) -> Retrial {
        switch (fault.scope, fault.code) {
        case (.recipient, .addressUnknown), (.recipient, .addressUnsuitable),
            (.recipient, .blockedByRecipient):
            .never
        case (.message, .messageTooLarge), (.message, .endpointGone), (.message, .redirected),
            (.message, .valueMissing), (.message, .valueUnsuitable):
            .never
        case (_, .rateLimited), (_, .cancelled): .uncounted
        default: .counted
        }
    }
}

extension RetryPolicy {
    /// The longest wait after the `attempt`-th attempt, 1 being the first: exponential up to ``cap``.
    public func ceiling(afterAttempt attempt: Int) -> Duration {
        let seconds = first.inSeconds * pow(factor, Double(max(attempt, 1) - 1))
        return seconds < cap.inSeconds ? .seconds(seconds) : cap
    }

    /// The wait after the `attempt`-th attempt: full jitter, so `unit` (from 0 to below 1) of the ceiling.
    ///
    /// Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ (2026-11).
    public func delay(afterAttempt attempt: Int, unit: Double) -> Duration {
        .seconds(ceiling(afterAttempt: attempt).inSeconds * unit)
    }

    /// The wait after a deferral: exactly what the provider asked for if that is a second or more, else the delay.
    ///
    /// A provider that always says "at once" does not get a loop without pause.
    public func wait(afterAttempt attempt: Int, asked: Duration?, unit: Double) -> Duration {
        if let asked, asked >= .seconds(1) { return asked }
        return max(asked ?? .zero, delay(afterAttempt: attempt, unit: unit))
    }
}
