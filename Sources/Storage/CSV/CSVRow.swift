/// One record of a list, without its quotes; made once and filled again for each record.
struct CSVRow {
    /// The first of its lines, from 1.
    private(set) var line = 0
    /// Why it cannot be taken, though the records after it can; nil when nothing is wrong.
    private(set) var problem: String?
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// A field may hold this many bytes.
    static let maxField = 65_536
    /// A record may hold this many fields.
    static let maxFields = 1_000

    /// How many fields it has.
    var count: Int { ends.count }

    /// Whether it says nothing: an empty line, or delimiters alone, which spreadsheets leave below a list.
    var isBlank: Bool { bytes.isEmpty && problem == nil }

    /// The UTF-8 of one field.
    subscript(index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] }

    /// One field as text.
    func text(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }

    mutating func begin(line: Int) {
        self.line = line
        problem = nil
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    /// Adds to the field that is open; false when it is too long, and then nothing was added.
    mutating func append(_ slice: ArraySlice<UInt8>) -> Bool {
        guard bytes.count - (ends.last ?? 0) + slice.count <= Self.maxField else { return false }
        bytes.append(contentsOf: slice)
        return true
    }

    mutating func endField() {
        if ends.count < Self.maxFields {
            ends.append(bytes.count)
        } else {
            bytes.removeSubrange((ends.last ?? 0)...)
            fail("has more than \(Self.maxFields) fields")
        }
    }

    /// Keeps the first thing that is wrong.
    mutating func fail(_ problem: String) { self.problem = self.problem ?? problem }
}
