/// Reads rows of a list into changes of contacts: the one way in for imports, `add` and `set`.
public struct ContactReader: Sendable {
    /// What one cell says before its value is looked at.
    public typealias Cell = ContactChange.Edit<String>

    /// What is wrong with one cell of a row.
    public struct Problem: Error, Sendable, Hashable {
        /// The name of its column.
        public let column: String
        /// The value as given, cut and with its controls spelt out; empty when there is none.
        public let value: String
        /// What is wrong.
        public let problem: ValueProblem

        /// A problem; `value` has gone through ``Excerpt``.
        public init(column: String, value: String, problem: ValueProblem) {
            self.column = column
            self.value = value
            self.problem = problem
        }
    }

    /// A row that has been understood.
    public struct Row: Sendable, Hashable {
        /// What it changes.
        public var change: ContactChange
        /// The columns in which controls became blanks.
        public var cleanedColumns: [String] = []
    }

    /// The columns in their order.
    public let columns: ContactColumns
    private let channels: KnownChannels
    private let region: PhoneRegion?
    private let rejectedID: Int?
    // Lists hold few locales and zones, right or wrong, a million times each.
    private var locales: [String: Result<String, ValueProblem>] = [:]
    private var zones: [String: Result<String, ValueProblem>] = [:]

    /// A reader of rows of these columns; `region` is whose national phone numbers are understood.
    public init(columns: ContactColumns, channels: KnownChannels, region: PhoneRegion? = nil) {
        self.columns = columns
        self.channels = channels
        self.region = region
        rejectedID = columns.fields.firstIndex(of: .rejectedID)
    }

    /// Reads one row, whose cells stand in the order of the columns.
    ///
    /// - Throws: the first thing that is wrong with it.
    public mutating func row(_ cells: [Cell]) throws(Problem) -> Row {
        let id = try id(of: cells)
        try requireOwn(id, in: cells)
        var row = Row(change: ContactChange(id: id))
        for (field, cell) in zip(columns.fields, cells) where cell != .keep && field != .id {
            do throws(ValueProblem) {
                try read(cell, as: field, into: &row)
            } catch {
                if case .set(let text) = cell { throw Self.problem(field, text, error) }
                throw Self.problem(field, "-", error)
            }
        }
        return row
    }

    /// Only the id of a row.
    ///
    /// - Throws: when it has none.
    public func id(of cells: [Cell]) throws(Problem) -> Contact.ID {
        guard let place = columns.fields.firstIndex(of: .id), place < cells.count else {
            throw Self.problem(.id, "", Self.noID)
        }
        return try Self.id(cells[place])
    }

    /// A row that was rejected for its id and has not been mended must not overwrite the one that was taken.
    private func requireOwn(_ id: Contact.ID, in cells: [Cell]) throws(Problem) {
        guard let rejectedID, rejectedID < cells.count, case .set(let text) = cells[rejectedID],
            Contact.ID(parsing: text) == id
        else { return }
        throw Self.problem(
            .id, id.rawValue,
            ValueProblem(
                .conflict, "was taken from another row of the list",
                expected: "an id of its own, or nothing in rejectedID if this row shall change that contact"))
    }

    private static func id(_ cell: Cell) throws(Problem) -> Contact.ID {
        guard case .set(let text) = cell else { throw problem(.id, cell == .clear ? "-" : "", noID) }
        guard !RoundedNumber.matches(FreeText.trimmed(text)) else {
            throw problem(
                .id, text,
                ValueProblem(.malformed, RoundedNumber.reason, expected: RoundedNumber.remedy))
        }
        guard let id = Contact.ID(parsing: text) else {
            throw problem(
                .id, text,
                ValueProblem(.malformed, "cannot be an id", expected: "1 to 200 characters without controls"))
        }
        return id
    }

    private static let noID = ValueProblem(.missing, "has no id", expected: "an id in every row")

    private static func problem(_ field: ContactField, _ value: String, _ problem: ValueProblem) -> Problem {
        Problem(column: field.name, value: Excerpt.of(value), problem: problem)
    }

    private mutating func read(_ cell: Cell, as field: ContactField, into row: inout Row) throws(ValueProblem)
    {
        switch field {
        case .id, .rejectedReason, .rejectedID: return
        case .name: row.change.name = free(cell, field, &row)
        case .consentSource: row.change.consentSource = free(cell, field, &row)
        case .consentDate: row.change.consentDate = free(cell, field, &row)
        case .attribute(let name): row.change.attributes[name] = free(cell, field, &row)
        case .email: row.change.addresses[.email] = try address(cell, .email)
        case .phone: row.change.addresses[.phone] = try address(cell, .phone)
        case .telegram: row.change.addresses[.telegram] = try address(cell, .telegram)
        case .locale: row.change.locale = try locale(cell)
        case .timezone: row.change.timezone = try zone(cell)
        case .tags: row.change.tags = try tags(cell)
        case .prefer: row.change.prefer = try prefer(cell)
        case .consent: row.change.consent = try consent(cell)
        case .suppressed: row.change.suppressions = try suppressions(cell)
        case .unnamed:
            throw ValueProblem(.unsuitable, "stands in a column without a name", expected: "nothing there")
        }
    }

    private func free(_ cell: Cell, _ field: ContactField, _ row: inout Row) -> Cell {
        guard case .set(let text) = cell else { return cell }
        let (cleaned, hadControls) = FreeText.cleaned(text)
        if hadControls { row.cleanedColumns.append(field.name) }
        return cleaned.isEmpty ? .keep : .set(cleaned)
    }

    private func address(_ cell: Cell, _ kind: AddressKind) throws(ValueProblem)
        -> ContactChange.Edit<Address>
    {
        guard case .set(let text) = cell else { return cell == .clear ? .clear : .keep }
        return .set(try Address(kind, parsing: FreeText.trimmed(text), region: region))
    }

    private mutating func locale(_ cell: Cell) throws(ValueProblem) -> Cell {
        guard case .set(let text) = cell else { return cell }
        return .set(
            try Self.remembered(text, in: &locales) { (text) throws(ValueProblem) in
                try LocaleTag.canonical(text)
            })
    }

    private mutating func zone(_ cell: Cell) throws(ValueProblem) -> Cell {
        guard case .set(let text) = cell else { return cell }
        return .set(
            try Self.remembered(text, in: &zones) { (text) throws(ValueProblem) in
                try ZoneName.checked(text)
            })
    }

    private static func remembered(
        _ text: String, in seen: inout [String: Result<String, ValueProblem>],
        _ read: (String) throws(ValueProblem) -> String
    ) throws(ValueProblem) -> String {
        if let seen = seen[text] { return try seen.get() }
        let result: Result<String, ValueProblem>
        do throws(ValueProblem) {
            result = .success(try read(FreeText.trimmed(text)))
        } catch {
            result = .failure(error)
        }
        if seen.count < 1000, text.utf8.count <= 100 { seen[text] = result }
        return try result.get()
    }

    // MARK: Lists

    private static func entries(_ text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: ";")).map { FreeText.trimmed(String(Substring($0))) }
            .filter { !$0.isEmpty }
    }

    private func tags(_ cell: Cell) throws(ValueProblem) -> ContactChange.Edit<[String]> {
        guard case .set(let text) = cell else { return cell == .clear ? .clear : .keep }
        let (cleaned, hadControls) = FreeText.cleaned(text)
        let tags = Self.entries(cleaned)
        guard !hadControls, tags.allSatisfy({ $0.unicodeScalars.count <= 64 }) else {
            throw ValueProblem(
                hadControls ? .character : .length,
                hadControls ? "has a control character" : "has a tag that is too long",
                expected: "tags of at most 64 characters, separated by ;")
        }
        return tags.isEmpty ? .keep : .set(Set(tags).sorted())
    }

    private func prefer(_ cell: Cell) throws(ValueProblem) -> ContactChange.Edit<[ChannelName]> {
        guard case .set(let text) = cell else { return cell == .clear ? .clear : .keep }
        var names: [ChannelName] = []
        for entry in Self.entries(text) {
            _ = try channels.meaning(of: entry)
            let name = ChannelName(valid: entry)
            if !names.contains(name) { names.append(name) }
        }
        return names.isEmpty ? .keep : .set(names)
    }

    private func consent(_ cell: Cell) throws(ValueProblem) -> ContactChange.Edit<Consent> {
        guard case .set(let text) = cell else { return cell == .clear ? .clear : .keep }
        let entries = Self.entries(text)
        guard entries.count != 1 || !["all", "none"].contains(entries[0]) else {
            return .set(entries[0] == "all" ? .all : .none)
        }
        var names: Set<String> = []
        for entry in entries {
            guard entry != "all", entry != "none" else {
                throw ValueProblem(
                    .conflict, "names \(entry) beside others",
                    expected: "all, none, or channels such as email;sms")
            }
            do throws(ValueProblem) {
                switch try channels.meaning(of: entry) {
                case .kind(let kind): names.insert(kind.rawValue)
                case .channel(let name, _): names.insert(name.rawValue)
                }
            } catch {
                throw ConsentWord.problem(entry, error)
            }
        }
        return names.isEmpty ? .keep : .set(.only(names))
    }

    private func suppressions(_ cell: Cell) throws(ValueProblem) -> [SuppressionOrder] {
        guard case .set(let text) = cell else {
            throw ValueProblem(
                .unsuitable, "would lift a suppression, which no list can", expected: "contacts unsuppress")
        }
        var orders: [SuppressionOrder] = []
        for entry in Self.entries(text) { orders.append(try SuppressionOrder(entry, channels: channels)) }
        return orders
    }
}

extension Contact.ID {
    /// Reads an id as a person or a list writes it: composed (NFC), without blanks around it; nil when it is none.
    public init?(parsing text: String) {
        let (cleaned, _) = FreeText.cleaned(FreeText.trimmed(text))
        guard !FreeText.trimmed(text).unicodeScalars.contains(where: \.isControl) else { return nil }
        self.init(rawValue: cleaned)
    }
}
