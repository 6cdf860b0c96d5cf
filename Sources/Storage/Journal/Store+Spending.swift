public import Broadcast
public import Foundation

extension Store {
    /// What an announcement has spent of its bound: what was planned, and what failing over has added since.
    ///
    /// - Throws: ``StoreError/Code/notFound`` when there is no such announcement.
    public func spent(by id: Announcement.ID) throws(StoreError) -> Decimal { try spent(by: try seq(id)) }

    private func spent(by seq: Int64) throws(StoreError) -> Decimal {
        let text = try connection.first(
            "SELECT spent FROM announcements WHERE seq = :seq", ["seq": .integer(seq)]
        ) { (row: borrowing Row) throws(StoreError) in row.text(0) }
        return Decimal(string: text ?? "0", locale: Locale(identifier: "en_US_POSIX")) ?? 0
    }

    /// Adds to what an announcement has spent, within a transaction.
    func spend(_ amount: Decimal, by seq: Int64) throws(StoreError) {
        guard amount != 0 else { return }
        try connection.execute(
            "UPDATE announcements SET spent = :spent WHERE seq = :seq",
            ["spent": .text("\(try spent(by: seq) + amount)"), "seq": .integer(seq)])
    }
}
