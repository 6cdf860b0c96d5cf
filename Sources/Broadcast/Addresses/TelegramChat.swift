extension Address {
    /// Reads the numeric id of a Telegram chat: not zero, negative for groups and channels.
    ///
    /// - Throws: for anything else; a `@name` is refused because a bot cannot write to a person by name.
    public init(telegram text: String) throws(ValueProblem) {
        guard text.first != "@" else {
            throw Self.chatProblem(.unsuitable, "is a name, and a bot cannot write to a person by name")
        }
        guard !RoundedNumber.matches(text) else {
            throw ValueProblem(.malformed, RoundedNumber.reason, expected: RoundedNumber.remedy)
        }
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
        guard !digits.isEmpty else { throw Self.chatProblem(.missing, "has no digits") }
        guard digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
            throw Self.chatProblem(.character, "has a character that is no digit")
        }
        guard let id = Int64(text), id != 0 else {
            throw Self.chatProblem(.malformed, "is no chat id")
        }
        self.init(valid: .telegram, String(id))
    }

    private static func chatProblem(_ code: ValueProblem.Code, _ reason: String) -> ValueProblem {
        ValueProblem(code, reason, expected: "the numeric id of a chat such as 123456789")
    }
}
