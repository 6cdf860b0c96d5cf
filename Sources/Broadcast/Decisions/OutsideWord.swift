public import Foundation

/// What a status page, or the reply to a probe URL, last said of a company or of something channels depend on.
///
/// A reading that says nothing (nobody answers: our own line may be cut) leaves the word as it is; a word that is not
/// renewed loses its force, so that old news never holds an announcement back.
public struct OutsideWord: Sendable, Hashable {
    /// What may be said.
    public enum Word: String, Sendable, Codable, CaseIterable {
        case well
        /// Shown, and warned of; nothing is held back.
        case degraded
        /// Holds its channels for down, as a mark does.
        case down
    }

    /// Of whom it is said, as configured.
    public var company: String
    /// Who says so: the host that was asked.
    public var source: String
    /// What was said last; nil while nothing ever was.
    public var word: Word?
    /// The reason given, or what was answered.
    public var why: String
    /// Since when the same is said.
    public var since: Date
    /// When it was said last.
    public var saidAt: Date
    /// Until when it counts unless it is renewed.
    public var until: Date
    /// When it was last asked, answered or not.
    public var readAt: Date
    /// Why the last reading said nothing, or not all; empty when it did.
    public var trouble: String

    /// A word, as it was kept.
    public init(
        of company: String, from source: String, _ word: Word?, why: String, since: Date, saidAt: Date,
        until: Date, readAt: Date, trouble: String
    ) {
        self.company = company
        self.source = source
        self.word = word
        self.why = why
        self.since = since
        self.saidAt = saidAt
        self.until = until
        self.readAt = readAt
        self.trouble = trouble
    }

    /// How far ahead of ours a clock may have been that dated a word: one dated later was written before a clock was set.
    private static let slack: TimeInterval = 60

    /// The word that counts at `date`; nil when none was said lately enough.
    public func standing(at date: Date) -> Word? {
        date < until && saidAt < date + Self.slack ? word : nil
    }

    /// Whether it speaks of this channel, or of what it depends on.
    public func covers(_ facts: ChannelFacts) -> Bool { facts.stands(on: company) }

    /// The mark on a channel that it amounts to at `date`; nil unless it is of down, and counts.
    public func mark(on facts: ChannelFacts, at date: Date) -> Mark? {
        guard covers(facts), standing(at: date) == .down else { return nil }
        let scope: Mark.Scope = facts.isRun(by: company) ? .company : .depends
        var mark = Mark(scope, company, why: why, who: source, since: since, until: until)
        mark.origin = .outside
        return mark
    }

    /// Whether it is time to ask again, or has been for so long.
    public func isOld(at date: Date, _ rhythm: OutsideRhythm, late: Duration = .zero) -> Bool {
        date >= readAt.adding(pause(rhythm) + late) || readAt > date + Self.slack
    }

    /// How long after the last reading the next is due: nobody waits long to hear that it is well again.
    ///
    /// What was said last decides, whether or not it still counts: an outage that nobody could renew may go on.
    public func pause(_ rhythm: OutsideRhythm) -> Duration {
        word == nil || word == .well ? rhythm.every : rhythm.whileIll
    }
}

/// How often outside word is asked for, and how fast it is believed.
public struct OutsideRhythm: Sendable, Hashable {
    /// No word loses its force sooner.
    private static let leastForce = Duration.seconds(600)
    /// No word keeps its force longer: an outage may be over.
    private static let mostForce = Duration.seconds(1800)
    /// How long at most a word that is not well goes unasked.
    private static let mostWhileIll = Duration.seconds(60)

    /// How long after one reading the next is due, while all is well.
    public var every: Duration
    /// Whether it takes a second bad reading to say down: the reply of a machine may be a blip, a page is a person's word.
    public var doubts: Bool

    /// A rhythm.
    public init(every: Duration, doubts: Bool) {
        self.every = every
        self.doubts = doubts
    }

    /// How long after a reading the next is due while not all is well.
    var whileIll: Duration { min(every, Self.mostWhileIll) }

    /// How long a word counts that is not renewed: five readings, from ten minutes to half an hour.
    public var force: Duration { min(max(every * 5, Self.leastForce), Self.mostForce) }
}

/// What one reading of a status page or probe URL brought.
public struct OutsideReading: Sendable, Hashable {
    /// What it says; nil when it says nothing.
    public var word: OutsideWord.Word?
    /// The reason given, or what was answered; without control characters.
    public var why: String
    /// Why it says nothing, or not all; empty when it does.
    public var trouble: String

    /// A reading.
    public init(_ word: OutsideWord.Word?, why: String = "", trouble: String = "") {
        self.word = word
        self.why = why
        self.trouble = trouble
    }

    /// What is known after it, when `before` was known; nil stands for nothing.
    public func heard(
        of company: String, from source: String, after before: OutsideWord?, _ rhythm: OutsideRhythm,
        at now: Date
    ) -> OutsideWord {
        let before = before.flatMap { $0.source == source ? $0 : nil }
        var heard =
            before
            ?? OutsideWord(
                of: company, from: source, nil, why: "", since: now, saidAt: now, until: now, readAt: now,
                trouble: "")
        heard.company = company
        heard.readAt = now
        heard.trouble = trouble
        guard word != nil else { return heard }
        let believed = believed(after: before, rhythm, at: now)
        // What is suspected first and then believed is one outage, since the suspicion.
        let isSame = believed == before?.standing(at: now) || (rhythm.doubts && believed == .down)
        if !isSame { heard.since = now }
        let isSuspected = word == .down && believed != .down
        (heard.word, heard.why) = (believed, why + (isSuspected ? ", once so far: down if it stays so" : ""))
        (heard.saidAt, heard.until) = (now, now.adding(rhythm.force))
        return heard
    }

    /// A first bad reply is only a suspicion; readings of two processes within a moment are one.
    private func believed(
        after before: OutsideWord?, _ rhythm: OutsideRhythm, at now: Date
    ) -> OutsideWord.Word? {
        guard word == .down, rhythm.doubts else { return word }
        switch before?.standing(at: now) {
        case .down: return .down
        case .degraded:
            let length = before.map { now.timeIntervalSince($0.since) } ?? 0
            return length >= rhythm.whileIll.inSeconds / 2 ? .down : .degraded
        case .well, nil: return .degraded
        }
    }
}
