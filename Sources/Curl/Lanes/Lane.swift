import Wire

/// Everything under way on one route; lives on the loop thread only.
protocol Lane: AnyObject {
    var route: Route { get }

    /// Whether anything is under way or waits.
    var isBusy: Bool { get }

    /// Starts it, or lets it wait for a free connection.
    func admit(_ pending: Pending)

    /// Ends it, wherever it stands; nothing when it has ended already.
    func cancel(_ ticket: Ticket)

    func socketReady(_ socket: Int32, _ readiness: Readiness)

    /// Does what is due, and says in how many milliseconds it wants its next turn; nil when never by itself.
    func turn(at now: Int64) -> Int32?

    /// Answers all as cancelled and closes every connection.
    func close()
}
