import Broadcast
import Testing

@testable import Templating

struct LanguageTests {
    @Test(arguments: [
        ("", "it", "message.it.md", "counts as it, as the sender's locale is, and so does message.it.md"),
        ("", "it-IT", "message.it.md", "counts as it-IT"),
        ("locale: it\n", "en", "message.it.md", "as its front matter says"),
        ("locale: en\n", "it", "message.it.md", ""), ("", "en-GB", "message.en-US.md", ""),
        ("", "en", "message.it.md", ""),
    ])
    func `two texts in one language are refused, since nobody would read the first`(
        front: String, sender: String, variant: String, expected: String
    ) {
        let content = FrozenContent.sample(
            "Body", front: front, files: ["t/\(variant)": "Testo"],
            sender: Sender(name: "Acme", locale: sender))
        var found: [String] = []
        do throws(TemplateProblems) { _ = try CompiledTemplate(content) } catch {
            found = error.all.map(\.description)
        }
        let isAsExpected =
            expected.isEmpty
            ? found.isEmpty : found.contains { $0.hasPrefix("t/message.md") && $0.contains(expected) }
        #expect(isAsExpected, "\(found)")
    }
}
