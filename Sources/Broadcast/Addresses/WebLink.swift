import Foundation

/// A link to the web, taken apart where its host begins and ends.
public struct WebLink: Sendable, Hashable {
    /// `https://`, and who logs in.
    public let start: String
    /// As it was written, without the port.
    public var host: String
    /// Port, path, query and fragment.
    public let rest: String

    /// Nil for links of another kind, such as `mailto:`.
    public init?(_ url: String) {
        let beginning = url.prefix(8).lowercased()
        guard let scheme = ["https://", "http://"].first(where: beginning.hasPrefix) else { return nil }
        // Scalars and not characters: a / with an accent on it ends the host all the same.
        let scalars = url.unicodeScalars
        let first = scalars.index(scalars.startIndex, offsetBy: scheme.count)
        let authority = scalars[first...].prefix { !["/", "?", "#"].contains($0) }
        let login = authority.lastIndex(of: "@").map { scalars.index(after: $0) } ?? first
        let place = authority[login...]
        let end =
            place.first == "["
            ? place.firstIndex(of: "]").map { scalars.index(after: $0) } : place.firstIndex(of: ":")
        start = String(scalars[..<login])
        host = String(place[..<(end ?? place.endIndex)])
        rest = String(scalars[(end ?? place.endIndex)...])
    }

    /// The whole link.
    public var text: String { start + host + rest }

    /// The link with its host in ASCII, as every program knows it that follows links; a link of another kind as it is.
    ///
    /// - Throws: as ``asciiHost(_:)``.
    public static func ascii(_ url: String) throws(ValueProblem) -> String {
        guard var link = WebLink(url) else { return url }
        link.host = try asciiHost(link.host)
        return link.text
    }

    /// The link as people write it: its host in their letters, and nothing percent-encoded.
    public static func readable(_ url: String) -> String {
        let link = WebLink(url)
        let text = link.map { $0.start + DomainName.unicode($0.host) + $0.rest } ?? url
        return text.removingPercentEncoding ?? text
    }

    /// Whether the host has other than ASCII letters.
    public var isInternational: Bool { host.utf8.contains { $0 >= 0x80 } }

    /// `host` with its international labels as `xn--…`; an empty one, a number and one in brackets as it is.
    ///
    /// - Throws: when no host can be called so, or when letters of alphabets that look alike stand in one label, which
    ///   no registry allows and only those need who pose as somebody else.
    public static func asciiHost(_ host: String) throws(ValueProblem) -> String {
        guard !host.isEmpty else { return host }
        if host.hasPrefix("["), host.wholeMatch(of: /\[[0-9A-Fa-f:.]+\]/) != nil { return host }
        guard let plain = host.removingPercentEncoding else {
            throw problem(.malformed, "has a host with a % that encodes nothing")
        }
        guard plain.utf8.allSatisfy({ $0 >= 0x80 || PercentEncoding.isUnreserved($0) }) else {
            throw problem(.character, "has a host with a character that no host has")
        }
        let name = try DomainName.ascii(labelsOf: plain)
        for label in DomainName.unicode(name).split(separator: ".") where mixesAlphabets(label) {
            throw problem(.character, "has a host that mixes letters of several alphabets in one name")
        }
        return name
    }

    /// Source: https://www.unicode.org/reports/tr39/#Restriction_Level_Detection, “moderately restrictive” (2026-11).
    private static func mixesAlphabets(_ label: Substring) -> Bool {
        guard label.utf8.contains(where: { $0 >= 0x80 }) else { return false }
        let alphabets = [
            label.contains(/\p{Script=Latin}/), label.contains(/\p{Script=Cyrillic}/),
            label.contains(/\p{Script=Greek}/),
        ]
        return alphabets.count { $0 } > 1
    }

    private static func problem(_ code: ValueProblem.Code, _ reason: String) -> ValueProblem {
        ValueProblem(code, reason, expected: "a link such as https://www.acme.example/page")
    }
}
