/// A word, bracket or term of an audience, and where it begins.
struct AudienceToken {
    enum Kind: Equatable {
        case or, and, not, open, close, end
        /// `head:value`, or `head` alone.
        case term(head: String, value: String?)
    }

    let kind: Kind
    let column: Int
    /// As it was written, for messages.
    let text: String
}

/// Cuts the text of an audience into tokens.
struct AudienceTokens {
    private let characters: [Character]
    private var position = 0

    init(_ text: String) { characters = Array(text) }

    /// The next token; `.end` for ever after the last.
    mutating func next() throws(AudienceProblem) -> AudienceToken {
        while position < characters.count, characters[position].isWhitespace { position += 1 }
        let start = position
        guard position < characters.count else {
            return AudienceToken(kind: .end, column: start + 1, text: "the end")
        }
        if characters[position] == "(" || characters[position] == ")" {
            position += 1
            let isOpen = characters[start] == "("
            return AudienceToken(
                kind: isOpen ? .open : .close, column: start + 1, text: String(characters[start]))
        }
        return try term(from: start)
    }

    private mutating func term(from start: Int) throws(AudienceProblem) -> AudienceToken {
        var head = ""
        var value: String?
        var wasQuoted = false
        while position < characters.count {
            let character = characters[position]
            if character.isWhitespace || character == "(" || character == ")" { break }
            if character == "\"" || character == "'" {
                let quoted = try quoted()
                wasQuoted = true
                if value == nil { head += quoted } else { value? += quoted }
            } else if character == ":", value == nil {
                value = ""
                position += 1
            } else {
                if value == nil { head.append(character) } else { value?.append(character) }
                position += 1
            }
        }
        let text = String(characters[start..<position])
        let kind = keyword(head, isAlone: value == nil && !wasQuoted) ?? .term(head: head, value: value)
        return AudienceToken(kind: kind, column: start + 1, text: text)
    }

    private func keyword(_ head: String, isAlone: Bool) -> AudienceToken.Kind? {
        guard isAlone else { return nil }
        return switch head.lowercased() {
        case "or": .or
        case "and": .and
        case "not": .not
        default: nil
        }
    }

    private mutating func quoted() throws(AudienceProblem) -> String {
        let opening = position
        let quote = characters[opening]
        var text = ""
        position += 1
        while position < characters.count {
            var character = characters[position]
            position += 1
            if character == quote { return text }
            if character == "\\", position < characters.count {
                character = characters[position]
                position += 1
            }
            text.append(character)
        }
        throw AudienceProblem(
            column: opening + 1,
            problem: ValueProblem(.malformed, "the quote is not closed", expected: "another \(quote)"))
    }
}
