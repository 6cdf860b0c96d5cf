import Broadcast
public import Channels

/// Turns the parsed file into built objects, or tells everything that is wrong with it.
public enum ConfigurationReader {
    /// Reads `bytes`, the text of the file called `file`; relative paths and secrets come from `source`.
    ///
    /// - Throws: every problem at once, in the order in which they are found.
    public static func configured(
        _ bytes: [UInt8], file: String, source: SecretSource
    ) throws(ConfigurationError) -> Configured {
        let log = IssueLog()
        let root = try root(of: bytes, file: file, source: source, log: log)
        let sender = Sender(root)
        let owner = owner(root)
        let store = store(root)
        let templates = root.text("templates").map(source.absolutePath)
        let keep = keep(root)
        let channels = channels(root)
        let names = root.settings("channels")?.keys ?? []
        let order = order(root, known: names)
        let outside = outside(root, over: channels, isWhole: channels.count == names.count)
        root.finish()
        guard log.problems.isEmpty, let sender else {
            throw ConfigurationError(file: file, problems: log.problems, warnings: log.warnings)
        }
        return Configured(
            sender: sender, owner: owner, store: source.absolutePath(store),
            templates: templates, keep: keep, order: order, channels: channels, outside: outside,
            warnings: log.warnings)
    }

    /// The channels with which nothing is wrong, whatever is wrong elsewhere; by name.
    public static func soundChannels(
        _ bytes: [UInt8], file: String, source: SecretSource
    ) -> [ConfiguredChannel] {
        let log = IssueLog()
        do {
            let channels = channels(try root(of: bytes, file: file, source: source, log: log))
            return channels.filter { channel in
                let path = "channels.\(channel.facts.name)"
                return !log.problems.contains { $0.path == path || $0.path.hasPrefix("\(path).") }
            }
        } catch {
            return []
        }
    }

    private static func root(
        of bytes: [UInt8], file: String, source: SecretSource, log: IssueLog
    ) throws(ConfigurationError) -> SettingsReader {
        let tree: JSONValue
        do {
            tree = try JSONValue(parsing: bytes)
        } catch {
            throw ConfigurationError(
                file: file, problems: [ConfigurationIssue(.malformed, at: "", "\(error)")])
        }
        guard case .object(let members) = tree else {
            let issue = ConfigurationIssue(.wrongType, at: "", "expected an object { … } at the top")
            throw ConfigurationError(file: file, problems: [issue])
        }
        return SettingsReader(members, path: "", secrets: source, log: log)
    }

    private static func store(_ root: SettingsReader) -> String {
        let path = root.text("store") ?? "tocsin.db"
        if path.contains("://") {
            root.report(
                "store", .invalid, "is a URL, and only SQLite files are known: expected the path of a file")
        }
        return path
    }

    private static func keep(_ root: SettingsReader) -> Retention {
        guard let text = root.text("keep") else { return .usual }
        do {
            return try Retention(text)
        } catch {
            root.report("keep", .invalid, "\"\(Excerpt.of(text))\" \(error)")
            return .usual
        }
    }

    private static func owner(_ root: SettingsReader) -> Address? {
        guard let owner = root.settings("owner"), let text = owner.text("email") else { return nil }
        do {
            return try Address(email: text)
        } catch {
            owner.report("email", .invalid, "\"\(Excerpt.of(text))\" \(error)")
            return nil
        }
    }

    private static func channels(_ root: SettingsReader) -> [ConfiguredChannel] {
        if root.value("channels") == nil {
            root.reportMissing("channels", expected: "an object with one channel or more")
        }
        guard let channels = root.settings("channels") else { return [] }
        if channels.keys.isEmpty {
            root.report("channels", .missing, "is empty: expected one channel or more")
        }
        let hasPage = root.settings("sender")?.value("page") != nil
        let built: [ConfiguredChannel] = channels.keys.compactMap { key in
            guard let name = ChannelName(rawValue: key) else {
                channels.report(key, .invalid, "is no channel name: expected 1 to 64 of A-Z a-z 0-9 _ -")
                _ = channels.value(key)
                return nil
            }
            if channels.value(key) == nil {
                channels.report(key, .wrongType, "expected an object, found null")
            }
            return channels.settings(key).flatMap { settings in
                let channel = ConfiguredChannel(name, settings)
                if !hasPage { requirePage(channel, settings) }
                return channel
            }
        }
        warnOfSharedAccounts(channels, built.map(\.facts))
        return built
    }

    /// What is cut has to say where the rest stands.
    private static func requirePage(_ channel: ConfiguredChannel?, _ settings: SettingsReader) {
        guard channel?.facts.traits.limits.overflow == .cutWithLink else { return }
        settings.report(
            "overflow", .conflict,
            "\"cut-with-link\" needs the page that it links to: add \"page\": "
                + "\"https://www.acme.example/news/{{announcement.id}}\" to \"sender\", with your own site")
    }

    /// The channels named, then the others by name: every channel has a place.
    private static func order(_ root: SettingsReader, known: [String]) -> [ChannelName] {
        let texts = root.texts("order") ?? []
        var order: [ChannelName] = []
        for text in texts {
            guard known.contains(text), let name = ChannelName(rawValue: text) else {
                let nearest = NearestName.of(text, in: known).map { " (did you mean \"\($0)\"?)" } ?? ""
                root.report("order", .invalid, "there is no channel \"\(Excerpt.of(text))\"\(nearest)")
                continue
            }
            guard !order.contains(name) else {
                root.report("order", .invalid, "names \"\(name)\" twice")
                continue
            }
            order.append(name)
        }
        return order + known.compactMap { ChannelName(rawValue: $0) }.filter { !order.contains($0) }
    }
}

extension Sender {
    /// Reads the `sender` object; nil after what is wrong has been reported.
    fileprivate init?(_ root: SettingsReader) {
        guard let settings = root.settings("sender") else {
            if root.value("sender") == nil {
                root.reportMissing("sender", expected: "an object with at least a name")
            }
            return nil
        }
        let name = settings.requiredText("name", "the company's name as readers know it")
        let locale = settings.checked("locale", LocaleTag.canonical) ?? "en"
        let timezone = settings.checked("timezone", ZoneName.checked) ?? "UTC"
        let website = settings.url("website", allowsPlain: true) ?? ""
        let page = settings.checked("page", PageLink.checked) ?? ""
        guard let name else { return nil }
        self.init(name: name, locale: locale, timezone: timezone, website: website, page: page)
    }
}

extension SettingsReader {
    /// A text that `check` finds valid; nil when absent.
    fileprivate func checked(_ key: String, _ check: (String) throws(ValueProblem) -> String) -> String? {
        guard let text = text(key) else { return nil }
        do {
            return try check(text)
        } catch {
            report(key, .invalid, "\"\(Excerpt.of(text))\" \(error)")
            return nil
        }
    }
}
