import Broadcast
import Foundation

/// Makes the forms of one locale, collecting every problem on the way.
struct VariantCompiler {
    let files: SourceFiles
    let front: LocatedFrontMatter
    let enclosures: Enclosures
    let context: TemplateContext
    /// The body's Markdown.
    let message: MessageSource
    /// Of the message.
    let file: String
    /// BCP 47, for readers of the result.
    let locale: String
    /// Where to look for files, best first; the last is the empty one: an override without a locale serves them all.
    let locales: [String]
    var problems: [TemplateProblem] = []
    var warnings: [TemplateProblem] = []
    /// The readers' attributes that the texts ask for.
    private(set) var asked: [AskedAttribute] = []

    /// The variant; of use only when no problem was found.
    mutating func variant() -> Variant {
        let subject = subject()
        return Variant(
            locale: locale, subject: subject.plain, body: body(subject), layout: layout(),
            sms: shortForm(), hasShortLines: files.source(.sms, locales: locales) != nil,
            mailHTML: spoken(.mailHTML, .html, Self.framed),
            mailText: spoken(.mailText), telegram: telegram(), webhook: webhook(),
            enclosures: enclosures, origin: origin)
    }

    var origin: VariantOrigin { VariantOrigin(file: file, front: front, files: files, locales: locales) }

    /// What the frame around a mail's HTML may show of the text.
    private static let framed: [String: Part] = [
        "content": .content, "heading": .heading, "subject": .subject, "preheader": .preheader,
    ]

    private mutating func subject() -> (plain: Program, html: Program) {
        let text = front.values.subject
        let known = problems.count
        let plain = program(text, at: front.subjectPlace, .line)
        if problems.count == known, !text.isEmpty {
            checkThatItStays(plain, "subject", at: front.subjectPlace)
        }
        return (plain, program(text, at: front.subjectPlace, .lineInHTML))
    }

    /// Reports a line of which nothing is left for readers who have no values.
    private mutating func checkThatItStays(_ line: Program, _ name: String, at place: Place) {
        guard line.outline(hasValues: false).allSatisfy({ $0 == UInt8(ascii: " ") }) else { return }
        let what = "the \(name) is empty when a contact's values are"
        problems.append(TemplateProblem(.valueInvalid, place, what))
    }

    private mutating func image() -> HeadImage? {
        guard let image = enclosures.image, let entry = front.values.image else { return nil }
        let known = problems.count
        let words = (
            plain: program(entry.alt, at: entry.place, .line),
            html: program(entry.alt, at: entry.place, .lineInHTML)
        )
        if problems.count == known { checkThatItStays(words.plain, "alt", at: entry.place) }
        return HeadImage(image, words: words)
    }

    private mutating func shortForm() -> Program? {
        if let override = spoken(.sms) { return override }
        guard let text = front.values.sms else { return nil }
        let known = problems.count
        let program = program(text, at: front.smsPlace, .line)
        if problems.count == known { checkThatItSpeaks(program, at: front.smsPlace) }
        return program
    }

    /// An override that says something to every reader, as far as that can be told without reading its markup.
    private mutating func spoken(
        _ role: SourceRole, _ kind: FlatSink.Kind = .text, _ parts: [String: Part] = ["subject": .title]
    ) -> Program? {
        let known = problems.count
        guard let program = override(role, kind, parts) else { return nil }
        if problems.count == known { checkThatItSpeaks(program, at: place(of: role)) }
        return program
    }

    private func place(of role: SourceRole) -> Place {
        Place(file: files.source(role, locales: locales)?.file ?? file)
    }

    /// Reports a form of which nothing is left for readers who have no values, or all.
    private mutating func checkThatItSpeaks(_ program: Program, at place: Place, isMarkup: Bool = false) {
        for hasValues in [false, true] {
            let text = program.outline(hasValues: hasValues)
            guard isMarkup ? TelegramMarkup.isBlank(text) : text.allSatisfy(\.isASCIIBlank) else { continue }
            let names = Set(program.uses.map(\.name)).sorted().joined(separator: ", ")
            reportEmpty(at: place, names: names, hasValues: hasValues)
            if names.isEmpty { return }
        }
    }

    private mutating func body(_ subject: (plain: Program, html: Program)) -> BodyText {
        let known = problems.count
        let partials = shelf("md")
        let nodes = nodes(message.body, at: Place(file: file, line: message.bodyLine))
        let sink = expanded(nodes, FlatSink(.markdown), [:], partials)
        let text = BodyText.Text(nodes: nodes, partials: partials, subject: subject, image: image())
        let body = BodyText(text, conditions: sink.conditions, context: context)
        guard body.conditions.count <= BodyText.maxConditions else {
            let what = "sections depend on \(body.conditions.count) values; \(BodyText.maxConditions) at most"
            problems.append(TemplateProblem(.tooComplex, Place(file: file), what))
            return body
        }
        check(body, mayBeEmpty: problems.count > known)
        return body
    }

    /// Makes the forms for the readers by whom a text is judged.
    ///
    /// What is left of a faulty text `mayBeEmpty`.
    private mutating func check(_ body: BodyText, mayBeEmpty: Bool) {
        var dropped: [DroppedLink] = []
        for choice in body.judged.reversed() {
            do throws(MarkdownTooDeep) {
                let forms = try body.forms(choice: choice)
                let hasValues = choice != 0
                if forms.isEmpty, !mayBeEmpty, !hasValues || choice == body.judged.first {
                    let names = body.conditions.map(\.name).joined(separator: ", ")
                    reportEmpty(
                        at: Place(file: file, line: message.bodyLine), names: names, hasValues: hasValues)
                }
                dropped += forms.droppedLinks
            } catch {
                let what =
                    "the Markdown nests deeper than \(MarkdownReader.maxDepth) levels of quotes, lists and emphasis; write it flatter"
                problems.append(TemplateProblem(.tooComplex, Place(file: file), what))
            }
        }
        report(dropped)
    }

    private mutating func reportEmpty(at place: Place, names: String, hasValues: Bool) {
        let whom = names.isEmpty ? "" : " for a reader \(hasValues ? "with" : "without") \(names)"
        problems.append(
            TemplateProblem(.valueInvalid, place, "the text is empty\(whom); say something there"))
    }

    private mutating func layout() -> Program {
        let source = files.layout(locales: locales) ?? Source(file: "layouts/email.html", DefaultLayout.html)
        let program = program(source, .html, Self.framed)
        if !program.uses(.content) {
            let what = "the layout shows no {{{content}}}, so mails would be empty"
            problems.append(TemplateProblem(.markupInvalid, Place(file: source.file), what))
        }
        return program
    }

    private mutating func telegram() -> Program? {
        guard let source = files.source(.telegram, locales: locales) else { return nil }
        // What remains without Mustache's tags has the lines of the file; tags that are none are told below.
        let authored = (try? MustacheParser.withoutTags(source.text)) ?? []
        let known = problems.count
        problems += TelegramMarkup.problems(in: authored, file: source.file)
        let isSound = problems.count == known
        let sink = sink(trimmed(source), .html, ["subject": .subject])
        let program = sink.builder.built()
        guard isSound else { return program }
        // The whole text, with its partials, has lines of its own.
        problems += TelegramMarkup.problems(in: program.bytes, file: source.file, hasLines: false)
        if problems.count == known { problems += TelegramMarkup.problems(in: sink) }
        if problems.count == known {
            checkThatItSpeaks(program, at: Place(file: source.file), isMarkup: true)
        }
        return program
    }

    private mutating func override(_ role: SourceRole, _ kind: FlatSink.Kind, _ parts: [String: Part])
        -> Program?
    {
        files.source(role, locales: locales).map { source in
            program(role == .sms ? trimmed(source) : source, kind, parts)
        }
    }

    /// A chat shows a last line end as an empty line.
    private func trimmed(_ source: Source) -> Source {
        let text = String(decoding: source.text, as: UTF8.self)
        return Source(file: source.file, String(text.reversed().drop(while: \.isWhitespace).reversed()))
    }

    private mutating func webhook() -> JSONTemplate? {
        guard let source = files.source(.webhook, locales: locales) else { return nil }
        do throws(JSONProblem) {
            return template(try JSONValue(parsing: source.text), source.file + "#")
        } catch {
            let place = Place(file: source.file, line: error.line)
            problems.append(TemplateProblem(.markupInvalid, place, "the file \(error.reason)"))
            return nil
        }
    }

    /// `path` is the file with a JSON pointer, such as `outage/webhook.json#/text`.
    private mutating func template(_ value: JSONValue, _ path: String) -> JSONTemplate {
        switch value {
        case .null, .bool, .number: return .fixed(value)
        case .string(let text):
            let names: [String: Part] = ["title": .title, "subject": .title, "text": .text, "html": .html]
            let nodes = nodes(Array(text.utf8), at: Place(file: path))
            return .text(expanded(nodes, FlatSink(.text), names, shelf("json")).builder.built())
        case .array(let items):
            return .array(items.enumerated().map { template($1, "\(path)/\($0)") })
        case .object(let members):
            var templates: [String: JSONTemplate] = [:]
            for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                templates[key] = template(member, "\(path)/\(key)")
            }
            return .object(templates)
        }
    }
}

// How a source becomes a program.
extension VariantCompiler {
    private mutating func program(_ text: String, at place: Place, _ kind: FlatSink.Kind) -> Program {
        let partials = shelf("txt").endingNoLine
        return expanded(nodes(Array(text.utf8), at: place), FlatSink(kind), [:], partials).builder.built()
    }

    private mutating func program(_ source: Source, _ kind: FlatSink.Kind, _ parts: [String: Part]) -> Program
    {
        if kind == .html {
            let nodes = (try? MustacheParser.nodes(of: source.text, file: source.file)) ?? []
            let partials = shelf("html").sources(reachedFrom: nodes.partialNames)
            problems += ([source] + partials).flatMap(ScriptLinks.problems)
        }
        return sink(source, kind, parts).builder.built()
    }

    private mutating func sink(_ source: Source, _ kind: FlatSink.Kind, _ parts: [String: Part]) -> FlatSink {
        let fileExtension = source.file.split(separator: ".").last.map { String($0) } ?? ""
        let nodes = nodes(source.text, at: Place(file: source.file, line: 1))
        return expanded(nodes, FlatSink(kind), parts, shelf(fileExtension))
    }

    private func shelf(_ fileExtension: String) -> PartialShelf {
        PartialShelf(of: files, locales: locales, fileExtension: fileExtension)
    }

    private mutating func nodes(_ text: [UInt8], at place: Place) -> [MustacheNode] {
        do throws(TemplateProblem) {
            return try MustacheParser.nodes(of: text, file: place.file, firstLine: place.line)
        } catch {
            problems.append(error)
            return []
        }
    }

    private mutating func expanded(
        _ nodes: [MustacheNode], _ sink: FlatSink, _ parts: [String: Part], _ partials: PartialShelf
    ) -> FlatSink {
        var sink = sink
        var expansion = Expansion(rules: .strict, partials: partials, fallbacks: context.fallbacks)
        expansion.expand(nodes, in: context.stack(parts), into: &sink)
        problems += expansion.problems + sink.problems
        asked += expansion.asked
        return sink
    }
}
