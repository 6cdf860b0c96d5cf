import Broadcast
import Testing

@testable import Templating

/// What an author's own HTML brings that mail programs take away.
struct MailMarkupTests {
    private func findings(_ files: [String: String], body: String = "x") throws -> [String] {
        let content = FrozenContent.sample(body, files: files.merging(["t/email.txt": "x"]) { own, _ in own })
        let template = try CompiledTemplate(content, unset: .shown)
        return template.findings(sms: nil).filter { $0.code.rawValue == "html-unsupported" }.map(
            \.description)
    }

    /// HTML, and what is told of it.
    @Test(arguments: [
        ("<p>x</p>\n<SCRIPT src='a.js'></SCRIPT>", ["2: mail programs take <script> away"]),
        (
            "<p>\n\n<a href=\"https://acme.example\" onClick='x()'>a</a>",
            ["3: mail programs take onclick=… away"]
        ),
        ("<iframe src=\"https://acme.example\">x</iframe>", ["1: mail programs take <iframe> away"]),
        (
            "<frameset><frame></frameset>",
            ["1: mail programs take <frameset> away", "1: mail programs take <frame> away"]
        ),
        (
            "<form action=\"https://acme.example\">\n<input name=a><button>b</button></form>",
            [
                "1: many mail programs take <form> away"
            ]
        ),
        ("x\n<input type=text>", ["2: many mail programs take <input> away"]),
        (
            "<link rel=\"preload stylesheet\" href=\"https://acme.example/a.css\">",
            [
                "1: mail programs load no <link rel=stylesheet>"
            ]
        ),
        ("<object data=\"https://acme.example/a.swf\"></object>", ["1: mail programs take <object> away"]),
        ("<embed src=\"https://acme.example/a.swf\">", ["1: mail programs take <embed> away"]),
        ("<base href=\"https://acme.example\">", ["1: mail programs take <base> away"]),
        (
            "<meta http-equiv=\"Refresh\" content=\"0\">",
            ["1: mail programs take <meta http-equiv=refresh> away"]
        ),
        // Each kind once, with its first place.
        (
            "<script>a</script>\n<script>b</script>\n<iframe></iframe>",
            [
                "1: mail programs take <script> away", "3: mail programs take <iframe> away",
            ]
        ),
        ("<!-- <script> -->\n<!--[if mso]><form><![endif]-->x", []),
        (
            "<link rel=icon href=\"https://acme.example/a.png\"><meta name=viewport content=x><style>p{}</style>",
            []
        ),
        ("<p title=\"<script>\" once=1>on…</p>{{! <script> }}", []),
        (
            "<p>x</p>{{#contact.name}}<script>x</script>{{/contact.name}}",
            ["1: mail programs take <script>"]
        ),
    ])
    func `each kind is told once, where it stands`(html: String, told: [String]) throws {
        let found = try findings(["t/email.html": html])
        #expect(found.count == told.count, "\(found)")
        for (one, beginning) in zip(found, told) {
            #expect(one.hasPrefix("t/email.html:\(beginning)"), "\(one)")
        }
    }

    @Test func `layouts and partials are looked at where mails use them`() throws {
        let layout = "<html>\n<body onload=\"x()\">{{{content}}}{{> foot}}</body></html>"
        let files = ["layouts/email.html": layout, "_partials/foot.html": "\n<script>x</script>"]
        let found = try findings(files)
        #expect(found.map { $0.prefix { $0 != " " } } == ["layouts/email.html:2:", "_partials/foot.html:2:"])
        #expect(try findings(files.merging(["t/email.html": "<p>x</p>"]) { $1 }).isEmpty)
    }

    @Test func `what Markdown shows as words is no markup`() throws {
        #expect(try findings([:], body: "<script>x</script>").isEmpty)
    }
}
