import Broadcast

/// A frozen template's sources, found by role and locale.
struct SourceFiles: Sendable {
    /// The folder of layouts, relative to the templates directory.
    static let layouts = "layouts"

    private var byName: [SourceName: Source] = [:]
    private var layoutByLocale: [String: Source] = [:]
    private var partialByName: [SourceName: Source] = [:]

    /// The template's own files by role, with the locales as written, sorted.
    let locales: [SourceRole: [String]]

    init(_ content: FrozenContent) {
        for (path, text) in content.files {
            let parts = path.split(separator: "/", maxSplits: 1).map { String($0) }
            guard parts.count == 2, let name = SourceName(parts[1]) else { continue }
            let source = Source(file: path, text)
            switch parts[0] {
            case content.template: byName[name] = source
            case Self.layouts where name.base == "email.html": layoutByLocale[name.locale] = source
            case PartialShelf.folder: partialByName[name] = source
            default: continue
            }
        }
        var locales: [SourceRole: [String]] = [:]
        for name in byName.keys {
            if let role = SourceRole(rawValue: name.base) { locales[role, default: []].append(name.locale) }
        }
        self.locales = locales.mapValues { $0.sorted() }
    }

    /// Every source, sorted by file.
    var all: [Source] {
        (Array(byName.values) + layoutByLocale.values + partialByName.values).sorted { $0.file < $1.file }
    }

    /// The first of `locales` for which there is a file of that role.
    func source(_ role: SourceRole, locales wanted: [String]) -> Source? {
        let names = byName.keys.filter { $0.base == role.rawValue }
        return first(of: wanted, in: names.map(\.locale)).flatMap { locale in
            names.first { $0.locale == locale }.flatMap { byName[$0] }
        }
    }

    /// The frame around derived HTML; nil when the templates directory has none.
    func layout(locales wanted: [String]) -> Source? {
        first(of: wanted, in: Array(layoutByLocale.keys)).flatMap { layoutByLocale[$0] }
    }

    /// The files of all partials, sorted.
    var partialFiles: [String] { partialByName.values.map(\.file).sorted() }

    /// The partials of one kind and one locale, by name.
    func partials(locale: String, fileExtension: String) -> [String: Source] {
        var found: [String: Source] = [:]
        for (name, source) in partialByName where name.base.hasSuffix("." + fileExtension) {
            guard LocaleTag.isSame(name.locale, locale) else { continue }
            found[String(name.base.dropLast(fileExtension.count + 1))] = source
        }
        return found
    }

    private func first(of wanted: [String], in locales: [String]) -> String? {
        for locale in wanted {
            if let match = locales.first(where: { LocaleTag.isSame($0, locale) }) { return match }
        }
        return nil
    }
}
