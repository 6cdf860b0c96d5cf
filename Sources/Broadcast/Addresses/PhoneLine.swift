import CPhone

/// What is at the end of a phone number, as the numbering plan of its country says.
public enum PhoneLine: Sendable, Hashable {
    case landline, mobile
    /// Free, shared-cost, premium-rate and voice-mail numbers.
    case service
    /// A number in the plan that may be a landline or a mobile, as in North America.
    case other
    /// A number that the plan does not hold.
    case unknown
}

extension Address {
    /// What is at its end; nil for what is no phone number.
    public var line: PhoneLine? {
        guard kind == .phone else { return nil }
        return switch unsafe tocsin_phone_line(value) {
        case 1: .landline
        case 2: .mobile
        case 3: .service
        case 4: .other
        default: .unknown
        }
    }

    /// Why a message to it may not arrive, such as `+39021234567 is a landline: an SMS may not arrive`; nil for mobiles
    /// and wherever nothing is known.
    public var doubt: String? { line.flatMap(doubt) }

    func doubt(for line: PhoneLine) -> String? {
        switch line {
        case .landline: "\(value) is a landline: an SMS may not arrive"
        case .service: "\(value) is a service number: an SMS may not arrive"
        case .mobile, .other, .unknown: nil
        }
    }
}
