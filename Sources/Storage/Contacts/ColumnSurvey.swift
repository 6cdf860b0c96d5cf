internal import Broadcast

/// Looks at the first rows of a list for addresses in its columns, before any row is taken.
struct ColumnSurvey {
    /// So far it looks where a column is mostly empty.
    private static let mostRows = 10_000

    private var samples: [ColumnSample]

    /// The kinds of addresses that columns hold, by their place; `reader` stands behind the first line, and stays there.
    ///
    /// - Throws: when the file cannot be read twice.
    static func kinds(
        of header: [String], in reader: CSVReader, region: PhoneRegion?
    ) throws(ContactListError) -> [Int: AddressKind] {
        try reader.lookingAhead { (ahead) throws(ContactListError) in
            var survey = ColumnSurvey(samples: header.map { ColumnSample(column: $0, region: region) })
            survey.read(&ahead)
            return survey.kinds
        }
    }

    private mutating func read(_ reader: inout CSVReader) {
        var row = CSVRow()
        for _ in 0..<Self.mostRows {
            // What cannot be read is told when it is taken.
            guard (try? reader.next(&row)) == true else { return }
            guard row.problem == nil else { continue }
            for index in samples.indices.prefix(row.count) where !samples[index].isFull && !row[index].isEmpty
            {
                samples[index].take(CSVText.text(row[index]))
            }
            if samples.allSatisfy(\.isFull) { return }
        }
    }

    private var kinds: [Int: AddressKind] {
        let found = samples.enumerated().compactMap { index, sample in sample.kind.map { (index, $0) } }
        return Dictionary(uniqueKeysWithValues: found)
    }
}
