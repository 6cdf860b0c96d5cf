extension Lane {
    /// How long an exchange may last before its channel counts as slow.
    static let longestQuick = Duration.seconds(1)

    /// How soon what a channel has on the wire is answered.
    enum Speed {
        /// Nothing is on the wire.
        case idle
        /// Something was answered, and nothing waits long.
        case quick
        /// Nothing was answered yet, but nothing waits long either.
        case unknown
        case slow
    }

    /// What has shown at `uptime` of what went on since the moment given.
    func speed(since moment: Duration, at uptime: Duration) -> Speed {
        guard isBusy else { return .idle }
        let begins = busySince.compactMap(\.self)
        if begins.contains(where: { $0 + Self.longestQuick <= uptime }) { return .slow }
        return lastEnd.map { $0 >= moment } ?? false ? .quick : .unknown
    }
}
