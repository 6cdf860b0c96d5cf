import Broadcast
import Foundation

extension SettingsReader {
    /// An absolute `https` URL (`http` only with `private`), without fragment or login; nil when absent.
    public func url(_ key: String, allowsPlain: Bool) -> String? {
        guard let text = text(key) else { return nil }
        return checkedURL(text, key, allowsPlain: allowsPlain) ? text : nil
    }

    /// Reports what is wrong with a URL whose fillings have been replaced by something harmless.
    func checkedURL(_ text: String, _ key: String, allowsPlain: Bool) -> Bool {
        guard text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }), let parts = URLComponents(string: text),
            let scheme = parts.scheme?.lowercased(), scheme == "https" || scheme == "http",
            let host = parts.host, !host.isEmpty
        else {
            report(
                key, .invalid,
                "expected an absolute https URL in ASCII (an international domain as xn--…), found "
                    + "\"\(Excerpt.of(text))\"")
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
