import CCurl
import Glibc
import Wire

/// One POSIX thread that can be joined.
struct LoopThread: Sendable {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let id: pthread_t

    /// Starts the thread with every signal blocked: signals are for the main thread, and a broken pipe is a result.
    init(_ body: @escaping @Sendable () -> Void) throws(TransportFailure) {
        var id = pthread_t()
        let box = unsafe Unmanaged.passRetained(Body(body))
        let code = unsafe pthread_create(
            &id, nil,
            { context in
                guard let context = unsafe context else { return nil }
                var all = sigset_t()
                unsafe sigfillset(&all)
                unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
                unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            unsafe box.release()
            throw TransportFailure(.transportBroken, handedOver: .no, "no thread left for the transport")
        }
        self.id = id
    }

    /// Waits for its end, which must be near.
    func join() { pthread_join(id, nil) }

    /// Lets it end by itself.
    func detach() { pthread_detach(id) }
}

/// Time for deadlines, which no change of the wall clock moves.
enum Uptime {
    /// Milliseconds since some moment in the past.
    static func milliseconds() -> Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}

extension Duration {
    /// Whole milliseconds, at least one: libcurl takes nought for "never".
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow
            ? Int64(Int32.max) : min(Int64(Int32.max), max(1, whole + attoseconds / 1_000_000_000_000_000))
    }
}
