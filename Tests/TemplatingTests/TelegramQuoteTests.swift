import Broadcast
import Testing

@testable import Templating

/// Quotes and headings as Telegram shows them: it sets a quote in by itself.
struct TelegramQuoteTests {
    @Test(arguments: [
        (
            "- a\n\n  > b\n  >\n  > c\n  >\n  > > d\n  > > - e\n  > >\n  > > f\n\n  g",
            "• a\n\n<blockquote>b\n\nc\n\n&gt; d\n\n&gt; • e\n\n&gt; f</blockquote>\n\n  g"
        ),
        ("- > a\n  > - b\n  >   - c\n- d", "• <blockquote>a\n\n• b\n  • c</blockquote>\n• d"),
        ("- a\n  - > b\\\n    > c", "• a\n  • <blockquote>b\nc</blockquote>"),
        ("#\n\na\n\n>\n\n##\n\n> >\n\n```\n```\n\nb", "a\n\nb"),
        ("a\n\n> #\n>\n> b", "a\n\n<blockquote>b</blockquote>"),
    ])
    func `what a quote holds begins anew, and what holds nothing leaves nothing`(
        body: String, expected: String
    )
        throws
    {
        let text = try CompiledTemplate(.sample(body)).text(.telegram, for: .sample())
        #expect(text == "<b>Hello</b>\n\n\(expected)")
    }
}
