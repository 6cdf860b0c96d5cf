/// Reads the records of a list one by one (RFC 4180, and what spreadsheets make of it), in memory of one chunk.
///
/// Lines end with CRLF, LF or CR. A quote inside an unquoted field is an ordinary character.
struct CSVReader {
    private let file: ListFile
    private var decoder: TextDecoder
    private var chunk: [UInt8] = []
    private var position = 0
    private var line = 1
    private var skipsLineFeed = false
    private var chunkHasNUL = false
    private(set) var rows = 0
    /// How the characters stand in the bytes.
    let encoding: ListEncoding
    /// What stands between its fields.
    private(set) var delimiter = ListDelimiter.comma {
        didSet { delimiterByte = delimiter.byte }
    }
    private var delimiterByte = ListDelimiter.comma.byte

    /// More records than this are refused.
    static let maxRows = 10_000_000

    private enum Ending { case field, record, file }
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    /// Looks through `file` for its encoding, and at its first line for the delimiter.
    init(_ file: ListFile) throws(ContactListError) {
        self.file = file
        try file.rewind()
        var survey = EncodingSurvey()
        while !survey.isDecided {
            let bytes = try file.next()
            if bytes.isEmpty { break }
            if let problem = survey.isFirst ? ForeignFile.problem(bytes) : nil {
                throw ContactListError(.malformed, file.path, problem)
            }
            survey.take(bytes)
        }
        try file.rewind()
        encoding = survey.encoding
        decoder = TextDecoder(survey.encoding)
        guard try refill() else {
            throw ContactListError(.malformed, file.path, "is empty; a list begins with its columns")
        }
        takeDelimiter()
    }

    /// Fills `row` with the next record that says anything; false at the end.
    mutating func next(_ row: inout CSVRow) throws(ContactListError) -> Bool {
        repeat {
            guard try peek() != nil else { return false }
            row.begin(line: line)
            while case .field = try field(&row) { row.endField() }
            row.endField()
        } while row.isBlank
        rows += 1
        guard rows <= Self.maxRows else { throw failure("has more than \(Self.maxRows) rows; split it") }
        return true
    }

    /// Lets `look` read on; afterwards this reader stands where it stood.
    func lookingAhead<Seen>(
        _ look: (inout CSVReader) throws(ContactListError) -> Seen
    ) throws(ContactListError) -> Seen {
        let offset = try file.offset()
        var ahead = self
        let seen = try look(&ahead)
        try file.seek(to: offset)
        return seen
    }

    /// Which part of the file has been read, 0 to 1.
    var part: Double { file.part }

    // MARK: Fields

    private mutating func field(_ row: inout CSVRow) throws(ContactListError) -> Ending {
        guard let first = try peek() else { return .file }
        return first == Self.quote ? try quotedField(&row) : try plainField(&row)
    }

    private mutating func plainField(_ row: inout CSVRow) throws(ContactListError) -> Ending {
        repeat {
            let start = position
            while position < chunk.count, !endsPlainField(chunk[position]) { position += 1 }
            if !add(start..<position, to: &row) {
                row.fail("has a field longer than \(CSVRow.maxField) bytes")
            }
            if position < chunk.count { return takeEnding() }
        } while try refill()
        return .file
    }

    private func endsPlainField(_ byte: UInt8) -> Bool {
        byte == delimiterByte || byte == Self.lineFeed || byte == Self.carriageReturn
    }

    private mutating func takeEnding() -> Ending {
        let byte = chunk[position]
        position += 1
        guard byte != delimiterByte else { return .field }
        line += 1
        skipsLineFeed = byte == Self.carriageReturn
        return .record
    }

    private mutating func quotedField(_ row: inout CSVRow) throws(ContactListError) -> Ending {
        let opening = line
        position += 1
        while true {
            try takeQuoted(&row, opening: opening)
            guard let byte = try peek() else { return .file }
            if byte == Self.quote {
                if !add(position..<(position + 1), to: &row) { throw tooLong(opening) }
                position += 1
            } else if endsPlainField(byte) {
                return takeEnding()
            } else {
                row.fail("has text after a closing quote; a quote inside quotes is doubled")
                return try plainField(&row)
            }
        }
    }

    /// Takes what stands before the next quote, and the quote.
    private mutating func takeQuoted(_ row: inout CSVRow, opening: Int) throws(ContactListError) {
        var isAfterReturn = false
        repeat {
            let start = position
            while position < chunk.count, chunk[position] != Self.quote {
                let byte = chunk[position]
                if byte == Self.carriageReturn || (byte == Self.lineFeed && !isAfterReturn) { line += 1 }
                isAfterReturn = byte == Self.carriageReturn
                position += 1
            }
            guard add(start..<position, to: &row) else { throw tooLong(opening) }
            if position < chunk.count {
                position += 1
                return
            }
        } while try refill()
        throw ContactListError(.malformed, file.path, line: opening, "the quote opened here is never closed")
    }

    private func tooLong(_ opening: Int) -> ContactListError {
        ContactListError(
            .malformed, file.path, line: opening,
            "a field in quotes is longer than \(CSVRow.maxField) bytes; is the quote opened here never closed?"
        )
    }

    private func add(_ range: Range<Int>, to row: inout CSVRow) -> Bool {
        if chunkHasNUL, chunk[range].contains(0) { row.fail("holds a NUL character") }
        return row.append(chunk[range])
    }

    // MARK: Bytes

    private mutating func peek() throws(ContactListError) -> UInt8? {
        if position == chunk.count, try !refill() { return nil }
        if skipsLineFeed {
            skipsLineFeed = false
            if chunk[position] == Self.lineFeed {
                position += 1
                return try peek()
            }
        }
        return chunk[position]
    }

    private mutating func refill() throws(ContactListError) -> Bool {
        repeat {
            if let problem = decoder.problem { throw failure(problem) }
            let bytes = try file.next()
            chunk = decoder.decode(bytes)
            position = 0
            if bytes.isEmpty, chunk.isEmpty {
                if let problem = decoder.problem { throw failure(problem) }
                return false
            }
        } while chunk.isEmpty
        chunkHasNUL = chunk.contains(0)
        return true
    }

    private func failure(_ message: String) -> ContactListError {
        ContactListError(.malformed, file.path, line: line, message)
    }

    // MARK: Delimiter

    /// Spreadsheets may say it in a first line `sep=;`.
    private mutating func takeDelimiter() {
        let first = Array(chunk.prefix { $0 != Self.lineFeed && $0 != Self.carriageReturn })
        if first.count == 5, String(decoding: first.prefix(4), as: UTF8.self).lowercased() == "sep=",
            let named = ListDelimiter(first[4])
        {
            delimiter = named
            position = min(6, chunk.count)
            skipsLineFeed = chunk.count > 5 && chunk[5] == Self.carriageReturn
            line += 1
        } else {
            delimiter = ListDelimiter(firstLine: chunk)
        }
    }
}
