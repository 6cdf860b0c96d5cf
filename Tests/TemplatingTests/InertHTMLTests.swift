import Templating
import Testing

/// A mail's page without what could load, run or lead elsewhere.
struct InertHTMLTests {
    private static let kept: [(html: String, inert: String)] = [
        (
            "<p class=a style='color:red'>a &lt;b&gt; &amp; c</p>",
            "<p class=\"a\" style=\"color:red\">a &lt;b&gt; &amp; c</p>"
        ),
        (
            "<!doctype html><HTML Lang=it><BODY BGCOLOR=\"#fff\">x</BODY></HTML>",
            "<!DOCTYPE html><html lang=\"it\"><body bgcolor=\"#fff\">x</body></html>"
        ),
        ("<!-- a > b --><b>x</b><!--[if mso]><i>y</i><![endif]--><![if !mso]>z<![endif]>", "<b>x</b>z"),
        ("<!--><b>x</b><!---><i>y</i>", "<b>x</b><i>y</i>"),
        ("a < b <3 </> </3> <?x?>c", "a &lt; b &lt;3   c"),
        (
            "<style>p > a { color: red } @media (x) { b { } }</style>",
            "<style>p > a { color: red } @media (x) { b { } }</style>"
        ),
        (
            "<img src=\"data:image/png;base64,AA==\" alt='\"x\"'>",
            "<img src=\"data:image/png;base64,AA==\" alt=\"&quot;x&quot;\">"
        ),
        (
            "<div style=\"background:url('data:image/png;base64,AA==')\">x</div>",
            "<div style=\"background:url('data:image/png;base64,AA==')\">x</div>"
        ),
        ("<a href='#end' title='the end'>x</a>", "<a href=\"#end\" title=\"the end\">x</a>"),
        (
            "<a href='https://a.example/?a=1&amp;b=2' title=t>x</a>",
            "<a href=\"#-\" title=\"https://a.example/?a=1&amp;b=2\">x</a>"
        ),
        (
            "<style media='print' onload=x>a{}</style><STYLE type=text/css MEDIA='(min-width:1px)\"&gt;<' media=all>b{}</STYLE>",
            "<style media=\"print\">a{}</style><style media=\"(min-width:1px)&quot;&gt;&lt;\">b{}</style>"
        ),
        ("<title>a <b> c</title>", "<title>a &lt;b> c</title>"),
        ("<noscript><p>words</p></noscript>", "<p>words</p>"),
        ("<svg/>after <svg><svg><p>in</p></svg>in</svg>out", "after out"),
        (
            "<meta name=viewport content='width=device-width'><meta charset=utf-8>",
            "<meta name=\"viewport\" content=\"width=device-width\">"
        ),
        ("<p hidden onclick=x id=a id=b>unended <b", "<p hidden=\"\" id=\"a\">unended "),
        (
            "<p aria-label=x aria-x\"onclick=alert(1) aria-<b=y>z</p>",
            "<p aria-label=\"x\">z</p>"
        ),
        // A mark that combines with what stands before it is none of the entity's.
        (
            "<p title='&amp;&#847;&#8199;&\u{34F}lt;&#62\u{301}'>x</p>",
            "<p title=\"&amp;\u{34F}\u{2007}&amp;\u{34F}lt;&gt;\u{301}\">x</p>"
        ),
        (
            "<style>q::before { content: '\\201C' '\\201c a' '\\00201Ca' }</style>",
            "<style>q::before { content: '\\201C ' '\\201c a' '\\00201C a' }</style>"
        ),
    ]

    @Test(arguments: kept) func `what only shows stays as it is shown`(html: String, inert: String) {
        #expect(InertHTML(html).html == inert)
    }

    private static let mended: [(html: String, inert: String)] = [
        (
            "<img src=http://x/a.png alt=a srcset='http://x/b.png 2x' onerror=alert(1)>",
            "<img src=\"data:,\" alt=\"a\">"
        ),
        (
            "<img src='dat&#97;:image/png,x'><img src=' data:image/png,x'>",
            "<img src=\"data:image/png,x\"><img src=\"data:,\">"
        ),
        (
            "<td background=http://x/ style='background:#fff url(\"http://x/)\") no-repeat'>",
            "<td style=\"background:#fff none no-repeat\">"
        ),
        ("<b style='background:u\\72l(http://x)'>", "<b style=\"background:none\">"),
        (
            "<b style='background:u&#114;l&lpar;http://x&rpar;'>",
            "<b style=\"background:url&amp;lpar;http://x&amp;rpar;\">"
        ),
        (
            "<style>@import 'http://x';a{b:URL( 'http://x' )}@\\69 mport url(x);c{d:-webkit-image-set('http://x' 1x)}</style>",
            "<style> a{b:none} c{d:-webkit-none}</style>"
        ),
        // A digit that is written out joins no escape before it: `\075` would be a `u`.
        (
            "<b style='background:\\0\\37\\35 rl(http://x)'>",
            "<b style=\"background:\\0 75rl(http://x)\">"
        ),
        (
            "<b style='background:\\00\\000037\\35\\72l(http://x)'>",
            "<b style=\"background:\\00 75rl(http://x)\">"
        ),
        // Two quotes make an address of one's own folder.
        (
            "<b style='background:url(&apos;&quot;data:image/png,x&apos;)'>",
            "<b style=\"background:none\">"
        ),
        ("<style>@im@import x;port 'http://x';</style>", "<style>@im port 'http://x';</style>"),
        ("<style>a{b:'<\\/\\73tyle><script>'}</style>", "<style>a{b:'<\\/style><script>'}</style>"),
        ("<style>url(http://x</style><p>x</p>", "<style>none</style><p>x</p>"),
        ("<form action=http://x><input src=http://x>words</form>", "words"),
        ("<script>a</b></script><iframe src=http://x><p>in</p></iframe>out", "out"),
        ("<object data=http://x>words</object><video poster=http://x><source src=http://x></video>", "words"),
        (
            "<math><style><img src=http://x></style></math><base href=http://x><link rel=preconnect href=http://x>",
            ""
        ),
        (
            "<meta http-equiv=refresh content='0;url=http://x'><meta name=viewport http-equiv=refresh content=x>",
            ""
        ),
        (
            "<p/onclick=x><a ping=http://x href=javascript:alert(1)>x</a>",
            "<p><a href=\"#-\" title=\"javascript:alert(1)\">x</a>"
        ),
        ("<plaintext><img src=http://x>", ""),
    ]

    @Test(arguments: mended) func `what would load, run or lead elsewhere does not`(
        html: String, inert: String
    ) {
        #expect(InertHTML(html).html == inert)
    }

    @Test func `it says what it left out`() {
        let page = InertHTML(
            "<link rel=a><iframe></iframe><iframe></iframe><o:p>x</o:p><img src=x><b style='a:url(x)'><td background=x>"
        )
        #expect(page.leftOut == ["link", "iframe"] && page.foreign == 3)
        #expect(InertHTML("<p>x</p><img src='data:image/gif;base64,AA'>").foreign == 0)
    }

    private static let openings = [
        (
            "<title>T</title><style>a{}</style><div style='display:none'>Soon  back&nbsp;&#847;&zwnj;&nbsp;</div><p>Hi <b>A</b>nna",
            "Soon back Hi Anna"
        ),
        (String(repeating: "word ", count: 100), String(repeating: "word ", count: 28) + "…"),
        ("<p>one</p><p>two<br>three</p>", "one two three"),
        // What takes the room of words, and what does not.
        ("one" + String(repeating: "&#8199;&#847;", count: 139) + "<p>two", "one"),
        ("one" + String(repeating: "&#8199;&#847;", count: 134) + "<p>two three", "one two…"),
        ("one" + String(repeating: "&nbsp;&zwnj;", count: 134) + "<p>two", "one two"),
        ("one" + String(repeating: " &#847;\n", count: 500) + "<p>two", "one two"),
    ]

    @Test(arguments: openings) func `its first words are what a list of mails shows`(
        html: String, words: String
    ) {
        #expect(InertHTML(html).opening == words)
    }
}
