import Broadcast
import Foundation

/// What makes a link dangerous, or lead nowhere.
enum LinkRules {
    /// Stands for a value of the reader, which nobody knows here.
    static let unknown: Character = "\u{FFFC}"

    /// The links of a page, or of Telegram's HTML, as far as they are known.
    static func links(inHTML html: String) -> [String] {
        let shape = /(?i)[\s"'](?:href|src|action|background)\s*=\s*(?:"([^"]*)"|'([^']*)')/
        return html.matches(of: shape).map { plain(String($0.1 ?? $0.2 ?? "")) }
    }

    /// The links that stand in a plain text, without the punctuation of their sentence.
    static func links(inText text: String) -> [String] {
        text.matches(of: /(?i)https?:\/\/[^\s<>"]*/).map { match in
            String(match.0.reversed().drop { ".,;:!?)]}'".contains($0) }.reversed())
        }
    }

    /// What is wrong with `link`, and how it is mended; nil when nothing is.
    static func finding(_ link: String) -> (code: TemplateProblem.Code, what: String)? {
        let link = marked(link)
        let known = known(of: link)
        let shown = String(link.prefix(80)).replacing(String(unknown), with: "…")
        let scheme = known.prefix(8).lowercased()
        if scheme.hasPrefix("mailto:") || scheme.hasPrefix("tel:") || scheme.hasPrefix("cid:") { return nil }
        guard scheme.hasPrefix("http://") || scheme.hasPrefix("https://") else {
            // A value begins it, or stands for it in brackets: whether that is a link is looked at when it is known.
            if known.isEmpty && !link.isEmpty || known.hasPrefix("[") { return nil }
            return (
                .linkHostless,
                "“\(shown)” leads nowhere from a message; write it whole, such as https://www.acme.example/page"
            )
        }
        let isWhole = known.count == link.count
        if let host = host(of: known, isWhole: isWhole), OwnNetwork.holds(host) {
            let what =
                host.allSatisfy({ $0 == "." })
                ? "names no host" : "names a host that only your own network knows"
            return (
                .linkHostless, "“\(shown)” \(what); write it whole, such as https://www.acme.example/page"
            )
        }
        guard scheme.hasPrefix("http://") else { return nil }
        let what = "“\(shown)” is no https link: anybody on the way can read and change what it leads to"
        return (.linkInsecure, "\(what); write https://…")
    }

    /// The beginning of `link`, up to the first value.
    static func known(of link: String) -> String { String(marked(link).prefix { $0 != unknown }) }

    /// What nobody gave yet stands in brackets, `https://%5Bhost%5D/`.
    private static func marked(_ link: String) -> String { link.replacing("%5B", with: String(unknown)) }

    /// The ways in which an author may have written `link`, the likeliest first; the last ones only begin it.
    static func spellings(of link: String) -> [String] {
        let plain = [link, WebLink.readable(link)]
        let escaped = plain.flatMap { [$0.replacing("&", with: "&amp;"), $0.replacing("/", with: "\\/")] }
        let paths = plain.map { String($0.prefix { $0 != "?" && $0 != "#" }) }
        let hosts = plain.compactMap { WebLink($0) }.filter { !$0.host.isEmpty }.map { $0.start + $0.host }
        return plain + escaped + paths + hosts
    }

    /// The host, without account and port; nil where a value ends it, so that it is not all known.
    private static func host(of link: String, isWhole: Bool) -> String? {
        let rest = link.drop { $0 != ":" }.dropFirst(3)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard isWhole || authority.count < rest.count else { return nil }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return String(host.hasPrefix("[") ? host : host.prefix { $0 != ":" })
    }

    private static func plain(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespacesAndNewlines).replacing("&amp;", with: "&")
    }
}
