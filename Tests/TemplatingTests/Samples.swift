import Broadcast
import Foundation

@testable import Templating

extension FrozenContent {
    /// A template called `t` with the given front matter and body, and other files beside it.
    static func sample(
        _ body: String, front: String = "", files: [String: String] = [:], variables: [String: String] = [:],
        sender: Sender = .sample
    ) -> FrozenContent {
        let head = front.contains("subject:") ? front : "subject: Hello\n" + front
        let purpose = front.contains("purpose:") ? "" : "purpose: service\n"
        var all = files
        all["t/message.md"] = all["t/message.md"] ?? "---\n\(purpose)\(head)---\n\(body)"
        return FrozenContent(template: "t", files: all, variables: variables, sender: sender)
    }
}

extension Sender {
    static let sample = Sender(
        name: "Acme", locale: "en", timezone: "Europe/Rome", website: "https://www.acme.example")
}

extension Contact {
    static func sample(
        name: String = "Ada", locale: String? = nil, timezone: String? = nil, tags: [String] = [],
        attributes: [String: String] = [:]
    ) -> Contact {
        Contact(
            id: ID(valid: "c1"), name: name, locale: locale, timezone: timezone, tags: tags,
            attributes: attributes,
            addresses: [
                .email: Address(.email, canonical: "ada@example.org"),
                .phone: Address(.phone, canonical: "+393331234567"),
            ].compactMapValues { $0 })
    }
}

extension AnnouncementFacts {
    /// 21 November 2026, 13:05 UTC.
    static let sample = AnnouncementFacts(
        id: Announcement.ID(valid: "outage-1"), date: Date(timeIntervalSince1970: 1_795_266_300))
}

extension ContentLimits {
    /// What a channel of that form takes when nothing is configured.
    static func usual(_ form: ContentForm) -> ContentLimits {
        ContentLimits(characters: form == .telegram ? telegramText : nil)
    }
}

extension CompiledTemplate {
    func rendered(_ form: ContentForm, for contact: Contact? = .sample()) throws -> RenderedContent {
        try render(form, for: contact, announcement: .sample).fitted(to: .usual(form)).content
    }

    func text(_ form: ContentForm, for contact: Contact? = .sample()) throws -> String {
        String(decoding: try rendered(form, for: contact).text, as: UTF8.self)
    }

    /// The content of a mail's frame, when its layout is ``FrozenContent/bare``.
    func html(_ form: ContentForm, for contact: Contact? = .sample()) throws -> String {
        String(decoding: try rendered(form, for: contact).html, as: UTF8.self)
    }

    /// Every text of a message at once, for looking something up in it.
    func everything(_ form: ContentForm, for contact: Contact?) throws -> String {
        let content = try rendered(form, for: contact)
        return [content.title, content.text, content.html].map { String(decoding: $0, as: UTF8.self) }
            .joined(separator: "\u{1}")
    }
}

/// The problems that compiling `content` reports, as their descriptions.
func problems(of content: FrozenContent, unset: UnsetVariables = .refused) -> [String] {
    do throws(TemplateProblems) {
        _ = try CompiledTemplate(content, unset: unset)
        return []
    } catch {
        return error.all.map(\.description)
    }
}
