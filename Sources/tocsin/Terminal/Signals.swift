import Dispatch
import Glibc

/// Turns SIGINT and SIGTERM into calls, so that a dispatcher can stop in two phases.
final class Signals {
    private let sources: [any DispatchSourceSignal]

    /// Calls `handler` on each SIGINT, SIGTERM and SIGHUP while this object lives.
    init(_ handler: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler(handler: handler)
            source.resume()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
    }

    /// A reader who went away (`| head`) must not kill a sending program, nor may a file that reached its limit:
    /// both come as errors of the write as well, and are told.
    static func ignoreFailedWrites() {
        for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
    }

    /// A signal that ends the program must not write its memory, with every secret in it, into a file.
    static func leaveNoDump() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }
}
