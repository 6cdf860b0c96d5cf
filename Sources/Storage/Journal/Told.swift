/// Who was told of an announcement that another one ends, as parts of queries.
///
/// Who was removed and added again under the same id is the same person, with several numbers. A delivery to a shared
/// address stands where the one does that carries the copy. What may have arrived counts as told:
/// who perhaps heard that something broke has to hear that it works again.
enum Told {
    /// Whether a delivery, which may have a leader, was handed over, perhaps was, or may be in this moment.
    static func perhaps(_ delivery: String, leader: String) -> String {
        """
        (coalesce(\(leader).state, \(delivery).state) IN ('accepted', 'delivered', 'unknown', 'sending')
          OR coalesce(\(leader).state, \(delivery).state) = 'queued'
            AND coalesce(\(leader).in_doubt, \(delivery).in_doubt) > 0
          OR (coalesce(\(leader).state, \(delivery).state) = 'queued' OR \(delivery).stranded = 1)
            AND \(Original.mayHaveSent(delivery, leader: leader)))
        """
    }

    /// Whether a delivery, which may have a leader, was handed over for sure.
    static func surely(_ delivery: String, leader: String) -> String {
        "coalesce(\(leader).state, \(delivery).state) IN ('accepted', 'delivered')"
    }

    /// Whether whoever the delivery `d` is for was told, or may be, of `announcement` over `channel`.
    static func over(_ channel: String, of announcement: String) -> String {
        any(
            of: announcement, over: channel,
            where: """
                (n.channel = \(channel) AND \(perhaps("n", leader: "l")) OR \(Original.mayHaveGoneOn("n", leader: "l")))
                """)
    }

    /// Whether whoever the delivery `d` is for was surely told of `announcement` over `channel`.
    static func surelyOver(_ channel: String, of announcement: String) -> String {
        any(of: announcement, over: channel, where: "n.channel = \(channel) AND \(surely("n", leader: "l"))")
    }

    /// Whether whoever the delivery `d` is for is being told of `announcement` in this moment: a person over any channel,
    /// a public place over its own.
    static func now(of announcement: String) -> String {
        any(of: announcement, over: "d.channel", where: "coalesce(l.state, n.state) = 'sending'")
    }

    // People and places apart: each has an index of its own.
    private static func any(
        of announcement: String, over channel: String, where condition: String
    ) -> String {
        let numbers = """
            SELECT d.contact UNION ALL
            SELECT r.seq FROM contacts k JOIN removed_contacts r ON r.id = k.id WHERE k.seq = d.contact
            """
        let from = "SELECT 1 FROM deliveries n LEFT JOIN deliveries l ON l.id = n.leader"
        return """
            (EXISTS (\(from) WHERE n.announcement = \(announcement) AND n.contact IN (\(numbers)) AND \(condition))
              OR d.contact IS NULL AND EXISTS (
                \(from) WHERE n.announcement = \(announcement) AND n.contact IS NULL AND n.channel = \(channel)
                AND \(condition)))
            """
    }

    /// The id of the announcement that has ended the one numbered `seq`, or NULL.
    ///
    /// One that was itself cancelled ends nothing any more: another may take its place.
    static func closer(of seq: String) -> String {
        """
        (SELECT id FROM announcements WHERE closes = \(seq) AND state NOT IN ('planning', 'cancelled')
          ORDER BY announcements.seq DESC LIMIT 1)
        """
    }
}
