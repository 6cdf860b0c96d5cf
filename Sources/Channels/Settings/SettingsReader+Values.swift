public import Broadcast

extension SettingsReader {
    /// A text on one line, not empty; nil when absent.
    public func text(_ key: String) -> String? {
        guard let value = value(key) else { return nil }
        guard case .string(let text) = value else {
            report(key, expected: "a text", found: value)
            return nil
        }
        guard !text.isEmpty, !text.unicodeScalars.contains(where: \.isControl) else {
            report(
                key, expected: "a text that is not empty and has no line breaks or controls", found: value,
                code: .invalid)
            return nil
        }
        return text
    }

    /// A text that must be there.
    public func requiredText(_ key: String, _ expected: String) -> String? {
        if value(key) == nil { reportMissing(key, expected: expected) }
        return text(key)
    }

    /// `true` or `false`; `absent` when it is not there.
    public func flag(_ key: String, absent: Bool = false) -> Bool {
        switch value(key) {
        case .bool(let flag)?: return flag
        case let other?:
            report(key, expected: "true or false", found: other)
            return absent
        case nil: return absent
        }
    }

    /// A whole number within `range`; nil when absent.
    public func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = value(key) else { return nil }
        if case .number(let text) = value, let number = Int(text), range.contains(number) { return number }
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        report(key, expected: expected, found: value, code: .invalid)
        return nil
    }

    /// A number of at least `least`; nil when absent.
    public func number(_ key: String, atLeast least: Double) -> Double? {
        guard let value = value(key) else { return nil }
        if case .number(let text) = value, let number = Double(text), number.isFinite, number >= least {
            return number
        }
        report(key, expected: "a number of at least \(least)", found: value, code: .invalid)
        return nil
    }

    /// A number within `range`; nil when absent.
    public func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
        guard let value = value(key) else { return nil }
        if case .number(let text) = value, let number = Double(text), range.contains(number) { return number }
        let expected = "a number from \(range.lowerBound) to \(range.upperBound)"
        report(key, expected: expected, found: value, code: .invalid)
        return nil
    }

    /// A duration within `range`; nil when absent.
    public func duration(_ key: String, in range: ClosedRange<Duration>) -> Duration? {
        guard let duration = duration(key) else { return nil }
        if range.contains(duration) { return duration }
        let bounds = [range.lowerBound, range.upperBound].map(DurationText.text)
        let found = JSONValue.string(DurationText.text(for: duration))
        report(key, expected: "a duration from \(bounds[0]) to \(bounds[1])", found: found, code: .invalid)
        return nil
    }

    /// A duration longer than nothing; nil when absent.
    public func duration(_ key: String) -> Duration? {
        guard let value = value(key) else { return nil }
        if case .string(let text) = value, let duration = try? DurationText.duration(text), duration > .zero {
            return duration
        }
        report(
            key, expected: "a duration such as \"200ms\", \"30s\", \"5m\", \"2h\" or \"3d\"", found: value,
            code: .invalid)
        return nil
    }

    /// A rate, such as `100/s`, `30/m` or `2000/h`; nil when absent.
    public func rate(_ key: String) -> Rate? {
        guard let value = value(key) else { return nil }
        if case .string(let text) = value,
            let match = text.wholeMatch(of: /([0-9]{1,7}(?:\.[0-9]{1,3})?)\/(s|m|h)/),
            let count = Double(match.1),
            count > 0
        {
            let seconds: Double = match.2 == "s" ? 1 : match.2 == "m" ? 60 : 3600
            return Rate(perSecond: count / seconds)
        }
        report(
            key, expected: "a rate such as \"100/s\", \"30/m\" or \"2000/h\"", found: value, code: .invalid)
        return nil
    }

    /// One of the raw values of `Choice`; nil when absent.
    public func choice<Choice>(_ key: String, _ type: Choice.Type = Choice.self) -> Choice?
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let value = value(key) else { return nil }
        let known = Choice.allCases.map(\.rawValue)
        guard case .string(let text) = value, let choice = Choice(rawValue: text) else {
            let expected = known.map { "\"\($0)\"" }.joined(separator: " or ")
            report(
                key, expected: expected, found: value,
                nearest: NearestName.of(value.scalarText ?? "", in: known),
                code: .invalid)
            return nil
        }
        return choice
    }

    /// An amount, such as `0.045 EUR`; nil when absent.
    public func money(_ key: String) -> Money? {
        guard let value = value(key) else { return nil }
        if case .string(let text) = value, let money = Money(parsing: text) { return money }
        report(key, expected: "an amount such as \"0.045 EUR\"", found: value, code: .invalid)
        return nil
    }

    /// A list of texts, or one text for a list of one; nil when absent.
    public func texts(_ key: String) -> [String]? {
        guard let value = value(key) else { return nil }
        switch value {
        case .string: return text(key).map { [$0] }
        case .array(let items):
            let texts = items.compactMap { if case .string(let text) = $0 { text } else { nil } }
            let isClean = texts.allSatisfy { !$0.isEmpty && !$0.unicodeScalars.contains(where: \.isControl) }
            if texts.count == items.count, isClean { return texts }
        default: break
        }
        report(key, expected: "a list of texts", found: value)
        return nil
    }
}
