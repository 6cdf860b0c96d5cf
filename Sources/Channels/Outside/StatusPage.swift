import Broadcast
import Foundation
import Wire

/// The machine-readable summary of a public status page, as Statuspage made it and others serve it too.
///
/// Sources: https://confluence.status.atlassian.com/api and
/// https://www.mongodb.com/docs/api/doc/cloud-status/operation/operation-getstatussummary (2026-11).
struct StatusPage: Sendable, Hashable {
    /// The parts of the company's service that matter; empty for the page's own summary.
    var components: [String] = []

    /// What `reply` says, without any secret in it.
    func reading(of reply: HTTPReply, _ redactor: Redactor) -> OutsideReading {
        guard (200...299).contains(reply.status) else {
            return OutsideReading(nil, trouble: "HTTP \(reply.status) instead of a status page")
        }
        guard !reply.isBodyCut else {
            return OutsideReading(nil, trouble: "the status page broke off, or is longer than 1 MiB")
        }
        do throws(JSONProblem) {
            let body = ReplyBody(try reply.tree(), redactor: redactor)
            return components.isEmpty ? Self.summary(body) : reading(of: body)
        } catch {
            return OutsideReading(nil, trouble: "the status page \(error.unquoted)")
        }
    }

    private static func summary(_ body: ReplyBody) -> OutsideReading {
        guard let indicator = body.line(at: Self.indicator) else {
            return OutsideReading(
                nil,
                trouble:
                    "no status page: nothing at /status/indicator; for any other URL say what is \"well\"")
        }
        let word: OutsideWord.Word =
            switch indicator {
            case "none": .well
            case "critical": .down
            default: .degraded
            }
        let description = body.line(at: Self.description)
        return OutsideReading(word, why: description.map { "\($0) (\(indicator))" } ?? indicator)
    }

    /// The worst of the components named; several may have one name, in different groups.
    private func reading(of body: ReplyBody) -> OutsideReading {
        guard case .object(let members)? = body.tree, case .array(let items)? = members["components"] else {
            return OutsideReading(nil, trouble: "no status page: no list at /components")
        }
        let all = items.compactMap { item in
            Self.text(at: Self.name, in: item).flatMap { name in
                Self.text(at: Self.status, in: item).map { (name, $0) }
            }
        }
        let found = components.map { wanted in (wanted, all.filter { Self.are(wanted, $0.0) }) }
        let missing = found.filter { $0.1.isEmpty }.map { Self.missing($0.0, among: all.map(\.0), body) }
        let matches = found.flatMap(\.1)
        let bad = matches.filter { Self.word($0.1) != .well }
        let worst: OutsideWord.Word = bad.contains { Self.word($0.1) == .down } ? .down : .degraded
        return OutsideReading(
            matches.isEmpty ? nil : bad.isEmpty ? .well : worst,
            why: (bad.isEmpty ? matches : bad).prefix(5).map { "\(body.line($0.0)): \(body.line($0.1))" }
                .joined(separator: ", "),
            trouble: missing.joined(separator: "; "))
    }

    /// The text there as it stands: of thousands of parts few are shown.
    private static func text(at pointer: JSONPointer?, in item: JSONValue) -> String? {
        guard let text = pointer.flatMap({ item.value(at: $0)?.scalarText }), !text.isEmpty else {
            return nil
        }
        return String(text.unicodeScalars.prefix(ReplyBody.longestLine))
    }

    private static func word(_ status: String) -> OutsideWord.Word {
        switch status {
        case "operational": .well
        case "major_outage": .down
        default: .degraded
        }
    }

    private static func are(_ wanted: String, _ name: String) -> Bool {
        name.trimmingCharacters(in: .whitespaces).lowercased() == wanted.lowercased()
    }

    private static func missing(_ name: String, among known: [String], _ body: ReplyBody) -> String {
        let nearest = NearestName.of(name, in: known).map(body.line)
        let hint = nearest.map { " (did you mean \"\(Excerpt.of($0))\"?)" } ?? ""
        return "the page has no component \"\(Excerpt.of(name))\"\(hint)"
    }

    private static let indicator = JSONPointer("/status/indicator")
    private static let description = JSONPointer("/status/description")
    private static let name = JSONPointer("/name")
    private static let status = JSONPointer("/status")
}
