import CCurl
import Wire

/// Mails of one route: each connection carries one at a time, and is kept for the next.
final class MailLane: Lane {
    let route: Route
    private let server: MailServer
    private let multi: Multi
    private let poller: Poller
    private let id: UInt32
    private var connections: [Int: MailConnection] = [:]
    private var bySocket: [Int32: MailConnection] = [:]
    private var idle: [MailConnection] = []
    private var waiting = WaitingLine()
    private var lastIndex = 0

    init(route: Route, server: MailServer, multi: Multi, poller: Poller, id: UInt32) {
        self.route = route
        self.server = server
        self.multi = multi
        self.poller = poller
        self.id = id
    }

    var isBusy: Bool { idle.count < connections.count || !waiting.isEmpty }

    func admit(_ pending: Pending) {
        waiting.append(pending)
        startWaiting(at: Uptime.milliseconds())
    }

    func cancel(_ ticket: Ticket) {
        if let pending = waiting.remove(ticket) {
            pending.fail(.cancelled, "cancelled before it began")
        } else if let connection = connections.values.first(where: { $0.pending?.ticket === ticket }) {
            drop(connection, .cancelled, "cancelled")
            startWaiting(at: Uptime.milliseconds())
        }
    }

    func socketReady(_ socket: Int32, _ readiness: Readiness) {
        guard let connection = bySocket[socket] else { return multi.socketReady(socket, readiness) }
        work(connection, isReadable: !readiness.isDisjoint(with: [.reading, .failing]))
        startWaiting(at: Uptime.milliseconds())
    }

    func turn(at now: Int64) -> Int32? {
        var next = multi.runTimers()
        var hasEnded = false
        while let (easy, code) = multi.takeFinished() {
            if let connection = connections[easy.index] { connected(connection, code) }
            hasEnded = true
        }
        for connection in connections.values where connection.deadline <= now {
            drop(connection, .timedOut, "no answer in time")
            hasEnded = true
        }
        startWaiting(at: now)
        if hasEnded { return 0 }
        let soonest = connections.values.lazy.map(\.deadline).min() ?? .max
        if soonest < .max { next = min(next ?? .max, Int32(clamping: soonest - now)) }
        return next
    }

    func close() {
        while let pending = waiting.popFirst() {
            pending.fail(.cancelled, "the transport has been shut down")
        }
        for connection in Array(connections.values) {
            connection.leave()
            drop(connection, .cancelled, "the transport has been shut down")
        }
    }

    private func startWaiting(at now: Int64) {
        while !idle.isEmpty || connections.count < max(1, route.connections), let pending = waiting.popFirst()
        {
            guard let text = pending.ticket.mailText else {
                pending.fail(.requestInvalid, "the message holds a CR or LF that stands alone")
                continue
            }
            let connection = connection(for: pending)
            connection.take(pending, text: text)
            connection.deadline = now + route.allowance(for: pending.ticket.mailTail)
            if connection.isConnected {
                begin(connection)
            } else if !connection.easy.isUsable || !multi.add(connection.easy) {
                drop(connection, .transportBroken, "libcurl refuses the settings of the mail server")
            }
        }
    }

    private func connection(for pending: Pending) -> MailConnection {
        var isGreeting = false
        if case .greeting = pending.ticket.work { isGreeting = true }
        let wantsNew = pending.needsNewConnection || isGreeting
        if !wantsNew, let kept = idle.popLast() { return kept }
        if connections.count >= max(1, route.connections), let kept = idle.first {
            kept.leave()
            drop(kept)
        }
        lastIndex += 1
        let connection = MailConnection(route: route, server: server, index: lastIndex)
        connections[lastIndex] = connection
        return connection
    }

    private func connected(_ connection: MailConnection, _ code: CURLcode) {
        if let verdict = connection.connected(code, needsLogin: server.credentials != nil) {
            guard case .failure(let failure) = verdict else {
                return drop(connection, answering: verdict)
            }
            return drop(connection, failure.code, failure.detail)
        }
        bySocket[connection.socket] = connection
        poller.watch(connection.socket, for: .reading, lane: id)
        begin(connection)
    }

    private func begin(_ connection: MailConnection) {
        connection.begin()
        work(connection, isReadable: false)
    }

    private func work(_ connection: MailConnection, isReadable: Bool) {
        switch connection.work(isReadable: isReadable) {
        case .waiting: break
        case .answered(let reply, let isFree):
            let pending = connection.release()
            if isFree { idle.append(connection) }
            pending?.answer(reply)
            if !isFree { return work(connection, isReadable: false) }
        case .free: idle.append(connection)
        case .closing(let reply): return drop(connection, answering: reply)
        case .lost(let code, let why): return lose(connection, code, why)
        }
        guard connection.isWatchedForWriting != connection.isBlocked else { return }
        connection.isWatchedForWriting = connection.isBlocked
        poller.watch(
            connection.socket, for: connection.isBlocked ? [.reading, .writing] : .reading, lane: id)
    }

    /// A kept connection may have died while nobody looked: nothing has been sent, so its mail takes a new one.
    private func lose(_ connection: MailConnection, _ code: TransportFailure.Code, _ why: String) {
        guard connection.isKept, connection.isUntouched, code == .connectionLost,
            var pending = connection.release()
        else { return drop(connection, code, why) }
        pending.needsNewConnection = true
        drop(connection)
        waiting.prepend(pending)
    }

    private func drop(_ connection: MailConnection, _ code: TransportFailure.Code, _ why: String) {
        let handedOver = connection.handedOver
        let pending = connection.release()
        drop(connection)
        guard let pending else { return }
        pending.fail(code, handedOver: handedOver, "\(pending.ticket.place): \(why)")
    }

    private func drop(_ connection: MailConnection, answering reply: WireReply) {
        let pending = connection.release()
        drop(connection)
        pending?.answer(reply)
    }

    private func drop(_ connection: MailConnection) {
        if connection.isConnected { poller.forget(connection.socket) }
        bySocket[connection.socket] = nil
        idle.removeAll { $0 === connection }
        connections[connection.easy.index] = nil
        multi.remove(connection.easy)
    }
}

extension Ticket {
    fileprivate var mailTail: [[UInt8]] {
        if case .exchange(.mail(let mail)) = work { mail.tail } else { [] }
    }

    /// The message ready for the wire; nil when it must not go there.
    fileprivate var mailText: [[UInt8]]? {
        guard case .exchange(.mail(let mail)) = work else { return [] }
        return MailText.stuffed(mail.message, mail.tail)
    }
}
