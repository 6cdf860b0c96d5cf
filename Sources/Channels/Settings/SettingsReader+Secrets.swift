import Broadcast
public import Wire

extension SettingsReader {
    /// A secret: `{"env": NAME}`, `{"file": PATH}`, or itself where nobody else can read the file; nil when absent.
    public func secret(_ key: String) -> Secret? {
        hide(key)
        return value(key).flatMap { resolved($0, key) }
    }

    /// A secret that must be there.
    func requiredSecret(_ key: String) -> Secret? {
        if value(key) == nil { reportMissing(key, expected: "{\"env\": \"NAME\"} or {\"file\": \"PATH\"}") }
        return secret(key)
    }

    /// One secret, or a list of them, as rotation needs; nil when absent or when one of them cannot be had.
    public func secretList(_ key: String) -> [Secret]? {
        hide(key)
        guard let value = value(key) else { return nil }
        guard case .array(let items) = value else { return resolved(value, key).map { [$0] } }
        let found = items.enumerated().compactMap { resolved($1, "\(key)[\($0)]") }
        guard !items.isEmpty else {
            report(key, .invalid, "is an empty list: expected at least one secret")
            return nil
        }
        return found.count == items.count ? found : nil
    }

    private func resolved(_ value: JSONValue, _ key: String) -> Secret? {
        if secretSource.withholdsSecrets {
            remember(Secret(SecretSource.standIn))
            return Secret(SecretSource.standIn)
        }
        let found: String? =
            switch value {
            case .string(let text): literal(text, key)
            case .object(let members) where members.count == 1:
                switch members.first {
                case ("env", .string(let name))?: variable(name, key)
                case ("file", .string(let path))?: contents(of: path, key)
                default: misshapen(key)
                }
            default: misshapen(key)
            }
        guard let found, let clean = checked(found, key) else { return nil }
        let secret = Secret(clean)
        remember(secret)
        return secret
    }

    private func misshapen(_ key: String) -> String? {
        report(key, .wrongType, "expected a secret: {\"env\": \"NAME\"} or {\"file\": \"PATH\"}")
        return nil
    }

    private func literal(_ text: String, _ key: String) -> String? {
        guard secretSource.allowsLiterals else {
            report(
                key, .secret,
                "holds a secret in a file that other accounts can read: chmod 600 the file, or give "
                    + "{\"env\": \"NAME\"} or {\"file\": \"PATH\"}")
            return nil
        }
        return text
    }

    private func variable(_ name: String, _ key: String) -> String? {
        let text = secretSource.environment(name) ?? ""
        if text.isEmpty, secretSource.toleratesMissing { return stood("export \(Excerpt.of(name))") }
        guard secretSource.environment(name) != nil else {
            report(
                key, .secret, "the environment variable \(Excerpt.of(name)) is not set: export it\(wayOut)")
            return nil
        }
        return text
    }

    /// Who has no such secret may not have the channel either.
    private var wayOut: String {
        let parts = path.split(separator: ".")
        guard parts.first == "channels", parts.count > 1 else { return "" }
        return ", or take channels.\(parts[1]) (and its place in order) out"
    }

    /// Something of the right shape for a secret that is missing; `remedy` tells how to come by it.
    private func stood(_ remedy: String) -> String {
        lack(remedy)
        return SecretSource.standIn
    }

    private func contents(of path: String, _ key: String) -> String? {
        switch secretSource.file(path) {
        case .unreadable(let why):
            if secretSource.toleratesMissing { return stood("the secret file \(Excerpt.of(path)) \(why)") }
            report(key, .secret, "the secret file \(Excerpt.of(path)) \(why)")
            return nil
        case .contents(let bytes, let isOpen):
            guard var text = String(validating: bytes, as: UTF8.self) else {
                report(key, .secret, "the secret file \(Excerpt.of(path)) is not UTF-8 text")
                return nil
            }
            if isOpen {
                warn(
                    key, .secret, "other accounts can read the secret file \(Excerpt.of(path)): chmod 600 it")
            }
            if text.last?.isNewline == true { text.removeLast() }
            return text
        }
    }

    /// Secrets go into headers and URLs: an empty one or one with a line break would only fail later, and worse.
    private func checked(_ text: String, _ key: String) -> String? {
        guard !text.isEmpty else {
            report(key, .secret, "the secret is empty")
            return nil
        }
        guard !text.unicodeScalars.contains(where: \.isControl) else {
            report(key, .secret, "the secret holds a line break or a control character")
            return nil
        }
        return text
    }
}
