public import Broadcast
public import Foundation

extension Store {
    /// Takes in what one reading of a source brought; the answer is what is known then.
    ///
    /// Whoever reads may write it, dispatcher or not: what was known before is read in the same transaction.
    /// - Throws: a ``StoreError`` when it could not be written.
    public func hear(
        _ reading: OutsideReading, of company: String, from source: String, _ rhythm: OutsideRhythm,
        now: Date
    ) throws(StoreError) -> OutsideWord {
        try connection.write { () throws(StoreError) in
            let before = try outsideWords().first { $0.company == company }
            let heard = reading.heard(of: company, from: source, after: before, rhythm, at: now)
            try write(heard)
            return heard
        }
    }

    private func write(_ word: OutsideWord) throws(StoreError) {
        try connection.execute(
            """
            INSERT INTO outside(company, source, word, why, since, said_at, until, read_at, trouble)
            VALUES (:company, :source, :word, :why, :since, :said_at, :until, :read_at, :trouble)
            ON CONFLICT(company) DO UPDATE SET source = excluded.source, word = excluded.word, why = excluded.why,
              since = excluded.since, said_at = excluded.said_at, until = excluded.until,
              read_at = excluded.read_at, trouble = excluded.trouble
            """,
            [
                "company": .text(word.company), "source": .text(word.source),
                "word": .text(orNull: word.word?.rawValue), "why": .text(word.why),
                "since": .time(word.since), "said_at": .time(word.saidAt), "until": .time(word.until),
                "read_at": .time(word.readAt), "trouble": .text(word.trouble),
            ])
    }

    /// What was heard last of each company, by name, whether it still counts or not.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func outsideWords() throws(StoreError) -> [OutsideWord] {
        try connection.rows(
            """
            SELECT company, source, word, why, since, said_at, until, read_at, trouble FROM outside ORDER BY company
            """
        ) { (row: borrowing Row) throws(StoreError) in
            OutsideWord(
                of: row.text(0), from: row.text(1), row.optionalText(2).flatMap(OutsideWord.Word.init),
                why: row.text(3), since: row.time(4), saidAt: row.time(5), until: row.time(6),
                readAt: row.time(7), trouble: row.text(8))
        }
    }
}
