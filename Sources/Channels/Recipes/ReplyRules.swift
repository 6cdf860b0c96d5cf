import Broadcast
import Wire

/// What the replies of an HTTP API mean: the first rule that fits, else the shared table.
struct ReplyRules: Sendable, Hashable {
    /// Where an accepted reply names the message.
    var id: JSONPointer?
    /// Where a reply says why not.
    var reason: JSONPointer?
    /// Where a reply says how many seconds to wait.
    var retryAfter: JSONPointer?
    /// In the order they are tried.
    var rules: [ReplyRule] = []

    /// What `reply` means, without any secret in it.
    func verdict(on reply: HTTPReply, _ redactor: Redactor) -> Verdict {
        let candidates = rules.filter { $0.status.contains(reply.status) }
        let needsBody = reads || candidates.contains { !$0.conditions.isEmpty }
        let body = needsBody ? reply.read(redactor) : ReplyBody(nil, redactor: redactor)
        for rule in candidates {
            switch rule.holds(for: body) {
            case true?: return rule.verdict(on: reply, body, defaults: self)
            case false?: continue
            case nil:
                return unreadable(reply, body)
            }
        }
        let verdict = HTTPVerdict.verdict(on: reply, id: body.line(at: id), reason: body.line(at: reason))
        guard case .deferred(let fault, nil) = verdict, let wait = body.wait(at: retryAfter) else {
            return verdict
        }
        return .deferred(fault, after: wait)
    }

    /// What a reply means when the rules for it hang on a body that cannot be looked into: a status by which nobody
    /// was reached is the channel's trouble, whatever it says.
    private func unreadable(_ reply: HTTPReply, _ body: ReplyBody) -> Verdict {
        let detail = "HTTP \(reply.status) whose body \(body.trouble ?? "cannot be read")"
        guard case .deferred(let fault, let wait) = HTTPVerdict.verdict(on: reply) else {
            return .unknown(Fault(.channel, .replyInvalid, detail))
        }
        return .deferred(Fault(fault.scope, fault.code, detail), after: wait)
    }

    /// Whether a reply's body is of any use beyond the rules.
    private var reads: Bool { id != nil || reason != nil || retryAfter != nil || rules.contains { $0.reads } }
}

/// One rule: which replies it is for, and what they mean.
struct ReplyRule: Sendable, Hashable {
    /// What a rule may decide.
    enum Word: String, Sendable, CaseIterable {
        case accepted, refused, deferred, unknown
    }

    /// The statuses it is for.
    var status: ClosedRange<Int>
    /// All of which must hold.
    var conditions: [ReplyCondition]
    var word: Word
    var scope: Fault.Scope
    var code: Fault.Code
    var id: JSONPointer?
    var reason: JSONPointer?
    var retryAfter: JSONPointer?

    /// Whether it names a place in the body beside its conditions.
    var reads: Bool { id != nil || reason != nil || retryAfter != nil }

    /// Whether all of its conditions hold; nil when that hangs on a body that cannot be looked into.
    func holds(for body: ReplyBody) -> Bool? {
        let answers = conditions.map { $0.holds(for: body) }
        return answers.contains(false) ? false : answers.contains(nil) ? nil : true
    }

    func verdict(on reply: HTTPReply, _ body: ReplyBody, defaults: ReplyRules) -> Verdict {
        let why = body.line(at: reason ?? defaults.reason)
        let fault = Fault(scope, code, "HTTP \(reply.status)" + (why.map { ": \($0)" } ?? ""))
        return switch word {
        case .accepted: .accepted(id: body.line(at: id ?? defaults.id))
        case .refused: .refused(fault)
        case .unknown: .unknown(fault)
        case .deferred:
            .deferred(
                fault,
                after: body.wait(at: retryAfter ?? defaults.retryAfter) ?? RetryAfter.duration(reply))
        }
    }
}

/// A test of one place in a reply's body; but for `absent` it fails where there is nothing.
struct ReplyCondition: Sendable, Hashable {
    /// How the value is tested.
    enum Test: Sendable, Hashable {
        case equals(String), differs(String), starts(String), contains(String)
        case present, absent
    }

    let pointer: JSONPointer
    let test: Test

    /// Reads `present`, `absent`, `!=0`, `^=ERR`, `*=quota`, `=text` or a text that must be equal.
    init(_ pointer: JSONPointer, _ text: String) {
        self.pointer = pointer
        test =
            switch text {
            case "present": .present
            case "absent": .absent
            case _ where text.hasPrefix("!="): .differs(String(text.dropFirst(2)))
            case _ where text.hasPrefix("^="): .starts(String(text.dropFirst(2)))
            case _ where text.hasPrefix("*="): .contains(String(text.dropFirst(2)))
            case _ where text.hasPrefix("="): .equals(String(text.dropFirst()))
            default: .equals(text)
            }
    }

    /// Whether it holds; nil when the body cannot be looked into there.
    func holds(for body: ReplyBody) -> Bool? {
        guard body.isKnown(at: pointer) else { return nil }
        let value = body.tree?.value(at: pointer)
        let text = value?.scalarText
        return switch test {
        case .present: value != nil && value != .null
        case .absent: value == nil || value == .null
        case .equals(let wanted): text == wanted
        case .differs(let other): text.map { $0 != other } ?? false
        case .starts(let start): text?.hasPrefix(start) ?? false
        case .contains(let part): text?.contains(part) ?? false
        }
    }
}
