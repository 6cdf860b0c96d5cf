import CCurl
import Glibc
import Wire

/// The loop thread's own state: takes what comes in, keeps every lane going, sleeps until a socket or a time.
final class Engine {
    /// Jobs beget jobs; after so many rounds the sockets have their turn.
    private static let roundsBetweenPolls = 8

    private let loop: LoopExecutor
    private let userAgent: String
    private let poller: Poller
    private var lanes: [UInt32: any Lane] = [:]
    private var lanesByRoute: [String: [(id: UInt32, lane: any Lane)]] = [:]
    /// Nought is the wakeup.
    private var lastLane: UInt32 = 0
    private var stoppers: [CheckedContinuation<Void, Never>] = []
    private var isStopping = false

    init(loop: LoopExecutor, userAgent: String) {
        self.loop = loop
        poller = Poller(epoll: loop.epoll)
        self.userAgent = userAgent
    }

    func run() {
        poller.watch(loop.wakeup, for: .reading, lane: 0)
        while !isStopping {
            runInbox()
            guard !isStopping else { break }
            let patience = runLanes()
            for event in poller.wait(milliseconds: loop.fallAsleep() ? patience : 0) {
                if event.lane == 0 {
                    drainWakeup()
                } else {
                    lanes[event.lane]?.socketReady(event.socket, event.readiness)
                }
            }
        }
        end()
    }

    private func runInbox() {
        for _ in 0..<Self.roundsBetweenPolls {
            let batch = loop.take()
            guard !batch.isEmpty else { return }
            batch.commands.forEach(perform)
            batch.jobs.forEach(loop.run)
        }
    }

    private func perform(_ command: Command) {
        switch command {
        case .start(let pending): start(pending)
        case .cancel(let ticket): lane(for: ticket.route)?.cancel(ticket)
        case .stop(let stopper):
            isStopping = true
            if let stopper { stoppers.append(stopper) }
        }
    }

    private func start(_ pending: Pending) {
        let route = pending.ticket.route
        if isStopping {
            pending.fail(.cancelled, "the transport has been shut down")
        } else if pending.ticket.isCancelled {
            pending.fail(.cancelled, "cancelled before it began")
        } else if let problem = pending.ticket.problem {
            pending.fail(.requestInvalid, problem)
        } else {
            (lane(for: route) ?? openLane(for: route)).admit(pending)
        }
    }

    private func lane(for route: Route) -> (any Lane)? {
        lanesByRoute[route.name]?.first { $0.lane.route == route }?.lane
    }

    /// A route whose settings changed gets a lane of its own: connections made under other rules never serve it.
    private func openLane(for route: Route) -> any Lane {
        lastLane += 1
        let multi = Multi(poller: poller, lane: lastLane, connections: max(1, route.connections))
        let lane: any Lane =
            route.mailServer.map {
                MailLane(route: route, server: $0, multi: multi, poller: poller, id: lastLane)
            }
            ?? HTTPLane(route: route, userAgent: userAgent, multi: multi)
        var siblings = lanesByRoute[route.name, default: []]
        for idle in siblings where !idle.lane.isBusy {
            idle.lane.close()
            lanes[idle.id] = nil
        }
        siblings.removeAll { !$0.lane.isBusy }
        lanesByRoute[route.name] = siblings + [(lastLane, lane)]
        lanes[lastLane] = lane
        return lane
    }

    /// Milliseconds until some lane wants its turn again; -1 when none does.
    private func runLanes() -> Int32 {
        let now = Uptime.milliseconds()
        return lanes.values.reduce(-1) { soonest, lane in
            guard lane.isBusy, let next = lane.turn(at: now) else { return soonest }
            return soonest < 0 ? next : min(soonest, next)
        }
    }

    private func drainWakeup() {
        var count: UInt64 = 0
        _ = unsafe read(loop.wakeup, &count, MemoryLayout<UInt64>.size)
    }

    private func end() {
        let rest = loop.close()
        rest.commands.forEach(perform)
        lanes.values.forEach { $0.close() }
        lanes = [:]
        lanesByRoute = [:]
        rest.jobs.forEach { globalConcurrentExecutor.enqueue($0) }
        stoppers.forEach { $0.resume() }
    }
}
