import CCurl
import Glibc

/// What a socket is ready for, or watched for.
struct Readiness: OptionSet {
    let rawValue: UInt8
    static let reading = Readiness(rawValue: 1)
    static let writing = Readiness(rawValue: 2)
    /// Broken or closed by the other side.
    static let failing = Readiness(rawValue: 4)
}

/// The epoll set of the loop thread.
@safe final class Poller {
    /// One socket of one lane that is ready.
    struct Event {
        var lane: UInt32
        var socket: Int32
        var readiness: Readiness
    }

    private let epoll: Int32
    private var ready = unsafe [epoll_event](repeating: epoll_event(), count: 256)

    /// Works with a set that others close.
    init(epoll: Int32) { self.epoll = epoll }

    /// Watches `socket` on behalf of a lane, instead of what it was watched for before.
    func watch(_ socket: Int32, for interest: Readiness, lane: UInt32) {
        var mask: UInt32 = 0
        if interest.contains(.reading) { mask |= EPOLLIN.rawValue }
        if interest.contains(.writing) { mask |= EPOLLOUT.rawValue }
        let token = UInt64(lane) << 32 | UInt64(UInt32(bitPattern: socket))
        var event = unsafe epoll_event(events: mask, data: epoll_data_t(u64: token))
        if unsafe epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) != 0 {
            _ = unsafe epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event)
        }
    }

    func forget(_ socket: Int32) {
        _ = epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nil)
    }

    /// Waits until something is ready, at most so long (-1: for ever).
    func wait(milliseconds: Int32) -> [Event] {
        let count = unsafe epoll_wait(epoll, &ready, Int32(ready.count), milliseconds)
        return (0..<Int(max(0, count))).map { index in
            let (mask, token) = unsafe (ready[index].events, ready[index].data.u64)
            var readiness: Readiness = []
            if mask & EPOLLIN.rawValue != 0 { readiness.insert(.reading) }
            if mask & EPOLLOUT.rawValue != 0 { readiness.insert(.writing) }
            if mask & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { readiness.insert(.failing) }
            return Event(
                lane: UInt32(token >> 32), socket: Int32(bitPattern: UInt32(truncatingIfNeeded: token)),
                readiness: readiness)
        }
    }
}
