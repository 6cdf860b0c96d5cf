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
///
/// Scalar by scalar: an accent behind a quote would make another character of both.
struct AudienceTokens {
    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    private func text(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }

    /// As people count: in characters from 1.
    private func column(of position: Int) -> Int { text(0..<position).count + 1 }

    /// The next token; `.end` for ever after the last.
    mutating func next() throws(AudienceProblem) -> AudienceToken {
        while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
        let start = position
        guard position < scalars.count else {
            return AudienceToken(kind: .end, column: column(of: start), text: "the end")
        }
        if scalars[position] == "(" || scalars[position] == ")" {
            position += 1
            let isOpen = scalars[start] == "("
            return AudienceToken(
                kind: isOpen ? .open : .close, column: column(of: start), text: isOpen ? "(" : ")")
        }
        return try term(from: start)
    }

    private mutating func term(from start: Int) throws(AudienceProblem) -> AudienceToken {
        var head = String.UnicodeScalarView()
        var value: String.UnicodeScalarView?
        var wasQuoted = false
        while position < scalars.count {
            let scalar = scalars[position]
            if scalar.properties.isWhitespace || scalar == "(" || scalar == ")" { break }
            if scalar == "\"" || scalar == "'" {
                let quoted = try quoted()
                wasQuoted = true
                if value == nil { head += quoted } else { value? += quoted }
            } else if scalar == ":", value == nil {
                value = String.UnicodeScalarView()
                position += 1
            } else {
                if value == nil { head.append(scalar) } else { value?.append(scalar) }
                position += 1
            }
        }
        let name = String(head)
        let kind =
            keyword(name, isAlone: value == nil && !wasQuoted)
            ?? .term(head: name, value: value.map { String($0) })
        return AudienceToken(kind: kind, column: column(of: start), text: text(start..<position))
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

    private mutating func quoted() throws(AudienceProblem) -> String.UnicodeScalarView {
        let opening = position
        let quote = scalars[opening]
        var text = String.UnicodeScalarView()
        position += 1
        while position < scalars.count {
            var scalar = scalars[position]
            position += 1
            if scalar == quote { return text }
            if scalar == "\\", position < scalars.count {
                scalar = scalars[position]
                position += 1
            }
            text.append(scalar)
        }
        throw AudienceProblem(
            column: column(of: opening),
            problem: ValueProblem(.malformed, "the quote is not closed", expected: "another \(quote)"))
    }
}
