import Broadcast
import Testing

@testable import Templating

/// An author's own `telegram.html`: Telegram refuses a message whose markup is wrong for one reader only.
struct TelegramOverrideTests {
    @Test(arguments: [
        ("<b>x", "<b> is never closed"), ("<b>x</i>", "</i> closes a tag that is not open"),
        ("<img src='x'>", "knows no <img>"),
        ("a\n<br>", "t/telegram.html:2: Telegram knows no <br>"), ("<table>", "knows no <table>"),
        ("</b>", "closes a tag"),
        ("<b>\n<span>x</span></b>", "t/telegram.html:2: Telegram refuses this tag unless it is <span class="),
        ("<span class=\"x\">x</span>", "Telegram refuses this tag unless it is <span class="),
        ("<tg-emoji>👍</tg-emoji>", "Telegram refuses this tag unless it is <tg-emoji emoji-id="),
        ("<a>x</a>", "Telegram refuses this tag unless it is <a href="),
        ("<b style=\"x\">x</b>", "Telegram knows no attribute style here: none there"),
        ("<a href='https://a.example' target=_blank>x</a>", "knows no attribute target here: href there"),
        ("<a href=\"mailto:a@acme.example\">x</a>", "Telegram links to the web only"),
        ("<code><b>x</b></code>", "Telegram allows no <b> within <code>"),
        ("<b>x <i><code>y</code></i></b>", "Telegram allows no <code> within <b>"),
        ("<pre><code>x</code><i>y</i></pre>", "Telegram allows no <i> within <pre>"),
        ("<code><pre>x</pre></code>", "Telegram allows no <pre> within <code>"),
        ("<a href='https://a.example'><code>x</code></a>", "Telegram allows no <code> within <a>"),
        ("<a href='https://a.example'><a href='https://b.example'>x</a></a>", "no <a> within <a>"),
        (
            "<blockquote>x<blockquote>y</blockquote></blockquote>",
            "allows no <blockquote> within <blockquote>"
        ),
        ("x\ny &egrave;", "t/telegram.html:2: Telegram shows &egrave; as it is written"),
        ("<b>a</b>\n&lt;\n<i>&nbsp;</i>", "t/telegram.html:3: Telegram shows &nbsp; as it is written"),
    ])
    func `Telegram's HTML is checked`(html: String, expected: String) {
        let found = problems(of: .sample("x", files: ["t/telegram.html": html]))
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    @Test(arguments: [
        "a < b", "1 <3", "<b>x</b> <", "<p\n>x", "<a href=\"https://a.example/?a>b\">x", "{{>part}}",
    ])
    func `what Telegram would refuse in an override is found`(html: String) {
        let found = problems(
            of: .sample("x", files: ["t/telegram.html": html, "_partials/part.html": "<h1>x</h1>"]))
        #expect(!found.isEmpty && found.allSatisfy { $0.contains("telegram.html") }, "\(found)")
    }

    @Test(arguments: [
        "<a\n  href=\"https://a.example/?a>b\">x</a>", "<code class=\"language-swift\">a</code>", "1 &lt; 2",
        "<tg-spoiler>x</tg-spoiler> <span class=\"tg-spoiler\">y</span>", "<B>x</b>",
        "<blockquote expandable>x</blockquote>", "{{=<% %>=}}<b><% contact.name %></b>",
        "{{ =<% %>=}}<b><% contact.name %></b>", "{{! if n < 3 }}<b>x</b>", "{{! </i> }}x",
        "<b>a{{#contact.plan}}<i>{{.}}</i>{{/contact.plan}}</b>", "Q&A &#8364; &#x20AC; &amp;nbsp;",
        "<pre><code class=\"language-python\">x</code></pre>",
        "<tg-emoji emoji-id=\"5368324170671202286\">👍</tg-emoji>",
        "<a href=\"tg://user?id=123456789\">x</a>", "<a href=\"{{contact.page}}\"><b>x</b></a>",
        "<blockquote><b>x</b> <a href='https://a.example'>y</a> <code>z</code></blockquote>",
        "<b><i><s>x <span class=\"tg-spoiler\">y</span></s> <u>z</u></i></b>",
        "{{#contact.plan}}<b>x</b>{{/contact.plan}}{{^contact.plan}}<i>y</i>{{/contact.plan}}",
    ])
    func `what Telegram knows may stand in an override`(html: String) {
        #expect(problems(of: .sample("x", files: ["t/telegram.html": html])).isEmpty)
    }

    @Test(arguments: [
        "{{#contact.plan}}<b>{{/contact.plan}}x{{#contact.plan}}</b>{{/contact.plan}}",
        "<b>{{#contact.plan}}x</b>{{/contact.plan}}{{^contact.plan}}</b>{{/contact.plan}}",
        "{{#contact.plan}}<b>x{{/contact.plan}}{{^contact.plan}}y</b>{{/contact.plan}}",
        "x\n{{#contact.name}}{{#contact.plan}}</i><i>{{/contact.plan}}{{/contact.name}}",
        "{{#contact.plan}}{{>open}}{{/contact.plan}}{{>close}}",
    ])
    func `a section that leaves a tag open, or closes one of others, is refused`(html: String) {
        let partials = ["_partials/open.html": "<b>x", "_partials/close.html": "</b>"]
        let content = FrozenContent.sample("x", files: partials.merging(["t/telegram.html": html]) { $1 })
        let found = problems(of: content)
        #expect(!found.isEmpty && found.allSatisfy { $0.hasPrefix("t/telegram.html") }, "\(found)")
    }
}
