import Broadcast
import Channels
import Testing

/// Settings in which something beside the secret is wrong, or the secret itself is.
struct SecretCase: Sendable, CustomTestStringConvertible {
    let kind: String
    /// `SECRET` stands where a secret is given, as `{"env": …}` and as a literal.
    let settings: String

    var testDescription: String { "\(kind) \(settings)" }

    static let all =
        [
            #""url":"smtp://m.example","from":"a@m.example","username":"u","password":SECRET"#,
            #""url":"smtp://m.example","from":"a@m.example","password":SECRET"#,
            #""url":"smtp://m.example","from":"a@m.example","proxy":SECRET"#,
        ].map { SecretCase(kind: "smtp", settings: $0) }
        + [#""token":SECRET"#, #""token":SECRET,"api":"nowhere","chat":"x""#, #""token":"t","proxy":SECRET"#]
        .map { SecretCase(kind: "telegram", settings: $0) }
        + [
            #""url":"h.example","secret":SECRET"#, #""url":"https://h.example/","secret":[SECRET,SECRET]"#,
            #""url":"https://h.example/","health":"x","authorization":{"bearer":SECRET}"#,
            #""url":"https://h.example/","ca":"gone","proxy":SECRET"#,
        ].map { SecretCase(kind: "webhook", settings: $0) }
        + [
            #""url":"sms.example/{{values.k}}","values":{"k":SECRET}"#,
            #""url":"https://{{values.k}}.sms.example/a b","values":{"k":SECRET}"#,
            #""url":"https://{{values.k}}","values":{"k":SECRET}"#,
            #""url":"https://s.example/","values":{"k":SECRET},"headers":{"X Y":"{{values.k}}"}"#,
            #""url":"https://s.example/","values":{"k":SECRET},"headers":{"Host":"{{values.k}}"}"#,
            #""url":"https://s.example/","values":{"k":SECRET},"body":{"json":{"a":"{{values.k}} {{nope}}"}}"#,
            #""url":"https://s.example/","authorization":{"basic":{"username":"a:b","password":SECRET}}"#,
            #""url":"https://s.example/","authorization":{"header":{"name":"A B","value":SECRET}}"#,
            #""url":"https://s.example/","authorization":{"header":{"name":"Host","value":SECRET}}"#,
            #""url":"https://s.example/","authorization":{"bearer":SECRET,"basic":{}}"#,
        ].map { SecretCase(kind: "sms", settings: $0) }
}

/// Nothing that is said about a configuration may tell a secret of it.
struct SecretLaws {
    /// Of any form: with blanks, with a line break, as a URL, as a token.
    static let secrets = [
        "hunter22", "hunter22 two", "hunter22\u{E8}/?#", "hunter22\nx", "0:hunter22 ", "whsec_hunter22",
        "http://u:hunter22@", "http://hunter22:1@p.example/x y",
    ]

    @Test(arguments: SecretCase.all, secrets) func `no secret stands in any issue`(
        sample: SecretCase, secret: String
    )
        throws
    {
        let type = try #require(ChannelKinds.named(sample.kind))
        let written = String(decoding: JSONValue.string(secret).compact, as: UTF8.self)
        for (given, allowsLiterals) in [(#"{"env":"K"}"#, false), (written, false), (written, true)] {
            var source = SecretSource.sample
            source.environment = { _ in secret }
            source.allowsLiterals = allowsLiterals
            let text = "{\(sample.settings.replacing("SECRET", with: given))}"
            // A plain value is no secret, and a login in a literal URL is one all the same.
            let issues = try issues(type, text, source)
            for issue in issues { #expect(!issue.contains("hunter22"), "\(issue)") }
        }
    }

    @Test(arguments: [
        ("sms", #""url":"https://u:hunter22@s.example:99999999/ x""#),
        ("webhook", #""url":"ftp://u:hunter22@h.example/""#),
        ("webhook", #""url":"https://h.example/","health":"gopher://u:hunter22@h.example/""#),
        ("smtp", #""url":"smtp://u:hunter22@m.example/x","from":"a@m.example""#),
        ("telegram", #""token":{"env":"TELEGRAM_TOKEN"},"api":"x://u:hunter22@h.example""#),
    ])
    func `a login within a URL is not repeated`(kind: String, settings: String) throws {
        let type = try #require(ChannelKinds.named(kind))
        let found = try issues(type, "{\(settings)}", .sample)
        #expect(found.contains { $0.contains("[secret]@") } && !"\(found)".contains("hunter22"), "\(found)")
    }

    private func issues<Kind: Channel>(_ type: Kind.Type, _ text: String, _ source: SecretSource) throws
        -> [String]
    {
        let (reader, log) = try settings(text, source: source)
        _ = Kind(named: ChannelName(valid: "test"), settings: reader)
        reader.finish()
        return (log.problems + log.warnings).map(\.description)
    }
}
