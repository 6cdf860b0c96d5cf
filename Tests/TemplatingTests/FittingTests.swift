import Broadcast
import Testing

@testable import Templating

/// A message within its channel's limits: as it is, refused with its excess, or cut with a link.
struct FittingTests {
    private static let page = "https://acme.example/n/1"
    private static let telegram = ContentLimits(characters: 4_096, overflow: .cutWithLink)

    private func content(_ form: ContentForm, _ text: String, html: String = "") -> RenderedContent {
        RenderedContent(form: form, locale: "en", title: [], text: Array(text.utf8), html: Array(html.utf8))
    }

    private func fitted(
        _ form: ContentForm, _ text: String, _ limits: ContentLimits, page: String? = page
    ) throws -> (text: String, isCut: Bool) {
        let fitted = try content(form, text).fitted(to: limits, page: page)
        return (String(decoding: fitted.content.text, as: UTF8.self), fitted.isCut)
    }

    /// What is said of a text that is too long; nil when it is not.
    private func problem(_ form: ContentForm, _ text: String, _ limits: ContentLimits, page: String? = page)
        -> String?
    {
        do throws(RenderProblem) {
            _ = try content(form, text).fitted(to: limits, page: page) { $0.text.count + 100 }
            return nil
        } catch {
            #expect(error.code == .tooLong && error.excess != nil)
            return error.description
        }
    }

    private static func a(_ count: Int) -> String { String(repeating: "a", count: count) }

    @Test(
        arguments: [
            (ContentForm.telegram, a(4_096), ContentLimits(characters: 4_096), nil),
            (
                .telegram, a(4_310), ContentLimits(characters: 4_096),
                "telegram: 4,310 characters, 214 more than the 4,096 allowed"
            ),
            (
                .telegram, "<b>\(a(4_096))</b>&amp;", ContentLimits(characters: 4_096),
                "4,097 characters, 1 more than"
            ),
            (
                .telegram, "&#128512;\(a(4_095))", ContentLimits(characters: 4_096),
                "4,097 characters, 1 more than"
            ),
            (.sms, a(612), ContentLimits(segments: 4), nil),
            (
                .sms, a(613), ContentLimits(segments: 4),
                "sms: 5 segments, 1 more than the 4 allowed (maxSegments)"
            ),
            (.sms, a(10_000), ContentLimits(), nil),
            (.webhook, a(2_000), ContentLimits(characters: 2_000), nil),
            (
                .webhook, a(2_001), ContentLimits(characters: 2_000),
                "webhook: 2,001 characters, 1 more than the 2,000 allowed (maxCharacters)"
            ),
            (.webhook, a(900), ContentLimits(bytes: 1_000), nil),
            (
                .webhook, a(901), ContentLimits(bytes: 1_000),
                "webhook: a body of 1,001 bytes, 1 more than the 1,000 allowed (maxBytes)"
            ),
            (.email, a(1_000_000), ContentLimits(advisedSubject: 69), nil),
        ] as [(ContentForm, String, ContentLimits, String?)])
    func `a text over its limit is refused with the excess`(
        form: ContentForm, text: String, limits: ContentLimits, told: String?
    ) {
        let problem = problem(form, text, limits)
        #expect(
            (problem == nil) == (told == nil) && problem?.contains(told ?? "") != false,
            "\(problem ?? "taken")")
    }

    /// Limits that may cut, and texts of which nothing is left beside the link.
    @Test func `what cannot be cut is refused as well`() {
        let long = "https://acme.example/" + Self.a(200)
        #expect(
            problem(.sms, Self.a(200), ContentLimits(segments: 1, overflow: .cutWithLink), page: long) != nil)
        #expect(
            problem(.sms, Self.a(200), ContentLimits(segments: 1, overflow: .cutWithLink), page: nil) != nil)
        var body = content(.webhook, "x")
        body.json = .string("x")
        #expect(throws: RenderProblem.self) {
            try body.fitted(to: ContentLimits(bytes: 500, overflow: .cutWithLink), page: Self.page) { _ in 501
            }
        }
    }

    /// A text, for how much of it and an ellipsis there is room, and what becomes of it before the link.
    @Test(arguments: [
        // The last sentence that fits, in whatever language.
        (
            "One is here. Two is here! Three is far too long for anybody to read on a phone", 30,
            "One is here. Two is here! … "
        ),
        ("Uno (o «due.») Tre quattro cinque sei sette otto", 22, "Uno (o «due.») … "),
        ("一二三四五。" + String(repeating: "六七八", count: 20), 12, "一二三四五。 … "),
        ("هل تعمل؟ نعم تعمل الآن كما كانت من قبل ذلك", 16, "هل تعمل؟ … "),
        ("First line\nSecond line that goes on and on and on", 20, "First line … "),
        // No sentence worth keeping: a word.
        ("Hi! There is no end to this one at all, whatever", 23, "Hi! There is no end… "),
        ("v1.2.3 is out and about for everybody to see now", 20, "v1.2.3 is out and… "),
        // No word either: whole characters.
        (String(repeating: "👩‍👧", count: 20), 22, "\(String(repeating: "👩‍👧", count: 4))… "),
        (String(repeating: "e\u{301}", count: 60), 22, "\(String(repeating: "e\u{301}", count: 10))… "),
        (a(100), 22, "\(a(20))… "),
    ])
    func `a text is cut where a reader would stop`(text: String, room: Int, kept: String) throws {
        let (limit, expected) = (room + Self.page.utf16.count, kept + Self.page)
        let limits = ContentLimits(characters: limit, overflow: .cutWithLink)
        let cut = try fitted(.webhook, text, limits)
        #expect(cut.text == expected && cut.isCut)
        #expect(cut.text.utf16.count <= limit)
        let escaped = try fitted(.telegram, text, limits)
        #expect(escaped.text == expected && escaped.isCut)
    }

    @Test(arguments: [
        ("<b>one two</b> three four five six seven eight nine", 14, "<b>one two</b>… "),
        ("<b>one <i>two three</i> four</b> five six seven eight nine", 14, "<b>one <i>two</i></b>… "),
        (
            #"<a href="https://x.example/?a>b&amp;c">one two three</a> four five six seven eight"#, 14,
            #"<a href="https://x.example/?a>b&amp;c">one two</a>… "#
        ),
        ("a &amp;&lt;&gt; &#39;b&#x27; \(a(40))", 14, "a &amp;&lt;&gt; &#39;b&#x27;… "),
        (
            "<pre><code class=\"language-c\">int a; int b; int c; int d; int e; int f;</code></pre>", 14,
            "<pre><code class=\"language-c\">int a; int</code></pre>… "
        ),
        (
            "<blockquote expandable>One. Two three four five six seven</blockquote>", 9,
            "<blockquote expandable>One.</blockquote> … "
        ),
    ])
    func `Telegram's tags are closed and its entities whole`(html: String, room: Int, kept: String) throws {
        let (limit, expected) = (room + Self.page.utf16.count, kept + Self.page)
        let cut = try fitted(.telegram, html, ContentLimits(characters: limit, overflow: .cutWithLink))
        #expect(cut.text == expected && cut.isCut)
        #expect(TelegramMarkup.length(of: Array(cut.text.utf8)) <= limit)
        #expect(TelegramMarkup.problems(in: Array(cut.text.utf8), file: "t").isEmpty)
    }

    @Test func `a long Telegram text keeps as much as it may`() throws {
        let sentence = "<b>Ciò &amp; altro</b> 😀 <i>accade</i>. "
        let text = String(repeating: sentence, count: 300)
        let cut = try fitted(.telegram, text, Self.telegram)
        let length = TelegramMarkup.length(of: Array(cut.text.utf8))
        #expect(length <= 4_096 && length > 4_060, "\(length)")
        #expect(cut.text.hasSuffix("</i>. … \(Self.page)") || cut.text.hasSuffix(". … \(Self.page)"))
    }

    @Test(arguments: [
        // GSM: the ellipsis is three full stops, the link counts, extension characters are not split.
        (a(100) + ". " + a(100), 1, true, a(100) + ". ... " + page),
        (String(repeating: "€", count: 100), 1, true, String(repeating: "€", count: 66) + "... " + page),
        (
            String(repeating: "ab ", count: 200), 2, true,
            String(repeating: "ab ", count: 92) + "ab... " + page
        ),
        // UCS-2: pairs stay together.
        (String(repeating: "😀", count: 60), 1, true, String(repeating: "😀", count: 22) + "… " + page),
        (String(repeating: "中", count: 90), 1, true, String(repeating: "中", count: 44) + "… " + page),
        // What costs the short encoding is cut off, so that more fits.
        (a(120) + ". 😀 " + a(100), 1, true, a(120) + ". ... " + page),
        // Typography is rewritten, or not.
        ("L’avviso è lungo. " + a(200), 1, true, "L'avviso è lungo. " + a(114) + "... " + page),
        ("L’avviso è lungo. " + a(200), 1, false, "L’avviso è lungo. " + a(26) + "… " + page),
    ])
    func `an SMS fits its segments together with the link`(
        text: String, segments: Int, transliterates: Bool, expected: String
    ) throws {
        let limits = ContentLimits(segments: segments, overflow: .cutWithLink, transliterates: transliterates)
        let cut = try content(.sms, text).fitted(to: limits, page: Self.page)
        #expect(String(decoding: cut.content.text, as: UTF8.self) == expected && cut.isCut)
        #expect(SMSLength(expected).segments == segments)
        #expect(cut.sms?.length == SMSLength(expected))
    }

    @Test func `the HTML of a webhook says what its cut text says`() throws {
        let whole = content(.webhook, "A <b> & b.\nMore " + Self.a(90), html: "<p>" + Self.a(900) + "</p>")
        let limits = ContentLimits(bytes: 120, overflow: .cutWithLink)
        let cut = try whole.fitted(to: limits, page: Self.page + "?a&b") { $0.html.count }
        let html = "<p>A &lt;b&gt; &amp; b. … <a href=\"\(Self.page)?a&amp;b\">\(Self.page)?a&amp;b</a></p>\n"
        #expect(String(decoding: cut.content.html, as: UTF8.self) == html)
        #expect(String(decoding: cut.content.text, as: UTF8.self) == "A <b> & b. … \(Self.page)?a&b")
    }

    @Test func `a text within its limits is not touched`() throws {
        for form in ContentForm.allCases {
            let text = "È “x” … 😀\n"
            let limits = ContentLimits(segments: 4, characters: 100, bytes: 1_000, overflow: .cutWithLink)
            let kept = try fitted(form, text, limits)
            #expect(kept.text == text && !kept.isCut)
        }
    }

    /// A body of the author's own, and what is said of it where a text may have 300 characters.
    @Test(arguments: [
        (#"{"content": "{{text}}"}"#, 300, nil),
        (
            #"{"content": "{{text}}"}"#, 301,
            "webhook: 301 characters, 1 more than the 300 allowed (maxCharacters)"
        ),
        (
            #"{"blocks": [{"text": "News: {{text}}"}], "n": 1}"#, 295,
            "webhook: 301 characters, 1 more than the 300"
        ),
        (#"{"text": "{{title}}", "page": "{{html}}"}"#, 999, nil),
        (#"{"text": "{{text}}", "page": "{{html}}"}"#, 301, "webhook: 301 characters, 1 more than the 300"),
    ])
    func `a webhook's own body is held to the channel's characters, and not cut`(
        json: String, length: Int, expected: String?
    ) throws {
        let template = try CompiledTemplate(.sample(Self.a(length), files: ["t/webhook.json": json]))
        let content = try template.render(.webhook, for: nil, announcement: .sample)
        for overflow in ContentLimits.Overflow.allCases {
            var told: String?
            do throws(RenderProblem) {
                _ = try content.fitted(
                    to: ContentLimits(characters: 300, overflow: overflow), page: Self.page)
            } catch {
                told = error.description
            }
            #expect(
                (told == nil) == (expected == nil) && told?.hasPrefix(expected ?? "") != false,
                "\(told ?? "")")
        }
    }
}
