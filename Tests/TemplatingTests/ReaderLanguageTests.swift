import Testing

@testable import Templating

/// Who gets a text in another language or script than theirs.
struct ReaderLanguageTests {
    /// The locales of the texts besides English, those of readers, and which of these are told otherwise.
    @Test(arguments: [
        (["pt-BR"], ["en-GB", "pt-BR", "fr", "de-AT", "?"], ["fr", "de-AT"]),
        // A text for another region is theirs by no rule: they get English.
        (["pt-BR"], ["pt", "pt-PT"], ["pt", "pt-PT"]),
        (["zh"], ["zh", "zh-CN", "zh-SG", "zh-Hans-HK"], []),
        (["zh"], ["zh-Hant", "zh-TW", "zh-HK", "zh-Hant-TW"], ["zh-Hant", "zh-TW", "zh-HK", "zh-Hant-TW"]),
        (["zh", "zh-Hant"], ["zh-Hant", "zh-TW", "zh-Hant-TW"], ["zh-TW"]),
        (["zh-TW"], ["zh-TW", "zh-Hant", "zh"], ["zh-Hant", "zh"]),
        (["sr"], ["sr", "sr-RS", "sr-Cyrl-BA", "sr-Latn", "sr-ME"], ["sr-Latn", "sr-ME"]),
        (["sr-Latn"], ["sr-Latn-RS", "sr"], ["sr"]),
        (["pt", "de-DE"], ["pt-PT", "de-DE", "es-419"], ["es-419"]),
    ])
    func `whoever gets another language or script is told otherwise`(
        texts: [String], readers: [String], foreign: [String]
    ) throws {
        let files = Dictionary(uniqueKeysWithValues: texts.map { ("t/message.\($0).md", "y") })
        #expect(try CompiledTemplate(.sample("x", files: files)).unspoken(readers) == foreign)
    }

    @Test(arguments: [
        ("de-AT", "de"), ("zh-TW", "zh-TW"), ("zh-Hant-TW", "zh-Hant"), ("zh-CN", "zh"), ("sr-ME", "sr-ME"),
        ("sr-Latn-RS", "sr-Latn"), ("de-1996", "de"), ("it", "it"),
    ])
    func `a text with its tag is found by them and read`(locale: String, tag: String) throws {
        #expect(ReaderLanguage(locale)?.tag == tag)
        let template = try CompiledTemplate(.sample("x", files: ["t/message.\(tag).md": "y"]))
        #expect(template.locale(inPlaceOf: locale) == tag && template.unspoken([locale]).isEmpty)
    }

    @Test func `a script is named where it is what differs`() throws {
        let (hant, hans) = (try #require(ReaderLanguage("zh-HK")), try #require(ReaderLanguage("zh")))
        let german = try #require(ReaderLanguage("de-CH"))
        #expect(hant.name(besides: hans) == "Chinese (Traditional Han)")
        #expect(hans.name(besides: hant) == "Chinese (Simplified Han)")
        #expect(hant.name(besides: german) == "Chinese" && german.name(besides: hant) == "German")
        #expect(ReaderLanguage("?") == nil)
    }
}
