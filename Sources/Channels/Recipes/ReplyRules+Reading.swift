import Broadcast

extension ReplyRules {
    /// Reads the object at `reply`: `id`, `reason`, `retryAfter` and `rules`.
    init(_ settings: SettingsReader?) {
        guard let settings else { return }
        id = settings.pointer("id")
        reason = settings.pointer("reason")
        retryAfter = settings.pointer("retryAfter")
        rules = settings.list("rules").compactMap(ReplyRule.init)
    }
}

extension ReplyRule {
    /// Reads `{"status": "200", "when": {"/code": "!=0"}, "verdict": "refused", "scope": "recipient", …}`.
    init?(_ settings: SettingsReader) {
        let status = settings.statuses("status")
        let conditions = settings.conditions("when")
        let word: Word? = settings.choice("verdict")
        let scope: Fault.Scope? = settings.choice("scope")
        let code = settings.text("code")
        id = settings.pointer("id")
        reason = settings.pointer("reason")
        retryAfter = settings.pointer("retryAfter")
        if settings.value("verdict") == nil {
            settings.reportMissing(
                "verdict", expected: "\"accepted\", \"refused\", \"deferred\" or \"unknown\"")
        }
        if let code, code.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) == nil || code.utf8.count > 40 {
            settings.report("code", .invalid, "expected a short name such as \"address-unknown\"")
        }
        guard let status, let conditions, let word else { return nil }
        self.status = status
        self.conditions = conditions
        self.word = word
        self.scope = scope ?? (word == .refused ? .message : .channel)
        self.code = code.map { Fault.Code(rawValue: $0) } ?? Self.defaultCode(word, self.scope)
    }

    private static func defaultCode(_ word: Word, _ scope: Fault.Scope) -> Fault.Code {
        switch (word, scope) {
        case (.unknown, _): .replyInvalid
        case (.refused, .recipient): .addressUnknown
        case (.deferred, .recipient): .recipientDeferred
        case (_, .message): .messageRefused
        default: .serviceFailed
        }
    }
}

extension SettingsReader {
    /// A JSON Pointer; nil when absent.
    func pointer(_ key: String) -> JSONPointer? {
        guard let value = value(key) else { return nil }
        if case .string(let text) = value, let pointer = JSONPointer(text) { return pointer }
        report(key, expected: "a JSON Pointer such as \"/error/code\"", found: value, code: .invalid)
        return nil
    }

    /// `200`, `"200"`, `"2xx"` or `"*"`; every status when absent, nil when it is none of these.
    func statuses(_ key: String) -> ClosedRange<Int>? {
        guard let value = value(key) else { return 100...599 }
        let text = value.scalarText ?? ""
        if text == "*" { return 100...599 }
        if let match = text.wholeMatch(of: /([1-5])(?:xx|([0-9]{2}))/), let hundreds = Int(match.1) {
            guard let rest = match.2.flatMap({ Int($0) }) else { return hundreds * 100...hundreds * 100 + 99 }
            return hundreds * 100 + rest...hundreds * 100 + rest
        }
        report(key, expected: "a status such as \"200\", \"2xx\" or \"*\"", found: value, code: .invalid)
        return nil
    }

    /// An object of pointers and what must stand there; empty when absent, nil when it is no such object.
    func conditions(_ key: String) -> [ReplyCondition]? {
        guard value(key) != nil else { return [] }
        guard let settings = settings(key) else { return nil }
        let conditions = settings.keys.compactMap { place -> ReplyCondition? in
            let wanted = settings.value(place)?.scalarText
            guard let pointer = JSONPointer(place), let wanted else {
                settings.report(
                    place, .invalid,
                    "expected a JSON Pointer and what must stand there, such as \"/code\": \"!=0\"")
                return nil
            }
            return ReplyCondition(pointer, wanted)
        }
        return conditions.count == settings.keys.count ? conditions : nil
    }
}
