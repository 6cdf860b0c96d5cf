import Broadcast

/// Reads texts with `{{name}}` in them; names that mean the same for every delivery are filled in at once.
struct FillingReader {
    /// What is filled in per delivery.
    let names: [String: FillingName]
    /// Whether `contact.ANYTHING` names an attribute.
    let allowsAttributes: Bool
    /// What the configuration itself says, such as `from` and `values.account`.
    let constants: [String: String]

    init(
        audience: ChannelTraits.Audience, names: [String: FillingName], constants: [String: String]
    ) {
        self.names = FillingName.names(for: audience).merging(names) { $1 }
        allowsAttributes = audience != .public
        self.constants = constants
    }

    /// The filling that `text` describes.
    ///
    /// - Throws: when a name is unknown, or `{{` is not closed.
    func filling(_ text: String, _ encoding: Filling.Encoding) throws(ValueProblem) -> Filling {
        var filling = Filling()
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            append(rest[..<open.lowerBound], encoding, to: &filling)
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                throw ValueProblem(.malformed, "has {{ without }}", expected: "{{name}}")
            }
            let name = String(rest[open.upperBound..<close.lowerBound]).trimmingBlanks
            try append(name: name, encoding, to: &filling)
            rest = rest[close.upperBound...]
        }
        append(rest, encoding, to: &filling)
        return filling
    }

    /// The JSON text whose string leaves `tree` describes; keys are sorted, and nothing is filled into them.
    func json(_ tree: JSONValue) throws(ValueProblem) -> Filling {
        var filling = Filling()
        try append(tree, to: &filling)
        return filling
    }

    private func append(_ tree: JSONValue, to filling: inout Filling) throws(ValueProblem) {
        switch tree {
        case .null, .bool, .number: filling.append(tree.compact)
        case .string(let text):
            filling.append("\"".utf8)
            filling.append(try self.filling(text, .json))
            filling.append("\"".utf8)
        case .array(let items):
            filling.append("[".utf8)
            for (index, item) in items.enumerated() {
                if index > 0 { filling.append(",".utf8) }
                try append(item, to: &filling)
            }
            filling.append("]".utf8)
        case .object(let members):
            filling.append("{".utf8)
            for (index, key) in members.keys.sorted().enumerated() {
                if index > 0 { filling.append(",".utf8) }
                try Self.check(key: key)
                filling.append(JSONValue.string(key).compact + Array(":".utf8))
                try append(members[key] ?? .null, to: &filling)
            }
            filling.append("}".utf8)
        }
    }

    /// Finds a key that means to be filled in.
    ///
    /// - Throws: when it does.
    static func check(key: String) throws(ValueProblem) {
        guard !key.contains("{{") else {
            throw ValueProblem(
                .unsuitable, "has the key \"\(Excerpt.of(key))\", where nothing is filled in",
                expected: "{{name}} in values only")
        }
    }

    /// What the owner wrote around the names: only JSON, where it is the inside of a string, must be escaped.
    private func append(_ literal: Substring, _ encoding: Filling.Encoding, to filling: inout Filling) {
        var bytes = Array(literal.utf8)
        if encoding == .json {
            bytes = []
            JSONValue.appendEscaped(Array(literal.utf8), to: &bytes)
        } else if encoding == .form {
            bytes = Self.encoded(bytes, .form)
        }
        filling.append(bytes)
    }

    private func append(name: String, _ encoding: Filling.Encoding, to filling: inout Filling)
        throws(ValueProblem)
    {
        if let constant = constants[name] {
            filling.append(Self.encoded(Array(constant.utf8), encoding))
        } else if let known = names[name] {
            filling.append(known, encoding)
        } else if allowsAttributes, name.hasPrefix("contact."), name.utf8.count > "contact.".utf8.count,
            !isSlip(ofField: String(name.dropFirst("contact.".count)))
        {
            filling.append(.contact(String(name.dropFirst("contact.".count))), encoding)
        } else {
            let known = Array(names.keys) + Array(constants.keys)
            throw ValueProblem(
                .unknown, "names {{\(Excerpt.of(name))}}, which nothing here is called",
                expected: known.sorted().joined(separator: ", "), nearest: NearestName.of(name, in: known))
        }
    }

    /// Whether an attribute of that name is rather one of the contact's own fields mistyped; nobody mistypes two letters so
    /// that another word comes of it (`vip` is not `id`).
    private func isSlip(ofField name: String) -> Bool {
        NearestName.of(name, in: FillingName.contactFields.filter { $0.count > 2 }) != nil
    }

    /// Constants have been found free of controls, so that nothing here can fail but an empty URL component.
    private static func encoded(_ value: [UInt8], _ encoding: Filling.Encoding) -> [UInt8] {
        var bytes: [UInt8] = []
        do { try Filling.append(value, encoding, to: &bytes) } catch { return [] }
        return bytes
    }
}

extension String {
    /// Without blanks at either end.
    fileprivate var trimmingBlanks: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
