extension ChannelPlan {
    /// Bytes a second of the line that files are reckoned with: 100 Mbit/s, as a small office or server has it.
    private static let lineBytesPerSecond = 12_500_000.0

    /// Whether its files, and not its connections, say how fast it is.
    public var isSlowedByFiles: Bool { perSecond < facts.expectedPerSecond }

    /// Deliveries a second to reckon with, their files included.
    var perSecond: Double {
        guard fileBytes > 0, queued > 0 else { return facts.expectedPerSecond }
        let byFiles = Self.lineBytesPerSecond * Double(queued) / Double(fileBytes)
        return min(facts.expectedPerSecond, byFiles)
    }

    /// How its queued deliveries leave, as far as rate, daily limit and quiet hours tell.
    var streams: [Pace.Stream] { departures.values.flatMap(\.self) }

    /// The same, by how long they are held back: those that may leave sooner leave first.
    var departures: [Duration: [Pace.Stream]] {
        let perSecond = perSecond
        var room =
            day.map { $0.streams(of: queued, perSecond: perSecond) }
            ?? [Pace.Stream(count: queued, perSecond: perSecond)]
        room.reverse()
        var departures: [Duration: [Pace.Stream]] = [:]
        var end = Duration.zero
        for (wait, count) in waiting {
            var left = count
            while left > 0, var stream = room.popLast() {
                let own = min(left, stream.count)
                left -= own
                let start = max(wait, end, stream.start)
                departures[wait, default: []].append(
                    Pace.Stream(count: own, perSecond: perSecond, start: start))
                end = start + .seconds(Double(own) / perSecond)
                stream.count -= own
                stream.start += .seconds(Double(own) / perSecond)
                if stream.count > 0 { room.append(stream) }
            }
        }
        return departures
    }

    /// How many are held back for how long, soonest first.
    private var waiting: [(wait: Duration, count: Int)] {
        let later = (held?.counts ?? [:]).sorted { $0.key < $1.key }.map { (wait: $0.key, count: $0.value) }
        return [(wait: .zero, count: queued - (held?.count ?? 0))] + later
    }
}
