public import Broadcast
public import Foundation
public import Wire

/// Where outside word on one company comes from: a public status page, or any URL with the reply that means well.
public struct OutsideSource: Sendable {
    /// The company, or what channels depend on, as configured.
    public let company: String
    /// How often it is asked, and how fast it is believed.
    public let rhythm: OutsideRhythm
    /// What is asked.
    public let request: HTTPRequest
    /// How the request travels.
    public let route: Route
    /// Whether the secrets that it needs have been read.
    public let canBeAsked: Bool
    /// How to come by the secrets that are missing, such as `export PAGE_TOKEN`; empty when none is known to be.
    public let missing: [String]
    /// How its reply is read.
    let meaning: Meaning

    /// How a reply is read.
    enum Meaning: Sendable {
        case page(StatusPage)
        case probe(WellReply)

        func reading(of reply: HTTPReply, _ redactor: Redactor) -> OutsideReading {
            switch self {
            case .page(let page): page.reading(of: reply, redactor)
            case .probe(let well): well.reading(of: reply, redactor)
            }
        }
    }

    /// Who speaks, for people: the host, with its port where that is no usual one.
    public var host: String {
        guard let parts = URLComponents(string: request.url), let host = parts.host else { return company }
        return host + (parts.port.map { ":\($0)" } ?? "")
    }

    /// That it cannot be asked, and what would let it be, as far as that is known.
    public var lack: String {
        "\(host) cannot be asked before its secret is there"
            + (missing.isEmpty ? "" : " (\(missing.joined(separator: ", ")))")
    }

    /// Whether what it says is of this channel.
    public func covers(_ facts: ChannelFacts) -> Bool { facts.stands(on: company) }

    /// Whether it is time to ask it, or has been for so long, when `words` are known.
    public func isDue(amid words: [OutsideWord], at date: Date, late: Duration = .zero) -> Bool {
        words.first { $0.company == company }?.isOld(at: date, rhythm, late: late) ?? true
    }

    /// What the end of an exchange says, without any secret in it.
    public func reading(of reply: WireReply) -> OutsideReading {
        switch reply {
        case .http(let reply):
            return stranger(reply) ?? meaning.reading(of: reply, route.redactor)
        // Our own line may be cut: that says nothing of them.
        case .failure(let failure):
            let fault = Fault(
                .channel, Fault.Code(rawValue: failure.code.rawValue),
                route.redactor.redacted(failure.detail))
            return OutsideReading(nil, trouble: "\(fault.code.rawValue): \(fault.detail)")
        case .mail: return OutsideReading(nil, trouble: "an SMTP reply to an HTTP request")
        }
    }

    /// What is not the word of whom we ask: a place that it is not, a proxy on the way, a limit to our asking.
    private func stranger(_ reply: HTTPReply) -> OutsideReading? {
        switch reply.status {
        case 300...399:
            let place =
                reply.header("Location").map { " to \(Excerpt.of(route.redactor.redacted($0, atMost: 200)))" }
                ?? ""
            return OutsideReading(
                nil, trouble: "HTTP \(reply.status) points elsewhere\(place): no redirect is followed")
        case 407, 429: return OutsideReading(nil, trouble: "HTTP \(reply.status)")
        default: return nil
        }
    }
}

/// The reply of a probe URL that means well; every other means that it is not.
struct WellReply: Sendable, Hashable {
    var status: ClosedRange<Int> = 200...299
    var conditions: [ReplyCondition] = []

    /// What `reply` says.
    func reading(of reply: HTTPReply, _ redactor: Redactor) -> OutsideReading {
        let answer = "HTTP \(reply.status)"
        guard status.contains(reply.status) else { return OutsideReading(.down, why: answer) }
        if conditions.isEmpty { return OutsideReading(.well, why: answer) }
        let body = reply.read(redactor)
        guard let failed = conditions.first(where: { $0.holds(for: body) == false }) else {
            let isKnown = conditions.allSatisfy { $0.holds(for: body) != nil }
            return isKnown
                ? OutsideReading(.well, why: answer)
                : OutsideReading(nil, trouble: "\(answer) whose body \(body.trouble ?? "cannot be read")")
        }
        let found = body.line(at: failed.pointer).map { "\"\($0)\"" } ?? "nothing of the kind"
        return OutsideReading(.down, why: "\(answer) with \(found) at \"\(failed.pointer)\"")
    }
}
