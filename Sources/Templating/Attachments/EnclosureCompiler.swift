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
                "\(entry.file) holds \(image.file.type), which is no picture that mail programs show; "
                + "use a PNG, JPEG, GIF or WebP"
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
