import Wire

extension Route {
    /// Bytes that have a second to go out, so that a line which many connections share carries large files as well.
    private static let slowest = 32_768

    /// Milliseconds for one exchange whose request ends with `tail`: ``Route/timeout``, and more for what is large.
    func allowance(for tail: [[UInt8]]) -> Int64 {
        timeout.milliseconds + Int64(tail.reduce(0) { $0 + $1.count } / Self.slowest * 1000)
    }
}
