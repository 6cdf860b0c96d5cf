import Broadcast

/// An e-mail address with the name of who it belongs to.
struct Mailbox: Sendable, Hashable {
    /// Empty when none was given.
    let name: String
    let address: Address

    init(name: String = "", _ address: Address) {
        self.name = name
        self.address = address
    }

    /// Reads `a@b.example`, `Acme <a@b.example>` or `"Acme, Inc." <a@b.example>`.
    init(parsing text: String) throws(ValueProblem) {
        guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else {
            self.init(try Address(email: text))
            return
        }
        let address = try Address(email: String(text[text.index(after: open)...].dropLast()))
        var name = text[..<open]
        while name.last == " " { name.removeLast() }
        while name.first == " " { name.removeFirst() }
        let isQuoted = name.count >= 2 && name.first == "\"" && name.last == "\""
        guard isQuoted || !name.contains(where: { $0 == "<" || $0 == ">" }) else {
            throw ValueProblem(
                .unsuitable, "seems to hold more than one address",
                expected: "one mailbox: Acme <a@acme.example>")
        }
        self.init(name: isQuoted ? Self.unquoted(name.dropFirst().dropLast()) : String(name), address)
    }

    /// The part after the `@`.
    var domain: String { String(address.value[address.value.index(after: at)...]) }

    private var at: String.Index { address.value.lastIndex(of: "@") ?? address.value.startIndex }

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
