internal import Broadcast
internal import Foundation

/// The rows an import did not take, in a file of mode 0600 that can be mended and imported again.
///
/// It is the list over again, with its own names of columns and its delimiter, as UTF-8 with a mark, so that the
/// spreadsheet that wrote the list opens this one too; behind each row stands why it was not taken.
struct RejectedRows {
    let path: String
    private let handle: FileHandle
    private let delimiter: UInt8
    private let width: Int
    /// The columns that hold the reasons of an earlier import.
    private let reasons: Set<Int>
    private var buffer: [UInt8] = ListEncoding.utf8.mark

    /// Makes the file anew.
    init(path: String, header: [String], delimiter: ListDelimiter) throws(ContactListError) {
        if FileManager.default.fileExists(atPath: path) {
            do {
                try FileManager.default.removeItem(atPath: path)
            } catch {
                throw ContactListError(
                    .unwritable, path, "the rejected rows of an earlier import cannot be replaced")
            }
        }
        guard PrivateFile.create(path), let handle = FileHandle(forWritingAtPath: path) else {
            throw ContactListError(.unwritable, path, "cannot be made; check the mode of its directory")
        }
        self.path = path
        self.handle = handle
        self.delimiter = delimiter.byte
        width = header.count
        reasons = Set(header.indices.filter { (try? ContactField(column: header[$0])) == .rejectedReason })
        for (index, name) in header.enumerated() { add(ArraySlice(Array(name.utf8)), at: index) }
        end(with: ContactField.rejectedReason.name)
    }

    /// The fields as they were, and why they were not taken.
    mutating func append(_ row: CSVRow, reason: String) throws(ContactListError) {
        // A row that is too short is filled up, so that the reason stands in its own column.
        for index in 0..<max(row.count, width) { add(index < row.count ? row[index] : [], at: index) }
        end(with: reason)
        if buffer.count > 65_536 { try flush() }
    }

    /// Writes what is still in memory.
    mutating func close() throws(ContactListError) {
        try flush()
        try? handle.close()  // everything has been written; a failing close loses nothing
    }

    /// Removes the file.
    func discard() {
        try? FileManager.default.removeItem(atPath: path)  // at worst a file of rejected rows stays behind
    }

    private mutating func add(_ field: ArraySlice<UInt8>, at index: Int) {
        guard !reasons.contains(index) else { return }
        CSVText.append(cell: field, to: &buffer)
        buffer.append(delimiter)
    }

    private mutating func end(with reason: String) {
        CSVText.append(reason, to: &buffer)
        buffer.append(0x0A)
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
