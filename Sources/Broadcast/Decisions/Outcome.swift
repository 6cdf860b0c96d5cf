public import Foundation

/// How one claimed delivery ended, on its way into the journal.
public struct Outcome: Sendable, Hashable {
    /// What became of the attempt.
    public enum Result: Sendable, Hashable {
        /// With what the provider said, if anything, as it is kept.
        case accepted(providerID: String?, answer: String? = nil)
        case refused(Fault)
        case deferred(Fault, nextAt: Date)
        /// Nobody knows; nil leaves it so, else it is sent again under the same key.
        case unknown(Fault, retryAt: Date?)
        /// Never handed over, or turned away by a rate limit: the attempt does not count.
        case returned(nextAt: Date, Fault?)
        case expired(Fault?)
        /// The same place under another address, tried at once.
        case moved(to: Address)

        /// Why it was not handed over; nil when it was, or nothing stood in its way.
        public var fault: Fault? {
            switch self {
            case .accepted, .moved: nil
            case .refused(let fault), .deferred(let fault, _), .unknown(let fault, _): fault
            case .returned(_, let fault), .expired(let fault): fault
            }
        }
    }

    /// An order not to send to the delivery's address again.
    public struct Suppress: Sendable, Hashable {
        /// What is not sent any more.
        public var extent: Suppression.Extent
        /// Why.
        public var reason: Suppression.Reason
        /// Who or what said so, such as `email 550 5.1.1`.
        public var source: String
        /// Whether a person must say yes first.
        public var isProposed: Bool

        /// An order since the moment it is settled.
        public init(
            _ extent: Suppression.Extent, _ reason: Suppression.Reason, source: String,
            isProposed: Bool = false
        ) {
            self.extent = extent
            self.reason = reason
            self.source = source
            self.isProposed = isProposed
        }
    }

    /// The claimed row.
    public var id: Delivery.ID
    /// What became of the attempt.
    public var result: Result
    /// Under reach `first`: whether the contact's next channel is wanted.
    public var movesOn: Bool
    /// What to do about the address; nil leaves it.
    public var suppress: Suppress?

    /// How the delivery `id` ended.
    public init(
        _ id: Delivery.ID, _ result: Result, movesOn: Bool = false, suppress: Suppress? = nil
    ) {
        self.id = id
        self.result = result
        self.movesOn = movesOn
        self.suppress = suppress
    }
}
