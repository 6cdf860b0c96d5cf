import CCurl
import Glibc
import Synchronization
public import Wire

/// The one way out to the network: libcurl, driven by one thread of its own.
///
///     exchange ──► LoopExecutor ──► Engine ──► HTTPLane ──► HTTPTransfer    (one easy handle each)
///      any task     inbox, jobs     thread  └► MailLane ──► MailConnection  (libcurl connects, we speak SMTP)
///
/// There is one lane, and so one libcurl multi handle with its own kept connections, for every route.
public final class CurlTransport: Transport {
    private let loop: LoopExecutor
    private let thread: LoopThread
    private let isJoined = Atomic(false)

    /// Whether libcurl could be started, which happens once.
    private static let isLibraryReady: Bool = {
        // libcurl reads it as it starts, and would write the keys of every TLS connection where it points.
        unsafe unsetenv("SSLKEYLOGFILE")
        return curl_global_init(Int(CURL_GLOBAL_SSL)) == CURLE_OK
    }()

    /// Starts the thread; `version` is what `User-Agent: tocsin/VERSION` says.
    ///
    /// - Throws: ``TransportFailure/Code/transportBroken`` when the machine has no thread or descriptor left.
    public init(version: String) throws(TransportFailure) {
        guard Self.isLibraryReady else {
            throw TransportFailure(.transportBroken, handedOver: .no, "libcurl cannot start")
        }
        let loop = try LoopExecutor()
        self.loop = loop
        thread = try LoopThread { Engine(loop: loop, userAgent: "tocsin/" + version).run() }
    }

    deinit {
        guard !isJoined.load(ordering: .acquiring) else { return }
        loop.submit(.stop(nil))
        thread.detach()
    }

    /// The libcurl thread: tasks that prefer it run between two polls, without a thread hop.
    public var executor: (any TaskExecutor)? { loop }

    /// Performs one request over a connection of its route, as soon as one is free.
    public func exchange(
        _ request: WireRequest, over route: Route, while mayLeave: @escaping @Sendable () -> Bool
    ) async -> WireReply {
        await perform(Ticket(.exchange(request), over: route, while: mayLeave))
    }

    /// Connects anew, logs in and asks whether mail would be taken; nothing but SMTP can be greeted.
    public func greet(_ route: Route) async -> WireReply { await perform(Ticket(.greeting, over: route)) }

    /// Answers what is under way as cancelled, closes every connection and joins the thread.
    public func shutdown() async {
        // Jobs that come after the stop run elsewhere, so that the thread never waits for itself here.
        await withCheckedContinuation { stopped in
            if !loop.submit(.stop(stopped)) { stopped.resume() }
        }
        if !isJoined.exchange(true, ordering: .acquiringAndReleasing) { thread.join() }
    }

    private func perform(_ ticket: Ticket) async -> WireReply {
        await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation { continuation in
                let pending = unsafe Pending(ticket: ticket, continuation: continuation)
                if !loop.submit(.start(pending)) {
                    pending.fail(.cancelled, "the transport has been shut down")
                }
            }
        } onCancel: {
            ticket.cancel()
            loop.submit(.cancel(ticket))
        }
    }
}
