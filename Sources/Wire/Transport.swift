/// The one way out to the network, or what stands in for it.
public protocol Transport: Sendable {
    /// The executor on which exchanges complete; work that follows an exchange runs there without a thread hop.
    ///
    /// Nil when the transport has none of its own.
    var executor: (any TaskExecutor)? { get }

    /// Performs one request and waits for its end; cancelling the task ends the exchange as
    /// ``TransportFailure/Code/cancelled``. Never throws: a failure is a reply like any other.
    func exchange(_ request: WireRequest, over route: Route) async -> WireReply

    /// Greets the other side without sending anything (SMTP: EHLO, AUTH, NOOP; HTTP: not used).
    ///
    /// The reply is that of the last command that was answered.
    func greet(_ route: Route) async -> WireReply

    /// Ends what is under way, closes every connection and stops; the transport takes nothing afterwards.
    func shutdown() async
}
