import Broadcast

/// Finds the frozen files of one message, and says what keeps them from being sent.
struct EnclosureCompiler {
    let content: FrozenContent
    private(set) var problems: [TemplateProblem] = []

    init(_ content: FrozenContent) { self.content = content }

    /// The files that `front` names.
    mutating func enclosures(_ front: FrontMatter) -> Enclosures {
        let files = front.attachments.compactMap { attachment($0) }
        guard let entry = front.image, let image = attachment(entry) else { return Enclosures(files: files) }
        guard FileType.pictures.contains(image.file.type) else {
            let what =
                "\(entry.file) holds \(image.file.type), and is no picture; use a PNG, JPEG, GIF or WebP"
            problems.append(TemplateProblem(.valueInvalid, entry.place, what))
            return Enclosures(files: files)
        }
        return Enclosures(image: image, files: files)
    }

    private mutating func attachment(_ entry: AttachmentEntry) -> Attachment? {
        let path = "\(content.template)/\(entry.file)"
        guard let file = content.attachments[path] else {
            problems.append(TemplateProblem(.fileUnreadable, entry.place, "\(entry.file) was not read"))
            return nil
        }
        return Attachment(name: entry.name, file: file, url: entry.url, path: path)
    }
}

/// The picture at the head of a mail, and its words for those who do not see it.
struct HeadImage: Sendable {
    /// The widest that the standard layout shows.
    private static let widest = 536

    /// What the HTML begins with.
    let html: Program
    /// What the plain text begins with.
    let text: Program

    /// `words` are its alt text as plain text, and escaped for HTML.
    init(_ image: Attachment, words: (plain: Program, html: Program)) {
        // Programs that know no max-width, such as Outlook, go by the attribute.
        let width = image.file.pixels.map { " width=\"\(min($0.width, Self.widest))\"" } ?? ""
        var opening = ProgramBuilder()
        opening.literal("<p style=\"margin:0 0 20px\"><img src=\"cid:\(image.contentID)\"\(width) alt=\"")
        var closing = ProgramBuilder()
        closing.literal(
            "\" style=\"display:block;max-width:100%;height:auto;border:0;border-radius:6px\"></p>\n")
        html = opening.built().followed(by: words.html).followed(by: closing.built())
        var before = ProgramBuilder()
        before.literal("[")
        var after = ProgramBuilder()
        after.literal("]")
        text = before.built().followed(by: words.plain).followed(by: after.built()).folded(
            at: TextWriter.width
        )
        .followed(by: Program.emptyLine)
    }
}

extension Program {
    fileprivate static var emptyLine: Program {
        var builder = ProgramBuilder()
        builder.literal("\n\n")
        return builder.built()
    }

    /// Both, one behind the other.
    func followed(by next: Program) -> Program {
        var joined = self
        let (byte, step, use) = (bytes.count, steps.count, uses.count)
        joined.bytes += next.bytes
        joined.uses += next.uses
        joined.steps += next.steps.map { item in
            switch item {
            case .literal(let range): .literal(range.lowerBound + byte..<range.upperBound + byte)
            case .value(let index, let escape): .value(index + use, escape)
            case .whenEmpty(let index, let target): .whenEmpty(index + use, to: target + step)
            case .whenFilled(let index, let target): .whenFilled(index + use, to: target + step)
            case .part, .startWrap, .endWrap: item
            }
        }
        return joined
    }

    /// As one paragraph, folded for each reader.
    fileprivate func folded(at width: Int) -> Program {
        var whole = Program(bytes: bytes, steps: [.startWrap], uses: uses)
        whole.steps += steps.map { item in
            switch item {
            case .whenEmpty(let index, let target): .whenEmpty(index, to: target + 1)
            case .whenFilled(let index, let target): .whenFilled(index, to: target + 1)
            case .literal, .value, .part, .startWrap, .endWrap: item
            }
        }
        whole.steps.append(.endWrap(width: width, indent: []))
        return whole
    }
}
