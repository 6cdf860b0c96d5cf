public import Foundation

extension Duration {
    /// The whole length in seconds, as near as a `Double` comes.
    public var inSeconds: Double {
        let parts = components
        return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    }
}

extension Date {
    /// The moment `duration` later; a negative one, earlier.
    public func adding(_ duration: Duration) -> Date { addingTimeInterval(duration.inSeconds) }

    /// How long it is from here until `end`; zero when that is over.
    func wait(until end: Date) -> Duration { .seconds(max(0, end.timeIntervalSince(self))) }
}
