import Broadcast
import Channels

extension ConfigurationReader {
    /// Tells of channels over one account at a provider, of which one has a daily limit: each counts its own messages.
    static func warnOfSharedAccounts(_ channels: SettingsReader, _ facts: [ChannelFacts]) {
        for facts in facts where facts.perDay != nil {
            guard let own = channels.settings(facts.name.rawValue), let account = own.account else {
                continue
            }
            let others = channels.keys.filter { key in
                guard key != facts.name.rawValue, case .object? = channels.raw(key) else { return false }
                return channels.settings(key)?.account == account
            }
            guard !others.isEmpty else { continue }
            own.warn(
                "perDay", .conflict,
                "counts what goes over \(facts.name), and \(others.joined(separator: ", ")) "
                    + "\(others.count == 1 ? "stands" : "stand") on the same account, uncounted here: give each channel its "
                    + "share of what the provider takes")
        }
    }
}

extension SettingsReader {
    /// What the provider knows whoever sends by: the login, and where; without a login, the address alone.
    fileprivate var account: [JSONValue]? {
        let login = ["username", "password", "authorization", "token"].compactMap(raw)
        guard case .string(let text)? = raw("url") else {
            return login.isEmpty ? nil : [raw("api") ?? .null] + login
        }
        let place =
            login.isEmpty
            ? text[...] : text.prefix(while: { $0 != "?" }).split(separator: "/").dropFirst().first
        return place.map { [.string($0.lowercased())] + login }
    }
}
