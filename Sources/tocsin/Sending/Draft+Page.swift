import Broadcast
import Dispatching
import Templating

extension Draft {
    /// The id that links to the announcement's page hold for; nil when there is no such page.
    var linkedID: Announcement.ID? {
        let announcement = edition.announcement
        return edition.template.page(of: announcement.id).map { _ in announcement.id }
    }

    /// Where a text that is too long stands, behind what is said of it: `, in it, outage/message.it.md:5`.
    func place(of form: ContentForm, in locale: String) -> String {
        let place = edition.template.place(of: form, in: locale).map { ", \($0)" } ?? ""
        return ", in \(locale)\(place)"
    }
}

extension SendOrder {
    /// The words that send what this previews, under `id` where the preview shows it.
    ///
    /// An id of its own makes a new announcement, as `--again` does.
    func words(sending shown: Announcement.ID?) -> [String] {
        guard id == nil, let shown else { return words }
        return words.filter { $0 != "--again" } + ["--id", shown.rawValue]
    }
}
