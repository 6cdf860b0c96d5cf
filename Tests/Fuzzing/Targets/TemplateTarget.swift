import Broadcast
import Foundation
import Templating

extension FuzzTarget {
    /// A `message.md`: front matter, Mustache, Markdown, and every form made of them.
    static let template = FuzzTarget("template") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let content = FrozenContent(
            template: "t", files: ["t/message.md": text], variables: [:],
            sender: Sender(name: "Acme", locale: "en", timezone: "UTC", website: "https://www.acme.example"))
        let compiled: CompiledTemplate
        do throws(TemplateProblems) {
            compiled = try CompiledTemplate(content)
        } catch {
            return error.all.isEmpty ? "refused without a reason" : nil
        }
        if compiled.findings(sms: ShortFormRules()).contains(where: \.what.isEmpty) {
            return "advice without a word"
        }
        return ContentForm.allCases.lazy.compactMap { compiled.brokenLaw(of: $0) }.first
    }
}

extension CompiledTemplate {
    /// The law that `form` breaks for a contact whose every value is hostile; nil when all hold.
    fileprivate func brokenLaw(of form: ContentForm) -> String? {
        guard let announcement = Announcement.ID(rawValue: "fuzz"), let id = Contact.ID(rawValue: "c1") else {
            return "a sample is no id"
        }
        let mark = "<i>&\"'\u{202E}</i>"
        let contact = Contact(id: id, name: mark, attributes: ["plan": mark])
        let facts = AnnouncementFacts(id: announcement, date: Date(timeIntervalSince1970: 1_795_266_300))
        // What cannot be rendered is refused with its place; equal arguments give equal bytes.
        guard let first = try? render(form, for: contact, announcement: facts),
            let second = try? render(form, for: contact, announcement: facts)
        else { return nil }
        if first != second { return "\(form) differs from time to time" }
        if first.isCutTooLong { return "\(form) is too long though it was cut" }
        let isMarkup = form == .email && String(decoding: first.html, as: UTF8.self).contains("<i>&")
        return isMarkup ? "a value became markup" : nil
    }
}

extension RenderedContent {
    /// Whether cutting leaves more than its limit.
    fileprivate var isCutTooLong: Bool {
        let limits = ContentLimits(segments: 1, characters: 120, overflow: .cutWithLink)
        guard let cut = try? fitted(to: limits, page: "https://a.example/1") else { return false }
        switch form {
        case .email: return false
        case .sms: return cut.sms?.length.segments ?? 0 > 1
        case .telegram: return TelegramMarkup.length(of: cut.content.text) > 120
        case .webhook: return String(decoding: cut.content.text, as: UTF8.self).utf16.count > 120
        }
    }
}
