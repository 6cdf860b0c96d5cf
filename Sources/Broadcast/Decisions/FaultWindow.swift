/// How many of a channel's latest attempts failed: in a sliding window of time, and in a row.
struct FaultWindow: Sendable, Hashable {
    private struct Counts: Hashable {
        var attempts = 0
        var faults = 0
    }

    /// Faults since the last attempt that was answered.
    private(set) var inRow = 0
    private var current = Counts()
    private var before = Counts()
    private var begin: Duration

    init(from now: Duration) { begin = now }

    /// Faults in the window: between one and two lengths of it, so that two counters suffice.
    var faults: Int { current.faults + before.faults }

    /// The share of faults among the attempts in the window.
    var ratio: Double {
        let attempts = current.attempts + before.attempts
        return attempts == 0 ? 0 : Double(faults) / Double(attempts)
    }

    mutating func count(isFault: Bool, at now: Duration, length: Duration) {
        if now >= begin + length {
            before = now < begin + length * 2 ? current : Counts()
            current = Counts()
            begin = now
        }
        current.attempts += 1
        if isFault { current.faults += 1 }
        inRow = isFault ? inRow + 1 : 0
    }
}
