public import Broadcast
public import Wire

/// How a channel is asked whether it is well without sending anything: a request, and the reply that means well.
public struct HealthCheck: Sendable {
    /// What is asked.
    public let request: HTTPRequest
    let well: WellReply

    /// What `reply` says, without any secret in it.
    public func reading(of reply: HTTPReply, _ redactor: Redactor) -> OutsideReading {
        well.reading(of: reply, redactor)
    }
}

extension SettingsReader {
    /// `health`: a URL that answers 2xx, or `{"url": …, "well": {…}}`; nil when absent or wrong.
    func health(allowsPlain: Bool) -> (url: String, well: WellReply)? {
        if case .string? = value("health") {
            return url("health", allowsPlain: allowsPlain).map { ($0, WellReply()) }
        }
        guard let health = settings("health") else { return nil }
        let well = health.settings("well").map { WellReply($0) } ?? WellReply()
        if health.value("url") == nil { health.reportMissing("url", expected: "an https URL") }
        return health.url("url", allowsPlain: allowsPlain).map { ($0, well) }
    }
}
