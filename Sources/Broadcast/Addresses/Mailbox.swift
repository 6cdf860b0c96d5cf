/// An e-mail address with the name of who it belongs to.
public struct Mailbox: Sendable, Hashable {
    /// Empty when none was given.
    public let name: String
    /// Of kind `email`.
    public let address: Address

    private init(name: String = "", _ address: Address) {
        self.name = name
        self.address = address
    }

    /// Reads `a@b.example`, `Acme <a@b.example>` or `"Acme, Inc." <a@b.example>`.
    ///
    /// - Throws: what is wrong, when `text` is anything else.
    public init(parsing text: String) throws(ValueProblem) {
        guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else {
            guard !text.contains(where: { $0 == "<" || $0 == ">" }) else {
                throw Self.problem("has < or > elsewhere than around its address")
            }
            self.init(try Address(email: text))
            return
        }
        let address = try Address(email: String(text[text.index(after: open)...].dropLast()))
        var name = text[..<open]
        while name.last == " " { name.removeLast() }
        while name.first == " " { name.removeFirst() }
        let isQuoted = name.count >= 2 && name.first == "\"" && name.last == "\""
        guard isQuoted || !name.contains(where: { $0 == "<" || $0 == ">" }) else {
            throw Self.problem("seems to hold more than one address")
        }
        self.init(name: isQuoted ? Self.unquoted(name.dropFirst().dropLast()) : String(name), address)
    }

    /// The part after the `@`.
    public var domain: String { String(address.value[address.value.index(after: at)...]) }

    /// The part before the `@`.
    public var localPart: String { String(address.value[..<at]) }

    /// The mailbox as it can be read again.
    public var text: String {
        guard !name.isEmpty else { return address.value }
        let escaped = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\" <\(address.value)>"
    }

    private var at: String.Index { address.value.lastIndex(of: "@") ?? address.value.startIndex }

    private static func problem(_ reason: String) -> ValueProblem {
        ValueProblem(.unsuitable, reason, expected: "one mailbox: Acme <a@acme.example>")
    }

    private static func unquoted(_ text: Substring) -> String {
        var plain = ""
        var isEscaped = false
        for character in text {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                plain.append(character)
                isEscaped = false
            }
        }
        return plain
    }
}
