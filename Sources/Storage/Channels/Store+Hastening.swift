public import Broadcast
import Foundation

/// A channel that somebody wants used again at once.
public struct Hastened: Sendable, Hashable {
    /// Its name.
    public var channel: String
    /// Whether a rest that its provider asked for ends too.
    public var endsRest: Bool

    /// One that is named `channel`.
    public init(channel: String, endsRest: Bool) {
        self.channel = channel
        self.endsRest = endsRest
    }
}

extension Store {
    /// Asks whoever dispatches to probe a channel that is not up at once; false when it is up as far as is known.
    ///
    /// - Throws: a ``StoreError`` when it could not be written.
    public func hasten(_ channel: ChannelName) throws(StoreError) -> Bool {
        try connection.execute(
            "UPDATE health SET hastened = max(hastened, 1) WHERE channel = :channel AND state <> :up",
            ["channel": .text(channel.rawValue), "up": .text(HealthView.State.up.rawValue)]) == 1
    }

    /// Ends the rest of a channel that its provider asked for, and has it probed at once if it is not up.
    ///
    /// What was put off until then, or less long, is due now. False when the channel does not rest at `now`.
    /// - Throws: a ``StoreError`` when it could not be written.
    public func endRest(of channel: ChannelName, at now: Moment, boot: String) throws(StoreError) -> Bool {
        try connection.write { () throws(StoreError) in
            let name = channel.rawValue
            let notes = try healthNotes()
            guard let pause = notes.first(where: { $0.channel == name })?.pause,
                pause.standing(at: now, boot: boot) != nil
            else { return false }
            // A living dispatcher writes its own view again, and hears of this.
            try connection.execute(
                """
                UPDATE health SET hastened = 2, until = iif(until > :now, :now, until), rest = NULL, rest_since = NULL,
                  rest_why = NULL, rest_boot = NULL, rest_uptime = NULL, rest_origin = NULL
                WHERE channel = :channel
                """, ["channel": .text(name), "now": .time(now.wall)])
            // The journal's times may be a little later than the channel's, and move with the clock if it has been set.
            try connection.execute(
                """
                UPDATE deliveries SET next_at = :since WHERE id IN (
                  SELECT d.id FROM announcements a CROSS JOIN deliveries d
                    ON d.announcement = a.seq AND d.channel = :channel
                  WHERE a.\(Schema.openStates) AND d.state = 'queued' AND d.fault_code IS NOT NULL
                    AND d.next_at > :since AND d.next_at <= :until)
                """,
                [
                    "channel": .text(name), "since": .time(min(now.wall, pause.rest.since)),
                    "until": .time(pause.rest.until + 1),
                ])
            return true
        }
    }

    /// The channels that somebody wants used at once; they are told only once.
    ///
    /// - Throws: ``StoreError/Code/leaseLost`` when `token` is no longer the dispatcher's.
    public func takeHastened(token: Int64) throws(StoreError) -> [Hastened] {
        try take("hastened", token: token).map { Hastened(channel: $0.channel, endsRest: $0.level > 1) }
    }

    /// The channels of which the dispatcher may know things said of a person who has been erased; they are told only once.
    ///
    /// - Throws: ``StoreError/Code/leaseLost`` when `token` is no longer the dispatcher's.
    public func takeErased(token: Int64) throws(StoreError) -> [String] {
        try take("erased", token: token).map(\.channel)
    }

    private func take(
        _ flag: String, token: Int64
    ) throws(StoreError) -> [(channel: String, level: Int64)] {
        let query = "SELECT channel, \(flag) FROM health WHERE \(flag) > 0"
        let entry = { (row: borrowing Row) throws(StoreError) in (channel: row.text(0), level: row.integer(1))
        }
        // Asked at every tick: the write lock is taken only when there is something.
        if try connection.rows(query, [:], entry).isEmpty { return [] }
        return try connection.write { () throws(StoreError) in
            try requireLease(token)
            let channels = try connection.rows(query, [:], entry)
            try connection.execute("UPDATE health SET \(flag) = 0 WHERE \(flag) > 0")
            return channels
        }
    }
}
