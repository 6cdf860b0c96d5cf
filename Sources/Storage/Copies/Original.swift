internal import Broadcast

/// What the original of a copy may have sent before the copy took its place, as parts of queries.
///
/// `original_until` says of each announcement until when; what was due by then and has not left the copy was perhaps
/// sent by the original, and whoever perhaps heard that something broke has to hear that it works again.
enum Original {
    /// Until when the original may have sent by the time `:now`, for an UPDATE of `announcements`.
    ///
    /// The clock of the copy's machine may be behind the original's; and what was copied may itself be a copy.
    static let until = """
        max(:now, ifnull(original_until, 0),
          ifnull((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'copied_at'), 0))
        """

    /// Why a delivery ends as unknown that never left a copy, as SQL.
    static let detail = "'not sent from a copy of the store; the original may have sent it'"

    /// Whether the original may have sent the open delivery, which may have a leader.
    ///
    /// Under reach `first` it may have come further than the copy, so that whatever is open of a person counts for whom
    /// anything was due by then.
    static func mayHaveSent(_ delivery: String, leader: String? = nil) -> String {
        exists(
            """
            o.original_until >= CASE WHEN o.reach = 'first' AND \(fact("contact", delivery, leader)) IS NOT NULL THEN (
              \(firstDue(of: delivery, leader))) ELSE \(fact("due", delivery, leader)) END
            """, delivery)
    }

    /// Whether the queued delivery may have been handed over, by an earlier attempt or by the original.
    static func isInDoubt(_ delivery: String) -> String {
        "(\(delivery).in_doubt > 0 OR \(mayHaveSent(delivery)))"
    }

    /// Whether the original may have told whoever a delivery is for on any channel of the announcement, not only on
    /// that of the delivery: under reach `first`, when it stands open in the copy, or ended in doubt there.
    static func mayHaveGoneOn(_ delivery: String, leader: String) -> String {
        let state = "coalesce(\(leader).state, \(delivery).state)"
        let codes = [Fault.Code.copyCancelled, .dispatcherEnded].map { "'\($0.rawValue)'" }
        let wasOpen = """
            \(state) <> 'unknown' OR \(delivery).stranded = 1
              OR \(fact("fault_code", delivery, leader)) IN (\(codes.joined(separator: ", ")))
              OR \(fact("token", delivery, leader)) > o.original_token
            """
        let wasDue = "o.reach = 'first' AND o.original_until >= (\(firstDue(of: delivery, leader)))"
        return """
            (\(delivery).contact IS NOT NULL
              AND (\(state) IN ('queued', 'sending', 'unknown') OR \(delivery).stranded = 1)
              AND \(exists("\(wasDue) AND (\(wasOpen))", delivery)))
            """
    }

    private static func exists(_ condition: String, _ delivery: String) -> String {
        """
        EXISTS (SELECT 1 FROM announcements o
          WHERE o.seq = \(delivery).announcement AND o.original_until IS NOT NULL AND \(condition))
        """
    }

    /// When the first delivery to the person was due.
    private static func firstDue(of delivery: String, _ leader: String?) -> String {
        """
        SELECT min(p.due) FROM deliveries p
        WHERE p.announcement = o.seq AND p.contact = \(fact("contact", delivery, leader)) AND p.state <> 'skipped'
        """
    }

    private static func fact(_ column: String, _ delivery: String, _ leader: String?) -> String {
        leader.map { "coalesce(\($0).\(column), \(delivery).\(column))" } ?? "\(delivery).\(column)"
    }
}
