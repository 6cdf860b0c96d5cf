import Broadcast
import Foundation

/// Reads the YAML above a message.
///
/// Every problem is collected; what is wrong keeps its default.
///
/// A locale's file may give `subject`, `sms`, `image`, `attachments` and the `variables` it words otherwise; the rest is
/// said once, in `message.md`, because it must not depend on the reader's language.
struct FrontMatterReader {
    private static let keys = [
        "subject", "purpose", "sms", "priority", "expires", "channels", "reach", "once",
        "variables", "replyTo", "locale", "attachments", "image",
    ]
    private static let localeKeys = ["subject", "sms", "variables", "attachments", "image"]
    /// Names that a context has already.
    static let reservedNames: Set<String> =
        Set(
            ["contact", "announcement", "sender", "links", "locale", "direction"]
                + Part.allCases.map(\.rawValue))

    private let file: String
    private let isVariant: Bool
    private(set) var problems: [TemplateProblem] = []
    private var result: LocatedFrontMatter

    /// A reader of the front matter of `file`; what it does not say is taken from `base`.
    init(file: String, base: LocatedFrontMatter?) {
        let place = Place(file: file, line: 1)
        self.file = file
        isVariant = base != nil
        let nothing = FrontMatter(subject: "", purpose: .service)
        result = base ?? LocatedFrontMatter(values: nothing, subjectPlace: place, smsPlace: place)
    }

    /// The values of `yaml`, whose first line has the number 2.
    mutating func read(_ yaml: [UInt8]?) -> LocatedFrontMatter {
        guard let yaml else {
            if !isVariant {
                report(
                    .frontMatterInvalid, 1,
                    "front matter expected: a line ---, subject and purpose, a line ---")
            }
            return result
        }
        do throws(TemplateProblem) {
            let tree = try YAMLReader.tree(of: yaml, file: file, firstLine: 2)
            guard case .map(let entries) = tree.kind else {
                throw TemplateProblem(
                    .frontMatterInvalid, Place(file: file, line: tree.line), "KEY: VALUE expected")
            }
            readAll(entries)
        } catch {
            problems.append(error)
        }
        return result
    }

    private mutating func readAll(_ entries: [YAMLNode.Entry]) {
        let allowed = isVariant ? Self.localeKeys : Self.keys
        for entry in entries {
            if allowed.contains(entry.key) {
                read(entry)
            } else if Self.keys.contains(entry.key) {
                report(
                    .keyUnknown, entry.line, "\(entry.key) belongs into message.md, for all languages alike")
            } else {
                let nearest = NearestName.of(entry.key, in: allowed)
                let what = "there is no key \(entry.key); \(allowed.joined(separator: ", ")) are"
                report(.keyUnknown, entry.line, what, nearest: nearest)
            }
        }
        guard !isVariant else { return }
        for key in ["subject", "purpose"] where !entries.contains(where: { $0.key == key }) {
            report(
                .frontMatterInvalid, 1,
                "\(key) is missing" + (key == "purpose" ? "; service or marketing" : ""))
        }
    }

    private mutating func read(_ entry: YAMLNode.Entry) {
        let place = Place(file: file, line: entry.value.line)
        switch entry.key {
        case "subject":
            guard let text = line(entry) else { return }
            result.values.subject = text
            result.subjectPlace = place
        case "sms":
            guard let text = line(entry) else { return }
            result.values.sms = text
            result.smsPlace = place
        case "purpose": result.values.purpose = choice(entry) ?? result.values.purpose
        case "priority": result.values.priority = choice(entry) ?? result.values.priority
        case "reach": result.values.reach = choice(entry)
        case "once": result.values.once = choice(entry)
        case "expires": result.values.expires = duration(entry)
        case "channels": result.values.channels = channels(entry)
        case "replyTo": result.values.replyTo = replyTo(entry)
        case "locale": result.values.locale = locale(entry)
        case "attachments", "image": readFiles(entry)
        default: readVariables(entry)
        }
    }

    private mutating func text(_ entry: YAMLNode.Entry) -> String? {
        if case .scalar(let text, let isPlain) = entry.value.kind {
            return isPlain && ["~", "null"].contains(text) ? "" : text
        }
        report(.valueInvalid, entry.line, "\(entry.key) must be a text; put it in double quotes")
        return nil
    }

    /// Words that people read: a `#` in them is hardly ever meant as the beginning of a comment.
    private mutating func words(_ entry: YAMLNode.Entry) -> String? {
        if let line = entry.value.commentLine {
            let what = "\(entry.key) ends at the #, behind which YAML takes everything for a comment"
            report(.valueInvalid, line, "\(what); put the text in double quotes")
            return nil
        }
        return text(entry)
    }

    /// A text of one line that is not empty; block scalars may end with a line end.
    private mutating func line(_ entry: YAMLNode.Entry, allowsComment: Bool = false) -> String? {
        let text = allowsComment ? text(entry) : words(entry)
        guard let text = text?.trimmingCharacters(in: .whitespacesAndNewlines) else { return nil }
        guard !text.isEmpty else {
            report(.valueInvalid, entry.line, "\(entry.key) is empty")
            return nil
        }
        guard !text.unicodeScalars.contains(where: \.isControl) else {
            report(.valueInvalid, entry.line, "\(entry.key) must be one line without control characters")
            return nil
        }
        return text
    }

    private mutating func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ entry: YAMLNode.Entry
    ) -> Choice? {
        guard let text = text(entry) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map(\.rawValue)
        let what = "\(entry.key) is \(names.joined(separator: " or ")), not “\(text.prefix(40))”"
        report(.valueInvalid, entry.line, what, nearest: NearestName.of(text, in: names))
        return nil
    }

    private mutating func duration(_ entry: YAMLNode.Entry) -> Duration? {
        guard let text = text(entry) else { return nil }
        if let duration = try? DurationText.duration(text), duration >= .seconds(1) {
            return duration
        }
        report(
            .valueInvalid, entry.line,
            "\(entry.key) must be a duration of at least 1s, such as 30s, 5m, 2h or 3d")
        return nil
    }

    private mutating func channels(_ entry: YAMLNode.Entry) -> [ChannelName]? {
        let what = "channels must be a list of channel names, such as [email, sms]"
        guard case .list(let items) = entry.value.kind, !items.isEmpty else {
            report(.valueInvalid, entry.line, what)
            return nil
        }
        var names: [ChannelName] = []
        for item in items {
            if case .scalar(let text, _) = item.kind, let name = ChannelName(rawValue: text),
                !names.contains(name)
            {
                names.append(name)
                result.values.channelLines[name] = item.line
            } else {
                report(.valueInvalid, item.line, what + ", each once")
            }
        }
        return names
    }

    private mutating func replyTo(_ entry: YAMLNode.Entry) -> String? {
        guard let text = line(entry, allowsComment: true) else { return nil }
        do throws(ValueProblem) {
            return try Mailbox(parsing: text).text
        } catch {
            report(.valueInvalid, entry.line, "replyTo \(error.reason); \(error.expected) expected")
            return nil
        }
    }

    private mutating func locale(_ entry: YAMLNode.Entry) -> String? {
        guard let text = text(entry) else { return nil }
        if LocaleTag(text) != nil { return text }
        report(.valueInvalid, entry.line, "locale must be a language tag such as en or it-IT")
        return nil
    }

    private mutating func report(
        _ code: TemplateProblem.Code, _ line: Int, _ what: String, nearest: String? = nil
    ) {
        problems.append(TemplateProblem(code, Place(file: file, line: line), what, nearest: nearest))
    }
}

// `attachments` and `image`: files beside the message.
extension FrontMatterReader {
    private mutating func readFiles(_ entry: YAMLNode.Entry) {
        var reader = AttachmentEntryReader(file: file)
        if entry.key == "image" {
            result.values.image = reader.image(entry.value)
        } else {
            result.values.attachments = reader.attachments(entry.value)
        }
        problems += reader.problems
    }
}

// `variables`: a name with its description, or with `description` and `default`.
extension FrontMatterReader {
    private mutating func readVariables(_ entry: YAMLNode.Entry) {
        guard case .map(let entries) = entry.value.kind else {
            report(
                .valueInvalid, entry.line,
                "variables must be NAME: DESCRIPTION, or NAME: {description, default}")
            return
        }
        for entry in entries where isSound(entry) { readVariable(entry) }
    }

    private mutating func isSound(_ entry: YAMLNode.Entry) -> Bool {
        let isName = entry.key.wholeMatch(of: /(contact\.\S+)|[A-Za-z_][A-Za-z0-9_]{0,63}/) != nil
        guard isName, !Self.reservedNames.contains(entry.key) else {
            let what =
                "“\(entry.key.prefix(64))” cannot name a variable; letters, digits and _ expected, no name of ours"
            report(.valueInvalid, entry.line, what)
            return false
        }
        guard isVariant, !result.values.variables.contains(where: { $0.name == entry.key }) else {
            return true
        }
        let names = result.values.variables.map(\.name)
        let what = "message.md declares no variable \(entry.key)"
        report(.variableUnknown, entry.line, what, nearest: NearestName.of(entry.key, in: names))
        return false
    }

    private mutating func readVariable(_ entry: YAMLNode.Entry) {
        let known = result.values.variables.firstIndex { $0.name == entry.key }
        var variable =
            known.map { result.values.variables[$0] } ?? FrontMatter.Variable(name: entry.key, summary: "")
        switch entry.value.kind {
        case .scalar: variable.summary = words(entry) ?? ""
        case .list:
            report(.valueInvalid, entry.line, "\(entry.key) must be a description, or {description, default}")
        case .map(let facts):
            for fact in facts { read(fact, into: &variable) }
        }
        result.variablePlaces[entry.key] = Place(file: file, line: entry.line)
        if let known {
            result.values.variables[known] = variable
        } else {
            result.values.variables.append(variable)
        }
    }

    private mutating func read(_ fact: YAMLNode.Entry, into variable: inout FrontMatter.Variable) {
        guard ["description", "default"].contains(fact.key) else {
            let nearest = NearestName.of(fact.key, in: ["description", "default"])
            report(.keyUnknown, fact.line, "a variable has description and default", nearest: nearest)
            return
        }
        guard let text = words(fact) else { return }
        if fact.key == "description" {
            variable.summary = text
        } else if case .scalar(let written, isPlain: true) = fact.value.kind,
            ["~", "null", ""].contains(written)
        {
            variable.fallback = ""
        } else {
            variable.fallback = text
        }
    }
}
