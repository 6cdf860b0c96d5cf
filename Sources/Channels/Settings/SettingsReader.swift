public import Broadcast
public import Wire

/// Reads one object of the configuration, remembers which keys were asked for, and reports every problem.
///
/// A reading returns nil after it has reported what is wrong; absent keys are only reported by readings that require
/// them. Read everything before giving up, then nothing known is reported as unknown by ``finish()``.
public final class SettingsReader {
    /// Where the object stands, such as `channels.email`.
    public let path: String
    /// Where secrets come from.
    let secretSource: SecretSource
    private let members: [String: JSONValue]
    private let log: IssueLog
    private let parent: SettingsReader?
    private var asked: Set<String> = []
    private var children: [SettingsReader] = []
    private var childByKey: [String: SettingsReader] = [:]
    private var secrets: [Secret] = []
    private var secretKeys: Set<String> = []
    private var missing: [String] = []
    private var hasMissing = false
    private var elsewhere: [String: String] = [:]

    /// A reader of `members`, which stand at `path` (empty for the whole file).
    public init(_ members: [String: JSONValue], path: String, secrets: SecretSource, log: IssueLog) {
        self.members = members
        self.path = path
        self.secretSource = secrets
        self.log = log
        self.parent = nil
    }

    private init(_ members: [String: JSONValue], path: String, within parent: SettingsReader) {
        self.members = members
        self.path = path
        self.secretSource = parent.secretSource
        self.log = parent.log
        self.parent = parent
    }

    /// The keys that are there, in the order of their bytes.
    public var keys: [String] { members.keys.sorted() }

    /// Every secret read so far, here and in the objects inside.
    public var secretsRead: [Secret] { secrets }

    /// How to come by every secret that is missing and stood in for, here and in the objects inside.
    public var secretsMissing: [String] { missing }

    /// Whether each of those is there, and only of ill form.
    public var areSecretsFlawed: Bool { !missing.isEmpty && !hasMissing }

    /// The object as it stands, but for the texts of secrets: equal ones are set alike.
    public var outline: JSONValue { outline(without: []) { $0.withoutText } }

    /// The object as it stands, without secrets and without what stands at these `keys` of its own.
    public func outline(without keys: Set<String>) -> JSONValue { outline(without: keys) { _ in nil } }

    private func outline(without keys: Set<String>, _ secret: (JSONValue) -> JSONValue?) -> JSONValue {
        let inside = Dictionary(children.map { ($0.path, $0) }) { $1 }
        func outlined(_ key: String, _ value: JSONValue) -> JSONValue {
            inside[path(of: key)]?.outline(without: [], secret) ?? value
        }
        var outline: [String: JSONValue] = [:]
        for (key, value) in members where !keys.contains(key) {
            if secretKeys.contains(key) {
                outline[key] = secret(value)
            } else if case .array(let items) = value {
                outline[key] = .array(items.enumerated().map { outlined("\(key)[\($0)]", $1) })
            } else {
                outline[key] = outlined(key, value)
            }
        }
        return .object(outline)
    }

    /// The value at `key` as it stands, which is no known key for that; nil when absent.
    public func raw(_ key: String) -> JSONValue? { members[key] }

    /// The value as it stands; nil when absent or null.
    public func value(_ key: String) -> JSONValue? {
        asked.insert(key)
        let value = members[key]
        return value == .null ? nil : value
    }

    /// The object at `key`, the same reader each time; nil when absent.
    public func settings(_ key: String) -> SettingsReader? {
        if let child = childByKey[key] { return child }
        switch value(key) {
        case .object(let members)?:
            let child = SettingsReader(members, path: path(of: key), within: self)
            children.append(child)
            childByKey[key] = child
            return child
        case let other?:
            report(key, expected: "an object", found: other)
            return nil
        case nil: return nil
        }
    }

    /// The objects of the list at `key`; empty when absent.
    public func list(_ key: String) -> [SettingsReader] {
        guard let value = value(key) else { return [] }
        guard case .array(let items) = value else {
            report(key, expected: "a list", found: value)
            return []
        }
        return items.enumerated().compactMap { index, item in
            guard case .object(let members) = item else {
                report("\(key)[\(index)]", expected: "an object", found: item)
                return nil
            }
            let child = SettingsReader(members, path: path(of: "\(key)[\(index)]"), within: self)
            children.append(child)
            return child
        }
    }

    /// The path of `key`, such as `channels.email.url`.
    public func path(of key: String) -> String {
        let shown = Excerpt.of(key)
        return path.isEmpty ? shown : "\(path).\(shown)"
    }

    /// Reports a value that is not what was expected.
    public func report(
        _ key: String, expected: String, found: JSONValue, nearest: String? = nil,
        code: ConfigurationIssue.Code = .wrongType
    ) {
        let hint = nearest.map { " (did you mean \"\($0)\"?)" } ?? ""
        report(key, code, "expected \(expected), found \(Self.shown(found))\(hint)")
    }

    /// Reports a problem with `key`.
    public func report(_ key: String, _ code: ConfigurationIssue.Code, _ message: String) {
        log.report(ConfigurationIssue(code, at: path(of: key), message))
    }

    /// Reports that `key` must be there.
    public func reportMissing(_ key: String, expected: String) {
        report(key, .missing, "is missing: expected \(expected)")
    }

    /// Adds a warning about `key`.
    public func warn(_ key: String, _ code: ConfigurationIssue.Code, _ message: String) {
        log.warn(ConfigurationIssue(code, at: path(of: key), message))
    }

    /// Tells whoever writes `key` here where that belongs.
    func redirect(_ key: String, _ advice: String) { elsewhere[key] = advice }

    /// Reports every key that nobody asked for, here and in the objects inside, with the nearest known name.
    public func finish() {
        for key in keys where !asked.contains(key) {
            if let advice = elsewhere[key] {
                report(key, .unknownKey, "is no known key: \(advice)")
                continue
            }
            let known = asked.subtracting(members.keys)
            let nearest = NearestName.of(key, in: known) ?? NearestName.of(key, in: asked)
            let hint = nearest.map { " (did you mean \"\($0)\"?)" } ?? ""
            let list = asked.sorted().joined(separator: ", ")
            report(key, .unknownKey, "is no known key\(hint); known here: \(list)")
        }
        for child in children { child.finish() }
    }

    /// Takes every key as known: nobody can say which are, once the object's own type is unknown.
    public func ignoreTheRest() { asked.formUnion(members.keys) }

    /// Remembers a secret, so that the channel can take it out of every text.
    func remember(_ secret: Secret) {
        secrets.append(secret)
        parent?.remember(secret)
    }

    /// Remembers that secrets stand at `key`, or one does.
    func hide(_ key: String) { secretKeys.insert(key) }

    /// Remembers that a secret is missing, and how to come by it.
    func lack(_ remedy: String, isFlawed: Bool) {
        if !missing.contains(remedy) { missing.append(remedy) }
        if !isFlawed { hasMissing = true }
        parent?.lack(remedy, isFlawed: isFlawed)
    }

    /// A value as it may be shown: never the inside of an object, which may hold a secret.
    private static func shown(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): "\"\(Excerpt.of(text))\""
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue {
    /// The same with its texts, or those of its items, emptied; an object says only where a secret is found.
    fileprivate var withoutText: JSONValue {
        switch self {
        case .string: .string("")
        case .array(let items): .array(items.map(\.withoutText))
        default: self
        }
    }
}
