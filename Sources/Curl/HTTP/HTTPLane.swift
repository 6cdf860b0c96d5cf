import CCurl
import Wire

/// HTTP exchanges of one route: as many at once as it may have connections, the others in order after them.
final class HTTPLane: Lane {
    let route: Route
    private let userAgent: String
    private let multi: Multi
    private var transfers: [HTTPTransfer] = []
    private var idle: [HTTPTransfer] = []
    private var waiting = WaitingLine()

    init(route: Route, userAgent: String, multi: Multi) {
        self.route = route
        self.userAgent = userAgent
        self.multi = multi
    }

    var isBusy: Bool { idle.count < transfers.count || !waiting.isEmpty }

    func admit(_ pending: Pending) {
        waiting.append(pending)
        startWaiting()
    }

    func cancel(_ ticket: Ticket) {
        if let pending = waiting.remove(ticket) {
            pending.fail(.cancelled, "cancelled before it began")
        } else if let transfer = transfers.first(where: { $0.pending?.ticket === ticket }) {
            end(transfer, with: nil)
        }
    }

    func socketReady(_ socket: Int32, _ readiness: Readiness) { multi.socketReady(socket, readiness) }

    func turn(at now: Int64) -> Int32? {
        let next = multi.runTimers()
        var hasEnded = false
        while let (easy, code) = multi.takeFinished() {
            end(transfers[easy.index], with: code)
            hasEnded = true
        }
        return hasEnded && isBusy ? 0 : next
    }

    func close() {
        while let pending = waiting.popFirst() {
            pending.fail(.cancelled, "the transport has been shut down")
        }
        for transfer in transfers where transfer.pending != nil { end(transfer, with: nil) }
        transfers = []
        idle = []
    }

    private func end(_ transfer: HTTPTransfer, with code: CURLcode?) {
        multi.remove(transfer.easy)
        transfer.end(with: code)
        idle.append(transfer)
        startWaiting()
    }

    private func startWaiting() {
        while !waiting.isEmpty, let transfer = idle.popLast() ?? newTransfer() {
            guard let pending = waiting.popFirst(), case .exchange(.http(let request)) = pending.ticket.work
            else {
                return idle.append(transfer)
            }
            if !transfer.begin(pending, request) || !multi.add(transfer.easy) {
                transfer.end(with: CURLE_OUT_OF_MEMORY)
                idle.append(transfer)
            }
        }
    }

    private func newTransfer() -> HTTPTransfer? {
        guard transfers.count < max(1, route.connections) else { return nil }
        let transfer = HTTPTransfer(route: route, userAgent: userAgent, index: transfers.count)
        transfers.append(transfer)
        return transfer
    }
}
