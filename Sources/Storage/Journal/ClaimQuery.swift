internal import Broadcast
internal import Foundation

/// A running announcement that has something to claim on a channel.
struct ClaimSource {
    var seq: Int64
    var id: Announcement.ID
    var purpose: Purpose
    var reach: Reach
    /// Whether a delivery that ends as unknown leads to the next channel.
    var afterUnknown: AfterUnknown
    /// When it was accepted: its audience was read later.
    var plannedFrom: Date
    /// The kind of address the channel needs; nil when it needs none.
    var kind: AddressKind?
    /// Whether the channel tries again what may have been handed over.
    var retriesUnknown: Bool
    /// The announcement that this one ends, by its number; nil when it ends none.
    var closes: Int64?
    /// Whether this is an adopted copy, whose original may have sent some of it.
    var isCopied: Bool

    /// Ordered as they are claimed: by priority, then by due time.
    static let sql = """
        SELECT a.seq, a.id, a.purpose, a.reach, ac.kind, ac.after_unknown, a.created_at,
          ac.repeats IS NULL OR ac.repeats > 0, a.closes, a.original_until IS NOT NULL
        FROM announcements a JOIN announcement_channels ac ON ac.announcement = a.seq AND ac.channel = :channel
        WHERE a.\(Schema.openStates) AND a.state IN ('scheduled', 'running') AND a.due <= :now AND ac.hold IS NULL
          AND EXISTS (
            SELECT 1 FROM deliveries d
            WHERE d.announcement = a.seq AND d.channel = :channel AND d.state = 'queued' AND d.next_at <= :now)
        ORDER BY a.rank, a.due, a.seq
        """

    init(_ row: borrowing Row) {
        seq = row.integer(0)
        id = Announcement.ID(valid: row.text(1))
        purpose = Purpose(rawValue: row.text(2)) ?? .marketing
        reach = Reach(rawValue: row.text(3)) ?? .every
        afterUnknown = AfterUnknown(rawValue: row.text(5)) ?? .stop
        plannedFrom = row.time(6)
        kind = row.optionalText(4).flatMap(AddressKind.init(rawValue:))
        retriesUnknown = row.flag(7)
        closes = row.optionalInteger(8)
        isCopied = row.flag(9)
    }
}

/// A queued row with all that decides whether it may go out.
struct ClaimCandidate {
    var id: Int64
    var attempts: Int
    var due: Date
    var expires: Date
    var firstAttemptAt: Date?
    /// The contact's revision at the first attempt.
    var revision: Int64?
    var movedTo: String?
    /// The contact's number; nil for a public place.
    var contactSeq: Int64?
    /// The contact as it is now; nil for a public place, or when it has been removed.
    var contact: Contact?
    var currentRevision: Int64
    private var updatedAt: Date?
    var isSuppressed: Bool
    /// How many earlier attempts may have been handed over.
    var doubts: Int
    /// Whether the original of an adopted copy may have sent it.
    var originalMayHaveSent: Bool
    /// Whether the contact was told here of what the announcement ends; true when it ends nothing.
    private var isTold: Bool
    /// Whether the contact was told of it anywhere.
    var isToldElsewhere: Bool

    /// The rows of one announcement and channel whose time has come, in order.
    ///
    /// Whoever may just be told of what it `closes` is waited for: nobody hears how it ended before that it began.
    static func sql(of source: ClaimSource) -> String {
        let isClosing = source.closes != nil
        let suppressed =
            source.kind.map { kind in
                """
                EXISTS (
                  SELECT 1 FROM suppressions s WHERE s.key = c.\(kind.rawValue)_key AND s.kind = '\(kind.rawValue)'
                  AND s.proposed = 0 AND (s.extent = 'all' OR :marketing))
                """
            } ?? ":marketing AND 0"
        let told =
            isClosing
            ? "\(Told.over("d.channel", of: ":closes")), \(Told.over("n.channel", of: ":closes"))"
            : ":closes IS NULL, 0"
        return """
            SELECT d.id, d.attempts, d.due, d.expires, d.first_attempt_at, d.revision, d.moved_to, d.contact,
              c.revision, \(suppressed), d.in_doubt, c.updated_at, \(told),
              \(source.isCopied ? Original.mayHaveSent("d") : "0"),
              \(ContactRow.columns(of: "c"))
            FROM deliveries d LEFT JOIN contacts c ON c.seq = d.contact
            WHERE d.announcement = :announcement AND d.channel = :channel AND d.state = 'queued' AND d.next_at <= :now
              \(isClosing ? "AND NOT \(Told.now(of: ":closes"))" : "")
            ORDER BY d.next_at, d.id LIMIT :limit
            """
    }

    init(_ row: borrowing Row) {
        id = row.integer(0)
        attempts = Int(row.integer(1))
        due = row.time(2)
        expires = row.time(3)
        firstAttemptAt = row.optionalTime(4)
        revision = row.optionalInteger(5)
        movedTo = row.optionalText(6)
        contactSeq = row.optionalInteger(7)
        currentRevision = row.integer(8)
        isSuppressed = row.flag(9)
        doubts = Int(row.integer(10))
        updatedAt = row.optionalTime(11)
        isTold = row.flag(12)
        isToldElsewhere = row.flag(13)
        originalMayHaveSent = row.flag(14)
        contact = row.isNull(8) ? nil : ContactRow.contact(row, from: 15)
    }

    /// Whether the contact may be another than when an announcement accepted at `moment` was planned.
    func isChanged(since moment: Date) -> Bool { updatedAt.map { $0 >= moment } ?? false }

    /// What happens to a candidate whose time has come.
    enum Admission: Equatable {
        /// It goes to this address (nil where none is needed).
        case send(Address?)
        case skip(SkipReason)
        case expire
    }

    /// Decides for `channel` at `now`: what was said since planning wins over the plan.
    func admission(for source: ClaimSource, over channel: ChannelName, now: Date) -> Admission {
        guard isTold else { return .skip(.notTold) }
        guard contactSeq != nil else { return expires <= now ? .expire : .send(nil) }
        // A removed contact has no address any more.
        guard let contact else { return .skip(.noAddress) }
        if isSuppressed { return .skip(.suppressed) }
        if source.purpose == .marketing, !contact.consent.allows(channel, kind: source.kind) {
            return .skip(.noConsent)
        }
        guard expires > now else { return .expire }
        guard let kind = source.kind else { return .send(nil) }
        guard let address = contact.addresses[kind] else { return .skip(.noAddress) }
        return .send(movedTo.flatMap { Address(kind, canonical: $0) } ?? address)
    }
}
