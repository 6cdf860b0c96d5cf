extension Audience {
    /// Reads an audience; `channels` is what channel names mean here.
    ///
    /// - Throws: the first thing that is wrong, with its column.
    public init(parsing text: String, channels: KnownChannels) throws(AudienceProblem) {
        var parser = try AudienceParser(text, channels)
        self = try parser.rule()
    }
}

/// Descends along the grammar of ``Audience``, one token ahead.
private struct AudienceParser {
    private var tokens: AudienceTokens
    private var token: AudienceToken
    private var terms = 0
    private let channels: KnownChannels

    init(_ text: String, _ channels: KnownChannels) throws(AudienceProblem) {
        self.channels = channels
        tokens = AudienceTokens(text)
        token = try tokens.next()
    }

    mutating func rule() throws(AudienceProblem) -> Audience {
        let rule = try either(depth: 0)
        guard token.kind == .end else {
            throw problem(
                .malformed, "\(Excerpt.of(token.text)) comes unexpectedly", expected: "and, or, or the end")
        }
        return rule
    }

    private mutating func either(depth: Int) throws(AudienceProblem) -> Audience {
        var parts = [try both(depth: depth)]
        while token.kind == .or {
            try advance()
            parts.append(try both(depth: depth))
        }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func both(depth: Int) throws(AudienceProblem) -> Audience {
        var parts = [try one(depth: depth)]
        while token.kind == .and {
            try advance()
            parts.append(try one(depth: depth))
        }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func one(depth: Int) throws(AudienceProblem) -> Audience {
        guard depth < Audience.maxDepth else {
            throw problem(.length, "is nested too deeply", expected: "at most \(Audience.maxDepth) levels")
        }
        switch token.kind {
        case .not:
            try advance()
            return .not(try one(depth: depth + 1))
        case .open:
            let opening = token.column
            try advance()
            let inner = try either(depth: depth + 1)
            guard token.kind == .close else {
                throw problem(.malformed, "the bracket of column \(opening) is not closed", expected: ")")
            }
            try advance()
            return inner
        case .term(let head, let value): return try term(head, value)
        case .or, .and, .close, .end:
            throw problem(
                .missing, "\(token.text) stands where a term should", expected: AudienceTerm.examples)
        }
    }

    private mutating func term(_ head: String, _ value: String?) throws(AudienceProblem) -> Audience {
        terms += 1
        guard terms <= Audience.maxTerms else {
            throw problem(
                .length, "has too many terms", expected: "at most \(Audience.maxTerms), or ids:FILE")
        }
        let read: Audience
        do throws(ValueProblem) {
            read = try AudienceTerm.read(head, value, channels)
        } catch {
            throw AudienceProblem(column: token.column, problem: error)
        }
        try advance()
        return read
    }

    private mutating func advance() throws(AudienceProblem) { token = try tokens.next() }

    private func problem(_ code: ValueProblem.Code, _ reason: String, expected: String) -> AudienceProblem {
        AudienceProblem(column: token.column, problem: ValueProblem(code, reason, expected: expected))
    }
}
