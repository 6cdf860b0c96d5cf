public import Broadcast
public import Foundation

/// A rest that a channel's provider asked for, as a dispatcher writes it down.
public struct ProviderPause: Sendable, Hashable {
    /// By the wall clock; counts across a start of the machine.
    public var rest: ProviderRest
    /// When it is over, by the clock that nobody sets; counts until the machine is started again.
    public var end: BootTime

    /// A rest that is over at `end`.
    public init(_ rest: ProviderRest, end: BootTime) {
        self.rest = rest
        self.end = end
    }

    /// The uptime at which it is over, at most ``ProviderRest/longest`` from `now`.
    public func end(at now: Moment, boot: String) -> Duration {
        if end.isSinceSameStart(as: boot) { return min(end.uptime, now.uptime + ProviderRest.longest) }
        let left = Duration.seconds(rest.until.timeIntervalSince(now.wall))
        return now.uptime + min(max(left, .zero), ProviderRest.longest)
    }

    /// The same by the wall clock as it is set at `now`; nil when it is over.
    func standing(at now: Moment, boot: String) -> ProviderPause? {
        let end = end(at: now, boot: boot)
        guard end > now.uptime else { return nil }
        var rest = rest
        (rest.since, rest.until) = (now.date(at: end - rest.length), now.date(at: end))
        return ProviderPause(rest, end: BootTime(boot: boot, uptime: end))
    }
}

/// What a dispatcher's own evidence last said of a channel.
public struct HealthNote: Sendable, Hashable {
    /// The channel's name.
    public var channel: String
    /// A stable word, such as `up`, `tripped` or `probing`.
    public var state: String
    /// Since when.
    public var since: Date
    /// When it is tried again; nil when it is up.
    public var until: Date?
    /// The last fault; nil when it is up.
    public var fault: Fault?
    /// What it has lately suffered from, the latest first.
    public var faults: [FaultHistory.Entry]
    /// Set while its provider has asked for a rest.
    public var pause: ProviderPause?

    /// A note on `channel`.
    public init(
        channel: String, state: String, since: Date, until: Date? = nil, fault: Fault? = nil,
        faults: [FaultHistory.Entry] = [], pause: ProviderPause? = nil
    ) {
        self.channel = channel
        self.state = state
        self.since = since
        self.until = until
        self.fault = fault
        self.faults = faults
        self.pause = pause
    }

    /// Whether the channel can be used.
    public var isUp: Bool { state == HealthView.State.up.rawValue }

    /// Why it is down, for people; empty when it is up.
    public var why: String { fault.map { "\($0.code.rawValue): \($0.detail)" } ?? "" }

    /// The rest that its provider asked for; it may be over: see ``Store/healthNotes(at:boot:)``.
    public var rest: ProviderRest? { pause?.rest }

    /// What keeps the channel of `facts` from sending; whoever sends has known of it since `knownSince`, or all the time.
    public func standstill(of facts: ChannelFacts, knownSince: Date? = nil) -> Standstill {
        let rest = rest.flatMap { $0.concerns(facts) ? $0 : nil }
        return Standstill(outage: isUp ? nil : Outage(since: since, knownSince: knownSince), rest: rest)
    }

    /// Whether nothing but a daily limit keeps it from sending.
    public var isOnlyUsedUp: Bool { isUp && rest?.origin == .perDay }
}

extension Store {
    /// Marks something as down, or as up; an earlier mark of the same name is replaced.
    ///
    /// - Throws: a ``StoreError`` when it could not be written.
    public func mark(_ mark: Mark) throws(StoreError) {
        try connection.execute(
            """
            INSERT INTO marks(scope, name, word, why, who, since, until)
            VALUES (:scope, :name, :word, :why, :who, :since, :until)
            ON CONFLICT(scope, name) DO UPDATE SET word = excluded.word, why = excluded.why, who = excluded.who,
              since = excluded.since, until = excluded.until
            """,
            [
                "scope": .text(mark.scope.rawValue), "name": .text(mark.name),
                "word": .text(mark.word.rawValue), "why": .text(mark.why),
                "who": .text(mark.who), "since": .time(mark.since), "until": .time(orNull: mark.until),
            ])
    }

    /// Lifts a mark; false when there was none.
    ///
    /// - Throws: a ``StoreError`` when it could not be written.
    public func unmark(_ scope: Mark.Scope, _ name: String) throws(StoreError) -> Bool {
        try connection.execute(
            "DELETE FROM marks WHERE scope = :scope AND name = :name",
            ["scope": .text(scope.rawValue), "name": .text(name)]) == 1
    }

    /// The marks of either word that hold at `now`, by scope and name.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func marks(at now: Date) throws(StoreError) -> [Mark] {
        try connection.rows(
            """
            SELECT scope, name, word, why, who, since, until FROM marks
            WHERE until IS NULL OR until > :now ORDER BY scope, name
            """, ["now": .time(now)]
        ) { (row: borrowing Row) throws(StoreError) in
            Mark(
                Mark.Scope(rawValue: row.text(0)) ?? .channel, row.text(1),
                Mark.Word(rawValue: row.text(2)) ?? .down, why: row.text(3), who: row.text(4),
                since: row.time(5), until: row.optionalTime(6))
        }
    }

    /// Writes down what the dispatcher sees of a channel, for other processes to show and the next one to go on from.
    ///
    /// Nothing is written of a channel between an erasure and ``takeErased(token:)``.
    /// - Throws: ``StoreError/Code/leaseLost`` when `token` is no longer the dispatcher's.
    public func note(_ note: HealthNote, token: Int64) throws(StoreError) {
        try connection.write { () throws(StoreError) in
            try requireLease(token)
            try write(note)
        }
    }

    /// Writes down what a provider has asked for; of what is known besides, nothing is changed.
    func write(pauseOf note: HealthNote) throws(StoreError) { try write(note, pauseOnly: true) }

    private func write(_ note: HealthNote, pauseOnly: Bool = false) throws(StoreError) {
        let rest = """
            state = excluded.state, since = excluded.since, until = excluded.until, code = excluded.code,
            detail = excluded.detail, faults = excluded.faults,
            """
        try connection.execute(
            """
            INSERT INTO health(
              channel, state, since, until, code, detail, faults, rest, rest_since, rest_why, rest_boot, rest_uptime,
              rest_origin)
            VALUES (
              :channel, :state, :since, :until, :code, :detail, :faults, :rest, :restSince, :restWhy, :boot, :uptime,
              :restOrigin)
            ON CONFLICT(channel) DO UPDATE SET \(pauseOnly ? "" : rest)
              rest = excluded.rest, rest_since = excluded.rest_since,
              rest_why = iif(erased = 0 OR excluded.rest IS NULL, excluded.rest_why, ''),
              rest_boot = excluded.rest_boot, rest_uptime = excluded.rest_uptime, rest_origin = excluded.rest_origin
            \(pauseOnly ? "" : "WHERE erased = 0")
            """,
            [
                "channel": .text(note.channel), "state": .text(note.state), "since": .time(note.since),
                "until": .time(orNull: note.until), "code": .text(orNull: note.fault?.code.rawValue),
                "detail": .text(orNull: note.fault?.detail),
                "faults": .text(FaultText.text(of: note.faults)),
                "rest": .time(orNull: note.pause?.rest.until),
                "restSince": .time(orNull: note.pause?.rest.since),
                "restWhy": .text(orNull: note.pause?.rest.why), "boot": .text(orNull: note.pause?.end.boot),
                "uptime": .integer(orNull: note.pause?.end.uptime.milliseconds),
                "restOrigin": .text(orNull: note.pause?.rest.origin.rawValue),
            ])
    }

    /// The same as it stands at `now`, however the wall clock has been set since; a rest that is over is left out.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func healthNotes(at now: Moment, boot: String) throws(StoreError) -> [HealthNote] {
        try healthNotes().map { note in
            var note = note
            note.pause = note.pause?.standing(at: now, boot: boot)
            return note
        }
    }

    /// What the last dispatcher wrote down, by channel.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func healthNotes() throws(StoreError) -> [HealthNote] {
        try connection.rows(
            """
            SELECT channel, state, since, until, code, detail, faults, rest, rest_boot, rest_uptime, rest_since, rest_why,
              rest_origin
            FROM health ORDER BY channel
            """
        ) { (row: borrowing Row) throws(StoreError) in
            HealthNote(
                channel: row.text(0), state: row.text(1), since: row.time(2), until: row.optionalTime(3),
                fault: row.optionalText(4).map { code in
                    Fault(.channel, Fault.Code(rawValue: code), row.text(5))
                }, faults: FaultText.faults(in: row.text(6)),
                pause: row.optionalTime(7).map { until in
                    let end = BootTime(boot: row.text(8), uptime: .milliseconds(row.integer(9)))
                    let rest = ProviderRest(
                        since: row.time(10), until: until, why: row.text(11),
                        origin: ProviderRest.Origin(rawValue: row.text(12)) ?? .asked)
                    return ProviderPause(rest, end: end)
                })
        }
    }
}

/// Faults as one column holds them.
private enum FaultText {
    static func text(of faults: [FaultHistory.Entry]) -> String {
        let bytes = try? JSONEncoder().encode(faults)
        return bytes.map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }

    /// What cannot be read is forgotten: it was only for people to look at.
    static func faults(in text: String) -> [FaultHistory.Entry] {
        (try? JSONDecoder().decode([FaultHistory.Entry].self, from: Data(text.utf8))) ?? []
    }
}
