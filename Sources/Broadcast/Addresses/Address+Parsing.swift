extension Address {
    /// Wraps text that has just been made canonical.
    init(valid kind: AddressKind, _ canonical: String) {
        self.kind = kind
        self.value = canonical
    }

    /// Reads what a person wrote as an address of `kind`; `region` is whose national phone numbers are understood.
    ///
    /// - Throws: what is wrong with it.
    public init(_ kind: AddressKind, parsing text: String, region: PhoneRegion? = nil) throws(ValueProblem) {
        switch kind {
        case .email: try self.init(email: text)
        case .phone: try self.init(phone: text, region: region)
        case .telegram: try self.init(telegram: text)
        }
    }

    /// The address as its owner writes it: an international domain in its own letters.
    public var display: String {
        guard kind == .email, let at = value.lastIndex(of: "@") else { return value }
        return value[...at] + DomainName.unicode(String(value[value.index(after: at)...]))
    }

    /// The text under which two spellings of one address are one: mailboxes that differ only in capitals.
    ///
    /// RFC 5321 lets a server tell `Anna@` from `anna@`, and none worth the name does: an opt-out must hold for both.
    public var folded: String { kind == .email ? value.lowercased() : value }
}
