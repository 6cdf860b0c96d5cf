import Broadcast

extension Fault.Code {
    /// What a person has to mend of the channel called `name` before it works again; nil when waiting is all there is.
    func advice(for name: String, kind: String) -> String? {
        let place = "of channels.\(name)"
        return switch self {
        case .credentialsRefused where kind == "smtp": "check \"username\" and \"password\" \(place)"
        case .credentialsRefused where kind == "telegram":
            "check \"token\" \(place) (BotFather shows it), and in a public chat that the bot may post"
        case .credentialsRefused where kind == "webhook":
            "check \"secret\" and \"authorization\" \(place)"
        case .credentialsRefused: "check \"authorization\" and \"values\" \(place)"
        case .proxyRefused: "check \"proxy\" \(place): its login, and where it lets us go"
        case "proxy-failed": "check host and port in \"proxy\" \(place), and that somebody listens there"
        case .senderRefused: "the relay does not take \"from\" \(place): use an address that it may send for"
        case .authenticationImpossible:
            "the server offers no login that we know: check \"url\" and \"tls\" \(place)"
        case .certificateInvalid: "check the host in \"url\", or give your CA as \"ca\", \(place)"
        case .tlsFailed: "check port and \"tls\" \(place)"
        case "host-unknown": "check the host in \"url\" \(place), and this machine's DNS"
        case "proxy-unknown": "check the host in \"proxy\" \(place), and this machine's DNS"
        default: nil
        }
    }
}
