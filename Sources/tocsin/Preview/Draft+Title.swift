import Broadcast
import Dispatching
import Templating

extension Draft {
    /// Its subject as nobody's own: where a contact's values are part of it, as it is written.
    ///
    /// Who approves a page keeps it in the tabs and mailboxes where no customer's name belongs.
    var publicTitle: String {
        let (template, source) = (edition.template, edition.template.frontMatter.subject)
        guard !source.contains("contact"),
            let content = try? template.render(.webhook, for: nil, announcement: edition.facts)
        else { return source }
        return String(decoding: content.title, as: UTF8.self)
    }
}
