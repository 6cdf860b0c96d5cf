import Testing

@testable import Broadcast

struct NearestNameTests {
    @Test(
        arguments: [
            ("emial", "email"), ("e-mail", "email"), ("EMAIL", "email"), ("phnoe", "phone"),
            ("telegramm", "telegram"),
            ("nmae", "name"), ("tag", "tags"), ("telgrm", "telegram"), ("plan", nil), ("note", nil),
            ("zip", nil),
            ("", nil), ("x", nil), ("telephone", nil),
        ] as [(String, String?)])
    func `a slip or two is forgiven, another word is not`(typed: String, meant: String?) {
        #expect(NearestName.of(typed, in: ["id", "name", "email", "phone", "telegram", "tags"]) == meant)
    }

    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("kitten", "sitting", 3), ("abc", "abc", 0),
    ])
    func `slips are counted as misses, additions, changes and swaps`(left: String, right: String, slips: Int)
    {
        #expect(NearestName.slips(from: Array(left), to: Array(right)) == slips)
        #expect(NearestName.slips(from: Array(right), to: Array(left)) == slips)
    }

    @Test func `of two equally near names the first by bytes is taken`() {
        #expect(NearestName.of("emailx", in: ["emaily", "emaila"]) == "emaila")
    }
}

struct ExcerptTests {
    @Test(arguments: [
        ("plain", "plain"), ("a\u{1B}[31mb", "a\\u{1B}[31mb"), ("a\r\nb", "a\\u{D}\\u{A}b"),
        ("x\u{202E}y", "x\\u{202E}y"),
        (String(repeating: "a", count: 61), String(repeating: "a", count: 60) + "…"),
    ])
    func `a value is shown short and without power over the terminal`(text: String, shown: String) {
        #expect(Excerpt.of(text) == shown)
    }

    @Test func `one character of a million accents stays short`() {
        #expect(Excerpt.of("a" + String(repeating: "\u{301}", count: 1_000_000)).unicodeScalars.count <= 121)
    }
}

struct LocaleTagTests {
    @Test(arguments: [
        ("it", "it"), ("IT", "it"), ("it-it", "it-IT"), ("it_IT", "it-IT"), ("ZH-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"), ("de-CH-1996", "de-CH-1996"), ("sr-latn", "sr-Latn"), ("fil", "fil"),
    ])
    func `a locale gets its usual capitals`(text: String, tag: String) throws {
        #expect(try LocaleTag.canonical(text) == tag)
    }

    @Test(arguments: [
        "", "-", "it-", "italian", "xx", "it-XX", "it--IT", "it IT", "it-IT.UTF-8", "i", "it-IT-x", "ìt",
        "it\0",
        String(repeating: "it-", count: 100_000),
    ])
    func `what is no locale is refused`(text: String) {
        #expect(throws: ValueProblem.self) { try LocaleTag.canonical(text) }
    }
}

struct ZoneNameTests {
    @Test(arguments: ["Europe/Rome", "UTC", "Asia/Calcutta", "US/Pacific", "America/Argentina/Buenos_Aires"])
    func `a zone of the database is taken as it is`(name: String) throws {
        #expect(try ZoneName.checked(name) == name)
    }

    @Test(
        arguments: [
            ("Europe/Rom", "Europe/Rome"), ("europe/rome", "Europe/Rome"), ("Rome", "Europe/Rome"),
            ("new york", "America/New_York"), ("GMT+2", nil), ("", nil), ("../../etc/passwd", nil),
            ("+02:00", nil),
        ] as [(String, String?)])
    func `another name is refused with the nearest`(text: String, nearest: String?) {
        let problem = #expect(throws: ValueProblem.self) { try ZoneName.checked(text) }
        if let nearest { #expect(problem?.nearest == nearest) }
    }
}
