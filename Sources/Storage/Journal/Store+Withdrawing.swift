public import Broadcast
public import Foundation

extension Store {
    /// Takes back an announcement that this store handle offered or planned, as if it had never been offered.
    ///
    /// False when there is nothing of ours to take back: its planning is over, or another process has it by now.
    /// - Throws: a ``StoreError`` when it could not be written.
    @discardableResult
    public func withdraw(_ id: Announcement.ID) throws(StoreError) -> Bool {
        guard let seq = try planned(id), let pass = ownPasses[seq] else { return false }
        return try withdraw(id, seq, after: pass)
    }

    /// Takes back an announcement that is still being planned, whoever plans it: who does finds it gone.
    ///
    /// False when there is none: its planning is over, or somebody has taken it back already.
    /// - Throws: a ``StoreError`` when it could not be written.
    public func takeBack(_ id: Announcement.ID) throws(StoreError) -> Bool {
        guard let seq = try planned(id) else { return false }
        return try withdraw(id, seq, after: nil)
    }

    /// What was never confirmed for so long was left by a process that is gone.
    public static let abandonment = Duration.seconds(86_400)

    /// Takes back what was never confirmed and is older than `moment`: whoever planned it is gone.
    ///
    /// - Throws: a ``StoreError`` when it could not be written.
    public func takeBackAbandoned(before moment: Date) throws(StoreError) {
        let abandoned = try connection.rows(
            "SELECT id FROM announcements WHERE state = 'planning' AND created_at < :moment",
            ["moment": .time(moment)]
        ) { (row: borrowing Row) throws(StoreError) in Announcement.ID(valid: row.text(0)) }
        for id in abandoned { _ = try takeBack(id) }
    }

    /// How an announcement of that content stands which another process plans, or has planned.
    ///
    /// Nil while this store handle was the last to begin, or when something else has taken its id.
    ///
    /// One that the other has just taken back, to offer it anew, counts as planned by it.
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func stateElsewhere(
        _ id: Announcement.ID, digest: String
    ) throws(StoreError) -> AnnouncementState? {
        let row = try connection.first(
            "SELECT seq, planning, state, digest FROM announcements WHERE id = :id",
            ["id": .text(id.rawValue)]
        ) { (row: borrowing Row) throws(StoreError) in
            (
                seq: row.integer(0), pass: row.integer(1), state: AnnouncementState(rawValue: row.text(2)),
                digest: row.text(3)
            )
        }
        if let row, row.digest != digest { return nil }
        if let row, row.state == .planning, row.pass == ownPasses[row.seq] { return nil }
        return row?.state ?? .planning
    }

    private func planned(_ id: Announcement.ID) throws(StoreError) -> Int64? {
        try connection.first(
            "SELECT seq FROM announcements WHERE id = :id AND state = 'planning'",
            ["id": .text(id.rawValue)]
        ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
    }

    private func withdraw(
        _ id: Announcement.ID, _ seq: Int64, after last: Int64?
    ) throws(StoreError) -> Bool {
        do throws(StoreError) {
            let run = try beginPlanning(id, after: last)
            try connection.write { () throws(StoreError) in
                try requirePass(of: run)
                for table in ["announcement_channels", "tallies"] {
                    try connection.execute(
                        "DELETE FROM \(table) WHERE announcement = :seq", ["seq": .integer(seq)])
                }
                try connection.execute(
                    "DELETE FROM announcements WHERE seq = :seq", ["seq": .integer(seq)])
            }
            return true
        } catch {
            // Another process was faster: it has the say now.
            guard error.code == .wrongState || error.code == .notFound else { throw error }
            return false
        }
    }
}
