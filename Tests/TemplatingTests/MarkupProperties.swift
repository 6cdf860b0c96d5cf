import Broadcast
import Testing

@testable import Templating

/// Whatever Markdown somebody writes, every form of it is well formed.
struct MarkupProperties {
    /// SplitMix64: the same documents every time.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let urls = [
        "https://a.example/?b=1&c=2", "http://a.example", "mailto:me@a.example?subject=x", "tel:+39021", "/x",
        "javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "https://a.example/{{contact.name}}",
        "<https://a.example/a b>", "https://a.example/\"'<>", "mailto:{{contact.name}}@a.example", "mailto:",
    ]
    private static let words = [
        "word", "a < b", "&amp;", "&", "{{contact.name}}", "<b>", "</i>", "<!-- x -->", "\"q\"", "日本", "*",
        "**",
        "_", "`", "[", "](", "![](", "\\", "😀", "  \n", "\\\n", "\n", "~~s~~", "www.a.example",
        "<https://a.example>",
    ]

    private static func inline(_ depth: Int, _ numbers: inout Numbers) -> String {
        let kind = depth > 2 ? 0 : Int.random(in: 0..<9, using: &numbers)
        let inner = kind == 0 ? "" : inline(depth + 1, &numbers) + inline(depth + 1, &numbers)
        let url = urls.randomElement(using: &numbers) ?? ""
        return switch kind {
        case 1: "*\(inner)*"
        case 2: "**\(inner)**"
        case 3: "***\(inner)***"
        case 4: "`\(inner)`"
        case 5, 6: "[\(inner)](\(url))"
        case 7: "![\(inner)](\(url))"
        default: " \(words.randomElement(using: &numbers) ?? "") "
        }
    }

    private static func block(_ depth: Int, _ numbers: inout Numbers) -> String {
        let kind = depth > 1 ? 0 : Int.random(in: 0..<10, using: &numbers)
        let text = (0..<2).map { _ in inline(0, &numbers) }.joined()
        let inner = kind < 3 ? "" : block(depth + 1, &numbers) + "\n\n" + block(depth + 1, &numbers)
        func set(_ first: String, _ rest: String, _ text: String) -> String {
            first + text.replacing("\n", with: "\n" + rest)
        }
        return switch kind {
        case 1: "## \(text.replacing("\n", with: " "))"
        case 2: set("    ", "    ", text)
        case 3, 4: set("> ", "> ", inner)
        case 5, 6: set("- ", "  ", inner) + "\n- \(text.replacing("\n", with: " "))"
        case 7: set("9. ", "   ", inner) + "\n10. x"
        case 8: "```\n\(text)\n```\n\n---"
        case 9: "<div>\n\(text)\n</div>"
        default: text
        }
    }

    @Test(arguments: 0..<120)
    func `every form of any Markdown is well formed`(seed: Int) throws {
        var numbers = Numbers(state: UInt64(seed))
        let body = "x\n\n" + (0..<3).map { _ in Self.block(0, &numbers) }.joined(separator: "\n\n")
        let files = ["layouts/email.html": "{{{content}}}"]
        let template = try CompiledTemplate(.sample(body, files: files))
        let reader = Contact.sample(name: "<b>\"&'\u{202E}*x*")
        #expect(Tags.problems(in: try template.html(.email, for: reader)) == [], "\(body)")
        #expect(Tags.problems(in: try template.html(.webhook, for: reader)) == [], "\(body)")
        #expect(TelegramRules.problems(in: try template.text(.telegram, for: reader)) == [], "\(body)")
        let mail = try template.text(.email, for: reader)
        #expect(mail.hasSuffix("\n") && !mail.hasSuffix("\n\n"), "\(body)")
        let sms = try template.text(.sms, for: reader)
        #expect(!sms.contains { $0.isNewline }, "\(body)")
    }
}
