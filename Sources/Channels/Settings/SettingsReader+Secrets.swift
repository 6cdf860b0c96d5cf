import Broadcast
public import Wire

extension SettingsReader {
    /// What is wrong with the form of a secret, as the rest of a sentence about it; nil when nothing is.
    ///
    /// One of ill form is as good as none: it takes its own channel away and no other.
    typealias SecretFlaw = (String) -> String?

    /// A secret: `{"env": NAME}`, `{"file": PATH}`, or itself where nobody else can read the file; nil when absent.
    public func secret(_ key: String) -> Secret? { secret(key) { _ in nil } }

    /// The same of a form of its own.
    func secret(_ key: String, flaw: SecretFlaw) -> Secret? {
        hide(key)
        return value(key).flatMap { resolved($0, key, flaw) }
    }

    /// A secret that must be there.
    func requiredSecret(_ key: String, flaw: SecretFlaw = { _ in nil }) -> Secret? {
        if value(key) == nil { reportMissing(key, expected: "{\"env\": \"NAME\"} or {\"file\": \"PATH\"}") }
        return secret(key, flaw: flaw)
    }

    /// One secret, or a list of them, as rotation needs; nil when absent or when one of them cannot be had.
    func secretList(_ key: String, flaw: SecretFlaw) -> [Secret]? {
        hide(key)
        guard let value = value(key) else { return nil }
        guard case .array(let items) = value else { return resolved(value, key, flaw).map { [$0] } }
        let found = items.enumerated().compactMap { resolved($1, "\(key)[\($0)]", flaw) }
        guard !items.isEmpty else {
            report(key, .invalid, "is an empty list: expected at least one secret")
            return nil
        }
        return found.count == items.count ? found : nil
    }

    private func resolved(_ value: JSONValue, _ key: String, _ flaw: SecretFlaw) -> Secret? {
        if secretSource.withholdsSecrets {
            remember(Secret(SecretSource.standIn))
            return Secret(SecretSource.standIn)
        }
        let found: String? =
            switch value {
            case .string(let text): literal(text, key, flaw)
            case .object(let members) where members.count == 1:
                switch members.first {
                case ("env", .string(let name))?: variable(name, key, flaw)
                case ("file", .string(let path))?: contents(of: path, key, flaw)
                default: misshapen(key)
                }
            default: misshapen(key)
            }
        guard let found else { return nil }
        let secret = Secret(found)
        remember(secret)
        return secret
    }

    private func misshapen(_ key: String) -> String? {
        report(key, .wrongType, "expected a secret: {\"env\": \"NAME\"} or {\"file\": \"PATH\"}")
        return nil
    }

    private func literal(_ text: String, _ key: String, _ form: SecretFlaw) -> String? {
        guard secretSource.allowsLiterals else {
            report(
                key, .secret,
                "holds a secret in a file that other accounts can read: chmod 600 the file, or give "
                    + "{\"env\": \"NAME\"} or {\"file\": \"PATH\"}")
            return nil
        }
        guard let flaw = Self.flaw(in: text, form) else { return text }
        return standIn(for: key, "the secret \(flaw)", text.isEmpty ? .provide : .mend)
    }

    private func variable(_ name: String, _ key: String, _ form: SecretFlaw) -> String? {
        let shown = Excerpt.of(name)
        guard let text = secretSource.environment(name), !text.isEmpty else {
            let state = secretSource.environment(name) == nil ? "not set" : "empty"
            return standIn(for: key, "the environment variable \(shown) is \(state)", .export(shown))
        }
        guard let flaw = Self.flaw(in: text, form) else { return text }
        return standIn(for: key, "the environment variable \(shown) \(flaw)", .mend)
    }

    /// Who has no such secret may not have the channel either.
    private var wayOut: String {
        let parts = path.split(separator: ".")
        guard parts.first == "channels", parts.count > 1 else { return "" }
        return ", or take channels.\(parts[1]) (and its place in order) out"
    }

    private func contents(of path: String, _ key: String, _ form: SecretFlaw) -> String? {
        let title = "the secret file \(Excerpt.of(path))"
        switch secretSource.file(path) {
        case .unreadable(let why): return standIn(for: key, "\(title) \(why)", .provide)
        case .contents(let bytes, let isOpen):
            if isOpen {
                warn(key, .secret, "other accounts can read \(title): chmod 600 it")
            }
            // Editors put a byte order mark before it, which shows nowhere.
            let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
            let line = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
            guard var text = String(validating: line, as: UTF8.self) else {
                return standIn(for: key, "\(title) is not UTF-8 text", .mend)
            }
            while text.last?.isNewline == true { text.removeLast() }
            guard let flaw = Self.flaw(in: text, form) else { return text }
            return standIn(for: key, "\(title) \(flaw)", text.isEmpty ? .provide : .mend)
        }
    }

    /// Something of the right shape for a secret that cannot be had, where that is tolerated; else the problem.
    ///
    /// What is told of it then is the remedy where that says enough, else the problem.
    private func standIn(for key: String, _ problem: String, _ remedy: Remedy) -> String? {
        guard secretSource.toleratesMissing else {
            report(key, .secret, "\(problem): \(remedy.words)\(wayOut)")
            return nil
        }
        switch remedy {
        case .export(let name): lack("export \(name)", isFlawed: false)
        case .provide: lack(problem, isFlawed: false)
        case .mend: lack(problem, isFlawed: true)
        }
        return SecretSource.standIn
    }

    /// What a person does about a secret that cannot be had.
    private enum Remedy {
        case export(String), provide
        /// It is there, and of ill form.
        case mend

        var words: String {
            switch self {
            case .export: "export it"
            case .provide: "put it there"
            case .mend: "mend it"
            }
        }
    }

    /// Secrets go into headers and URLs: an empty one or one with a line break would only fail later, and worse.
    private static func flaw(in text: String, _ form: SecretFlaw) -> String? {
        if text.isEmpty { return "is empty" }
        let isControlled = text.unicodeScalars.contains(where: \.isControl)
        return isControlled ? "holds a line break or a control character" : form(text)
    }
}
