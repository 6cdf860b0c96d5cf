import Broadcast
import Foundation

/// What `CompiledTemplate` does about a declared variable that nobody gave and that has no default.
public enum UnsetVariables: Sendable {
    /// Reports it: before a send.
    case refused
    /// Shows its name in square brackets: when templates are checked.
    case shown
}

/// The names a template may use, apart from what its frame adds.
///
/// `contact.NAME`, `announcement.{id,sentAt,template,purpose}` and its ``LocalField``s,
/// `sender.{name,website,locale,timezone}`, `links.{website,page,pageWords}`, `locale`, `direction`, and the declared
/// variables by their bare names.
struct TemplateContext: Sendable {
    let root: [String: ContextValue]
    let fallbacks: [Slot: String]
    /// Of the locale's script.
    let direction: TextDirection
    /// What leads a mail's text to the announcement's page; nil where there is none.
    let pageFoot: PageFoot?

    /// The context of one locale's texts.
    init(_ content: FrozenContent, front: FrontMatter, locale: String) {
        let sender = content.sender
        direction = TextDirection(ofLocale: locale)
        let website: ContextValue =
            sender.website.isEmpty
            ? .absent("the sender has no website; set sender.website in channels.json")
            : .text(sender.website)
        let page: ContextValue =
            sender.page.isEmpty
            ? .absent("announcements have no page; set sender.page in channels.json") : .slot(.page)
        let pageWords = PageWords.words(in: locale)
        pageFoot = sender.page.isEmpty ? nil : PageFoot(words: pageWords)
        var announcement = Dictionary(
            uniqueKeysWithValues: AnnouncementField.allCases.map {
                ($0.rawValue, ContextValue.slot(.announcement($0)))
            })
        for field in LocalField.ofDates {
            announcement[field.rawValue] = .slot(.local(.announcement, field))
        }
        announcement["template"] = .text(content.template)
        announcement["purpose"] = .text(front.purpose.rawValue)
        var root: [String: ContextValue] = [
            "contact": .contact, "announcement": .object(announcement),
            "links": .object([
                "website": website, "page": page,
                // Where we have no words, its address stands for them.
                "pageWords": sender.page.isEmpty ? page : pageWords.map(ContextValue.text) ?? page,
            ]),
            "locale": .text(locale), "direction": .text(direction.rawValue),
            "sender": .object([
                "name": .text(sender.name), "website": website, "locale": .text(sender.locale),
                "timezone": .text(sender.timezone),
            ]),
        ]
        var fallbacks: [Slot: String] = [:]
        for variable in front.variables {
            if variable.isOfContact {
                fallbacks[.ofContact(String(variable.name.dropFirst("contact.".count)))] = variable.fallback
            } else {
                root[variable.name] = .variable(Self.given(variable, content))
            }
        }
        self.root = root
        self.fallbacks = fallbacks
    }

    /// The context with the parts of a text under their own names, or under those given.
    func stack(_ parts: [String: Part] = [:]) -> [ContextValue] {
        [.object(root.merging(parts.mapValues(ContextValue.part)) { _, part in part })]
    }

    private static func given(_ variable: FrontMatter.Variable, _ content: FrozenContent) -> GivenVariable {
        let typed = content.variables[variable.name].flatMap { $0.isEmpty ? nil : $0 } ?? variable.fallback
        // Where that is refused, it is so whatever stands here.
        return GivenVariable(
            name: variable.name, text: typed ?? "[\(variable.name)]", isPlaceholder: typed == nil,
            zone: TimeZone(identifier: content.sender.timezone) ?? .gmt)
    }
}

extension LocatedFrontMatter {
    /// What is wrong between the variables that were given and those that are declared; a value that `base` lacks as
    /// well is told there.
    func problems(
        with given: [String: String], unset: UnsetVariables, file: String, base: LocatedFrontMatter?
    ) -> [TemplateProblem] {
        let declared = values.variables.filter { !$0.isOfContact }
        let names = declared.map(\.name)
        var problems: [TemplateProblem] = []
        for name in given.keys.sorted() where !names.contains(name) {
            let list = names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))"
            let shown = CleanText.oneLine(String(name.prefix(64)))
            let what = "the template has no variable \(shown), which --set gives; \(list)"
            problems.append(
                TemplateProblem(
                    .variableUnknown, Place(file: file), what, nearest: NearestName.of(name, in: names)))
        }
        guard unset == .refused else { return problems }
        let told = (base?.values.variables ?? []).filter { $0.fallback == nil }.map(\.name)
        for variable in declared where variable.fallback == nil && given[variable.name, default: ""].isEmpty {
            if told.contains(variable.name) { continue }
            let place = variablePlaces[variable.name] ?? Place(file: file)
            let summary = variable.summary.isEmpty ? "" : " (\(variable.summary))"
            let what = "\(variable.name)\(summary) has no value; give --set \(variable.name)=…"
            problems.append(TemplateProblem(.variableMissing, place, what))
        }
        return problems
    }
}
