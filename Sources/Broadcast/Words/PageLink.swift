import Foundation

/// Where an announcement can be read in a browser: a URL with places for what the announcement is.
///
/// Values are percent-encoded, and none stands before the path, so that none can choose another site.
public struct PageLink: Sendable, Hashable {
    /// What may stand in it.
    public enum Name: String, Sendable, CaseIterable {
        case id = "announcement.id"
        case template = "announcement.template"
        case purpose = "announcement.purpose"
    }

    private enum Piece: Sendable, Hashable {
        case text(String)
        case name(Name)
    }

    private var pieces: [Piece] = []

    /// Reads such as `https://acme.example/news/{{announcement.id}}`.
    ///
    /// - Throws: when it is no `https` URL with a host, or holds another name.
    public init(parsing text: String) throws(ValueProblem) {
        var rest = text[...]
        while let start = rest.firstRange(of: "{{") {
            guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
                throw Self.problem("has {{ without }}")
            }
            let written = rest[start.upperBound..<end.lowerBound].filter { $0 != " " }
            guard let name = Name(rawValue: written) else { throw Self.unknown(written) }
            pieces += [.text(String(rest[..<start.lowerBound])), .name(name)]
            rest = rest[end.upperBound...]
        }
        pieces.append(.text(String(rest)))
        try check()
    }

    /// `text` itself, when it can be read.
    ///
    /// - Throws: as ``init(parsing:)``.
    public static func checked(_ text: String) throws(ValueProblem) -> String {
        _ = try PageLink(parsing: text)
        return text
    }

    private func check() throws(ValueProblem) {
        let shape = text { _ in "x" }
        guard
            shape.utf8.allSatisfy({
                PercentEncoding.isUnreserved($0) || ":/?#[]@!$&'()*+,;=%".utf8.contains($0)
            })
        else { throw Self.problem("holds a character that a URL cannot") }
        guard let parts = URLComponents(string: shape), parts.scheme?.lowercased() == "https" else {
            throw Self.problem("does not begin with https://")
        }
        guard let host = parts.host, !host.isEmpty else { throw Self.problem("has no host") }
        guard parts.user == nil, parts.password == nil else { throw Self.problem("holds a login") }
        guard case .text(let start)? = pieces.first,
            pieces.count == 1 || start.dropFirst(8).contains(where: "/?#".contains)
        else { throw Self.problem("has a value before its path") }
    }

    /// The same with what is known of an announcement before it has an id.
    public func filled(template: String, purpose: Purpose) -> PageLink {
        var link = self
        link.pieces = pieces.map { piece in
            switch piece {
            case .name(.template): .text(PercentEncoding.component(template))
            case .name(.purpose): .text(PercentEncoding.component(purpose.rawValue))
            case .text, .name(.id): piece
            }
        }
        return link
    }

    /// The URL for the announcement called `id`; other names must have been filled.
    public func url(of id: Announcement.ID) -> String {
        text { $0 == .id ? PercentEncoding.component(id.rawValue) : "" }
    }

    private func text(_ value: (Name) -> String) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .name(let name): value(name)
            }
        }.joined()
    }

    private static func problem(_ reason: String) -> ValueProblem {
        ValueProblem(
            .malformed, reason, expected: "a page such as https://acme.example/news/{{announcement.id}}")
    }

    private static func unknown(_ name: String) -> ValueProblem {
        let known = Name.allCases.map(\.rawValue)
        let shown = Excerpt.of(name)
        return ValueProblem(
            .unknown, "names {{\(shown)}}", expected: known.map { "{{\($0)}}" }.joined(separator: ", "),
            nearest: NearestName.of(name, in: known).map { "{{\($0)}}" })
    }
}
