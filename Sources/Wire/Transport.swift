/// The one way out to the network, or what stands in for it.
public protocol Transport: Sendable {
    /// The executor on which exchanges complete; work that follows an exchange runs there without a thread hop.
    ///
    /// Nil when the transport has none of its own.
    var executor: (any TaskExecutor)? { get }

    /// Performs one request and waits for its end; cancelling the task ends the exchange as
    /// ``TransportFailure/Code/cancelled``. Never throws: a failure is a reply like any other.
    ///
    /// `mayLeave` is asked, from any thread, right before the request goes out, and before the text of a mail or the
    /// rest of a long body does: a process that slept in between must not hand over what is another's by now.
    func exchange(
        _ request: WireRequest, over route: Route, while mayLeave: @escaping @Sendable () -> Bool
    ) async -> WireReply

    /// Greets the other side without sending anything (SMTP: EHLO, AUTH, then MAIL and RSET for the server's
    /// ``MailServer/sender``, else NOOP; HTTP: not used).
    ///
    /// The reply is that of the last command that says something: of RSET's nobody waits.
    func greet(_ route: Route) async -> WireReply

    /// Ends what is under way, closes every connection and stops; the transport takes nothing afterwards.
    func shutdown() async
}

extension Transport {
    /// Performs one request that may leave whenever it can.
    public func exchange(_ request: WireRequest, over route: Route) async -> WireReply {
        await exchange(request, over: route) { true }
    }
}
