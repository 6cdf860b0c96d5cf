import Broadcast
import Channels
import Configuration
import Testing

/// `sender.page`, and what cannot be without it.
@Suite struct PageSettingTests {
    private static let source = SecretSource(
        environment: { $0 == "T" ? "1:secret" : "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
        file: { _ in .unreadable("is not there") }, absolutePath: { $0 },
        allowsLiterals: false)

    private func read(_ sender: String, _ channel: String) -> Result<Configured, ConfigurationError> {
        let text = #"{"sender":{"name":"Acme"\#(sender)},"channels":{"x":{\#(channel)}}}"#
        return Result { () throws(ConfigurationError) in
            try ConfigurationReader.configured(Array(text.utf8), file: "channels.json", source: Self.source)
        }
    }

    private func lines(_ sender: String, _ channel: String) -> [String] {
        if case .failure(let error) = read(sender, channel) { error.lines } else { [] }
    }

    private static let hook = #""type":"webhook","url":"https://h.example/","secret":{"env":"S"}"#
    private static let page = #","page":"https://acme.example/{{announcement.id}}""#
    private static let cutting = [
        #"\#(hook),"maxCharacters":500,"overflow":"cut-with-link""#,
        #""type":"telegram","token":{"env":"T"},"overflow":"cut-with-link""#,
        #""type":"sms","url":"https://s.example/","body":{"json":{"to":"{{to}}","x":"{{text}}"}},"overflow":"cut-with-link""#,
    ]

    @Test func `the page is read with the sender`() throws {
        #expect(
            try read(Self.page, Self.hook).get().sender.page == "https://acme.example/{{announcement.id}}")
        #expect(try read("", Self.hook).get().sender.page.isEmpty)
    }

    @Test(arguments: ["http://acme.example/x", "/news", "https://acme.example/{{contact.id}}", "https://"])
    func `a page that is none is one problem, with what would be right`(page: String) {
        let lines = lines(#","page":"\#(page)""#, Self.hook)
        #expect(
            lines.count == 1 && lines[0].hasPrefix("channels.json: sender.page: \"\(page)\" "), "\(lines)")
        #expect(lines.allSatisfy { $0.contains("{{announcement.id}}") }, "\(lines)")
    }

    @Test(arguments: cutting)
    func `cutting needs the page it links to`(channel: String) throws {
        let lines = lines("", channel)
        #expect(lines.count == 1, "\(lines)")
        #expect(lines.first?.hasPrefix("channels.json: channels.x.overflow: ") == true, "\(lines)")
        #expect(lines.first?.contains(#"add "page": "https://"#) == true, "\(lines)")
    }

    @Test(arguments: cutting)
    func `with a page it is allowed`(channel: String) throws {
        let limits = try #require(try read(Self.page, channel).get().channels.first).facts.traits.limits
        #expect(limits.overflow == .cutWithLink)
    }

    @Test func `mail knows no overflow`() {
        let lines = lines(
            Self.page, #""type":"smtp","url":"smtp://m.example","from":"a@b.example","overflow":"refuse""#)
        #expect(lines.count == 1 && lines[0].contains("channels.x.overflow: is no known key"), "\(lines)")
    }
}
