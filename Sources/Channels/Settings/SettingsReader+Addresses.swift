import Broadcast
import Foundation
import Wire

extension SettingsReader {
    /// An absolute `https` URL (`http` only with `private`), without fragment or login; nil when absent.
    public func url(_ key: String, allowsPlain: Bool) -> String? {
        guard let text = text(key) else { return nil }
        return isSound(text, writtenAs: text, key, allowsPlain: allowsPlain) ? text : nil
    }

    /// Reports what is wrong with the URL `text`; people see it as it is `written`, without the secrets it is filled with.
    func isSound(_ text: String, writtenAs written: String, _ key: String, allowsPlain: Bool) -> Bool {
        guard text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }), let parts = URLComponents(string: text),
            let scheme = parts.scheme?.lowercased(), scheme == "https" || scheme == "http",
            let host = parts.host, !host.isEmpty
        else {
            report(
                key, .invalid,
                "expected an absolute https URL in ASCII (an international domain as xn--…), found "
                    + "\"\(Excerpt.of(written.withoutLogin))\"")
            return false
        }
        guard parts.user == nil, parts.password == nil, parts.fragment == nil else {
            report(
                key, .invalid,
                "a URL may hold neither a login nor a fragment; put a login under authorization")
            return false
        }
        guard scheme == "https" || allowsPlain else {
            report(key, .conflict, "plain http is only allowed with \"private\": true; expected https://…")
            return false
        }
        return true
    }

    /// A proxy's URL, which is a secret where it holds a login; nil when absent.
    func proxy(_ key: String) -> String? {
        guard let value = value(key) else { return nil }
        let expected = "expected a proxy such as http://HOST:PORT or socks5h://HOST:PORT"
        let text: String
        if case .string(let plain) = value, !plain.contains("@") {
            text = plain
            if Self.proxyParts(text) == nil { report(key, .invalid, expected) }
        } else {
            let flaw = { (text: String) in Self.proxyParts(text) == nil ? "is no proxy: \(expected)" : nil }
            guard let secret = secret(key, flaw: flaw) else { return nil }
            text = secret.reveal()
        }
        // What stands in for one that cannot be had is no URL.
        guard let parts = Self.proxyParts(text) else { return nil }
        if let password = parts.password, !password.isEmpty { remember(Secret(password)) }
        return text
    }

    /// Source: https://curl.se/libcurl/c/CURLOPT_PROXY.html (2026-11).
    private static func proxyParts(_ text: String) -> URLComponents? {
        guard text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }), let parts = URLComponents(string: text),
            let scheme = parts.scheme?.lowercased(),
            ["http", "https", "socks4", "socks4a", "socks5", "socks5h"].contains(scheme),
            let host = parts.host, !host.isEmpty, parts.path.isEmpty || parts.path == "/",
            parts.query == nil, parts.fragment == nil, (1...65535).contains(parts.port ?? 1080)
        else { return nil }
        return parts
    }

    /// A mailbox, such as `Acme <notices@acme.example>`; nil when absent.
    func mailbox(_ key: String) -> Mailbox? {
        guard let text = text(key) else { return nil }
        do {
            return try Mailbox(parsing: text)
        } catch {
            report(key, .invalid, "\"\(Excerpt.of(text))\" \(error.reason); expected \(error.expected)")
            return nil
        }
    }
}

extension String {
    /// A URL, or what should be one, as it may be shown: what stands before an `@` may be a password.
    var withoutLogin: String {
        guard let start = firstRange(of: "://")?.upperBound, let at = self[start...].lastIndex(of: "@") else {
            return self
        }
        return "\(self[..<start])\(Redactor.placeholder)\(self[at...])"
    }
}
