internal import Broadcast
internal import Foundation

/// The rows an import did not take, in a file of mode 0600 that can be mended and imported again.
///
/// It is the list over again, with its own names of columns and its delimiter, as UTF-8 with a mark, so that the
/// spreadsheet that wrote the list opens this one too; behind each row stands why it was not taken, and under which id
/// another row was taken in its place. The files of earlier imports, which somebody may be mending, are left alone.
struct RejectedRows {
    private(set) var path: String
    private let earlier: String?
    /// Whether the file at ``path`` is this import's, and not that of an earlier one.
    private var isOwn = true
    private let handle: FileHandle
    private let delimiter: UInt8
    private let width: Int
    /// The columns that an earlier import wrote.
    private let written: Set<Int>
    /// The one of them that says which id a row may not keep.
    private let idColumn: Int?
    private var buffer: [UInt8] = ListEncoding.utf8.mark

    /// Of the list at `path`: the first name that is free, and the last before it, which an earlier import left.
    static func paths(for path: String) -> (free: String, earlier: String?) {
        let stem = (path.lowercased().hasSuffix(".csv") ? String(path.dropLast(4)) : path) + ".rejected"
        var (free, earlier) = (stem + ".csv", String?.none)
        var number = 1
        while FileManager.default.fileExists(atPath: free) {
            number += 1
            (free, earlier) = ("\(stem)-\(number).csv", free)
        }
        return (free, earlier)
    }

    /// Makes the file for the rows of `list`.
    init(of list: String, header: [String], delimiter: ListDelimiter) throws(ContactListError) {
        let (path, earlier) = Self.paths(for: list)
        guard PrivateFile.create(path), let handle = FileHandle(forWritingAtPath: path) else {
            throw ContactListError(.unwritable, path, "cannot be made; check the mode of its directory")
        }
        self.path = path
        self.earlier = earlier
        self.handle = handle
        self.delimiter = delimiter.byte
        width = header.count
        let columns = { (field: ContactField) in
            header.indices.filter { (try? ContactField(column: header[$0])) == field }
        }
        written = Set(columns(.rejectedReason) + columns(.rejectedID))
        idColumn = columns(.rejectedID).first
        for (index, name) in header.enumerated() { add(ArraySlice(Array(name.utf8)), at: index) }
        CSVText.append(ContactField.rejectedReason.name, to: &buffer)
        buffer.append(delimiter.byte)
        CSVText.append(ContactField.rejectedID.name, to: &buffer)
        buffer.append(0x0A)
    }

    /// The fields as they were, why they were not taken, and the id if another row was taken with it, now or before.
    mutating func append(_ row: CSVRow, reason: String, takenID: Contact.ID?) throws(ContactListError) {
        // A row that is too short is filled up, so that the reason stands in its own column.
        for index in 0..<max(row.count, width) { add(index < row.count ? row[index] : [], at: index) }
        CSVText.append(reason, to: &buffer)
        buffer.append(delimiter)
        if let takenID {
            CSVText.append(takenID.rawValue, to: &buffer)
        } else if let idColumn, idColumn < row.count {
            CSVText.append(cell: row[idColumn], to: &buffer)
        }
        buffer.append(0x0A)
        if buffer.count > 65_536 { try flush() }
    }

    /// Writes what is still in memory; a file that says what the one before it says is not kept twice.
    mutating func close() throws(ContactListError) {
        try flush()
        try? handle.close()  // everything has been written; a failing close loses nothing
        guard let earlier, FileManager.default.contentsEqual(atPath: path, andPath: earlier) else { return }
        discard()
        path = earlier
        isOwn = false
    }

    /// Removes the file.
    func discard() {
        guard isOwn else { return }
        try? FileManager.default.removeItem(atPath: path)  // at worst a file of rejected rows stays behind
    }

    private mutating func add(_ field: ArraySlice<UInt8>, at index: Int) {
        guard !written.contains(index) else { return }
        CSVText.append(cell: field, to: &buffer)
        buffer.append(delimiter)
    }

    private mutating func flush() throws(ContactListError) {
        do {
            try handle.write(contentsOf: Data(buffer))
        } catch {
            throw ContactListError(.unwritable, path, "cannot be written; is the disk full?")
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
