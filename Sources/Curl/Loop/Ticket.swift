import CCurl
import Synchronization
import Wire

/// What a caller asked for, known by its identity to caller and loop thread alike.
final class Ticket: Sendable {
    /// What is to be done.
    enum Work: Sendable {
        case exchange(WireRequest)
        case greeting
    }

    let work: Work
    let route: Route
    /// Whether the request, or what is left of it, may still go out.
    let mayLeave: @Sendable () -> Bool
    private let cancelled = Atomic(false)

    init(_ work: Work, over route: Route, while mayLeave: @escaping @Sendable () -> Bool = { true }) {
        self.work = work
        self.route = route
        self.mayLeave = mayLeave
    }

    /// What is said of a request that was kept back in the last moment.
    static let overdue = "not sent: its time to leave was over"

    /// Set before the loop hears of it, so that a cancellation that overtakes its request is not lost.
    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    func cancel() { cancelled.store(true, ordering: .releasing) }
}

/// A ticket with the caller who waits for its answer.
@safe struct Pending: Sendable {
    let ticket: Ticket
    private let continuation: UnsafeContinuation<WireReply, Never>
    /// Set once a kept connection turned out to be dead: only a new one will do.
    var needsNewConnection = false

    init(ticket: Ticket, continuation: UnsafeContinuation<WireReply, Never>) {
        self.ticket = ticket
        unsafe self.continuation = continuation
    }

    /// Ends the exchange; called once for every pending.
    func answer(_ reply: WireReply) { unsafe continuation.resume(returning: reply) }

    /// Ends the exchange without a reply that decides.
    func fail(
        _ code: TransportFailure.Code, handedOver: TransportFailure.HandedOver = .no, _ detail: String
    ) {
        let clean = ticket.route.redactor.redacted(detail, atMost: 300).withoutControls
        answer(.failure(TransportFailure(code, handedOver: handedOver, clean)))
    }
}

extension String {
    /// Every control as a blank: replies and libcurl's messages quote what a stranger sent.
    var withoutControls: String {
        let isControl = { (scalar: UnicodeScalar) in scalar.properties.generalCategory == .control }
        guard unicodeScalars.contains(where: isControl) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { isControl($0) ? " " : $0 }))
    }
}

/// What waits for a free connection, in order.
struct WaitingLine {
    private var items: [Pending] = []
    private var head = 0

    var isEmpty: Bool { head == items.count }

    mutating func append(_ pending: Pending) { items.append(pending) }

    /// Puts back what had its turn but could not use it.
    mutating func prepend(_ pending: Pending) { items.insert(pending, at: head) }

    mutating func popFirst() -> Pending? {
        guard head < items.count else { return nil }
        let first = items[head]
        head += 1
        if head == items.count || head >= 1024 {
            items.removeFirst(head)
            head = 0
        }
        return first
    }

    mutating func remove(_ ticket: Ticket) -> Pending? {
        guard let index = items[head...].firstIndex(where: { $0.ticket === ticket }) else { return nil }
        return items.remove(at: index)
    }
}
