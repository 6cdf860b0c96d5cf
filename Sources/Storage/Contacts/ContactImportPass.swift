internal import Broadcast
internal import Foundation

/// One reading of a list into the staging tables.
struct ContactImportPass {
    let staging: ContactStaging
    private let order: ContactImport
    private let connection: Connection
    private let source: String
    private var reader: CSVReader
    private var rows: ContactReader
    private var report = ImportReport()
    private var bad = BadRows()
    private var blocks = PhoneBlocks()
    private var rejected: RejectedRows?
    private var header: [String] = []
    private var row = CSVRow()
    private var cells: [ContactReader.Cell] = []
    /// The id of the row, when another row was taken with it.
    private var takenID: Contact.ID?

    /// Rows in one read transaction: short enough that the write-ahead log does not grow for our sake.
    private static let batch = 10_000

    /// Opens the list, finds its columns and empties the staging tables.
    init(_ order: ContactImport, _ store: isolated Store, now: Date) throws(ContactListError) {
        self.order = order
        connection = store.connection
        source = "import " + Excerpt.of(URL(fileURLWithPath: order.path).lastPathComponent)
        reader = try CSVReader(try ListFile(path: order.path))
        guard try reader.next(&row) else {
            throw ContactListError(.malformed, order.path, "is empty; a list begins with its columns")
        }
        if let problem = row.problem { throw ContactListError(.columns, order.path, line: row.line, problem) }
        for index in 0..<row.count { header.append(CSVText.text(row[index])) }
        let contents = try ColumnSurvey.kinds(of: header, in: reader, region: order.region)
        do throws(ContactColumns.Problem) {
            let columns = try ContactColumns(header: header, map: order.map, holding: contents)
            rows = ContactReader(columns: columns, channels: order.channels, region: order.region)
        } catch {
            throw ContactListError(.columns, order.path, line: row.line, error.description)
        }
        do throws(StoreError) {
            staging = try ContactStaging(store, channels: order.channels, now: now)
        } catch {
            throw ContactListError(error, list: order.path)
        }
        report.encoding = reader.encoding.rawValue
        report.delimiter = reader.delimiter.rawValue
        report.attributes = rows.columns.fields.compactMap {
            if case .attribute(let name) = $0 { name } else { nil }
        }
    }

    /// Reads every row; afterwards the staging tables hold what is to be merged.
    mutating func run() throws(ContactListError) -> ImportReport {
        do throws(ContactListError) {
            while try readBatch() { order.whileReading?(report.rows, reader.part) }
            if let error = bad.error { throw error }
            try rejected?.close()
        } catch {
            discardRejected()
            throw error
        }
        report.rejectedPath = rejected?.path
        return report
    }

    /// Takes the file of rejected rows away again, because the import failed.
    func discardRejected() { rejected?.discard() }

    private mutating func readBatch() throws(ContactListError) -> Bool {
        var outcome: Result<Bool, ContactListError> = .success(false)
        do throws(StoreError) {
            try connection.read { () throws(StoreError) in
                do throws(ContactListError) {
                    outcome = .success(try readRows(Self.batch))
                } catch {
                    outcome = .failure(error)
                }
            }
        } catch {
            throw ContactListError(error, list: order.path)
        }
        return try outcome.get()
    }

    private mutating func readRows(_ count: Int) throws(ContactListError) -> Bool {
        for _ in 0..<count {
            guard try reader.next(&row) else { return false }
            report.rows += 1
            do throws(ContactListError) {
                try take()
            } catch {
                guard error.code == .row else { throw error }
                if order.skipsInvalid { try skip(error) } else { bad.take(error) }
                if bad.count == BadRows.most { return false }
            }
        }
        return true
    }

    private mutating func take() throws(ContactListError) {
        takenID = nil
        cells.removeAll(keepingCapacity: true)
        if let problem = row.problem { throw ContactListError(.row, order.path, line: row.line, problem) }
        try readCells()
        let read: ContactReader.Row
        do throws(ContactReader.Problem) {
            read = try rows.row(cells)
        } catch {
            throw ContactListError(error, path: order.path, line: row.line)
        }
        switch try stage(read.change) {
        case .staged(let staged): count(staged, read)
        case .duplicate(let line, let isTaken):
            if isTaken { takenID = read.change.id }
            throw failure(.id, "\(read.change.id)", .conflict, "stands in line \(line) too", "each id once")
        case .noAddress(let kind):
            throw failure(
                .suppressed, kind.rawValue, .conflict, "names an address the contact does not have",
                "a contact with \(kind)")
        }
    }

    /// The cells of the row; fields beyond the last column may only be empty, as spreadsheets leave them.
    private mutating func readCells() throws(ContactListError) {
        let count = rows.columns.fields.count
        let isTooLong = row.count > count && (count..<row.count).contains { !row[$0].isEmpty }
        guard row.count >= count, !isTooLong else {
            let message =
                "has \(row.count) fields where the first line has \(count); is a quote or delimiter missing?"
            throw ContactListError(.row, order.path, line: row.line, message)
        }
        for index in 0..<count { cells.append(CSVText.cell(row[index])) }
    }

    private func stage(_ change: ContactChange) throws(ContactListError) -> ContactStaging.Outcome {
        do throws(StoreError) {
            return try staging.stage(change, line: row.line, source: source)
        } catch {
            throw ContactListError(error, list: order.path)
        }
    }

    private mutating func count(_ staged: ContactStaging.Staged, _ read: ContactReader.Row) {
        switch staged.effect {
        case .adds: report.added += 1
        case .changes, .suppresses: report.changed += 1
        case .none: report.unchanged += 1
        }
        if staged.withdrewConsent { report.consentWithdrawn += 1 }
        for column in read.cleanedColumns {
            report.warn(row.line, "\(column): control characters became a blank")
        }
        if case .set(let phone)? = read.change.addresses[.phone], let doubt = blocks.doubt(about: phone) {
            report.warn(row.line, doubt)
        }
        if staged.contact.addresses.isEmpty { report.warn(row.line, "\(read.change.id) has no address") }
    }

    private func failure(
        _ field: ContactField, _ value: String, _ code: ValueProblem.Code, _ reason: String,
        _ expected: String
    ) -> ContactListError {
        let problem = ValueProblem(code, reason, expected: expected)
        return ContactListError(
            ContactReader.Problem(column: field.name, value: Excerpt.of(value), problem: problem),
            path: order.path, line: row.line)
    }

    private mutating func skip(_ error: ContactListError) throws(ContactListError) {
        if let id = try? rows.id(of: cells) {  // one without an id has no twin
            do throws(StoreError) {
                try staging.reserve(id, line: row.line)
            } catch {
                throw ContactListError(error, list: order.path)
            }
        }
        try reject(error)
    }

    private mutating func reject(_ error: ContactListError) throws(ContactListError) {
        report.reject(error)
        guard !order.isDryRun else { return }
        if rejected == nil {
            rejected = try RejectedRows(of: order.path, header: header, delimiter: reader.delimiter)
        }
        try rejected?.append(row, reason: "line \(row.line): \(error.reason)", takenID: takenID)
    }
}
