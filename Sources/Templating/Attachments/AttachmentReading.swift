import Broadcast
import Foundation

/// Reads the files that a template's messages name, so that they can be frozen with it.
struct AttachmentReading {
    /// The most one file may hold: no large provider takes more with a mail.
    ///
    /// Source: https://support.google.com/mail/answer/6584 (25 MB, 2026-11).
    static let maxFileBytes = 25_000_000
    /// The most that all files of one template may hold, in all its languages: they are in memory while it is sent.
    static let maxBytes = 50_000_000

    /// The templates directory.
    private let path: String
    private let template: String
    private(set) var files: [String: FrozenFile] = [:]
    /// The paths of all, read or not, from the templates directory.
    private(set) var named: Set<String> = []
    /// What is wrong with the files; then with the front matter that names them as well, which else is told when
    /// that is compiled.
    var problems: [TemplateProblem] { unread.isEmpty ? [] : misnamed + unread }
    private var unread: [TemplateProblem] = []
    private var misnamed: [TemplateProblem] = []
    private var total = 0

    init(path: String, template: String) {
        self.path = path
        self.template = template
    }

    /// Reads all that the front matter of `sources` names.
    mutating func read(namedIn sources: [String: String]) {
        for (file, text) in sources.sorted(by: { $0.key < $1.key }) {
            let parts = file.split(separator: "/", maxSplits: 1)
            guard parts.first == template[...], let name = parts.last.flatMap({ SourceName(String($0)) }),
                name.base == SourceRole.message.rawValue
            else { continue }
            for entry in entries(of: Source(file: file, text)) { read(entry) }
        }
    }

    /// What the front matter of one message names.
    private mutating func entries(of source: Source) -> [AttachmentEntry] {
        guard let yaml = (try? MessageSource(source))?.yaml,
            case .map(let keys)? = (try? YAMLReader.tree(of: yaml, file: source.file, firstLine: 2))?.kind
        else { return [] }
        var reader = AttachmentEntryReader(file: source.file)
        var entries: [AttachmentEntry] = []
        for key in keys {
            switch key.key {
            case "attachments": entries += reader.attachments(key.value)
            case "image": entries += [reader.image(key.value)].compactMap(\.self)
            default: continue
            }
        }
        misnamed += reader.problems
        return entries
    }

    private mutating func read(_ entry: AttachmentEntry) {
        let key = "\(template)/\(entry.file)"
        guard named.insert(key).inserted else { return }
        do throws(TemplateProblem) {
            let bytes = try bytes(of: entry)
            guard !bytes.isEmpty else {
                throw problem(.fileUnreadable, entry, "is empty; put the whole file there")
            }
            let type = FileType.of(bytes, names: entry.name, entry.file)
            files[key] = FrozenFile(bytes, type: type, pixels: PictureHead.size(of: bytes, type: type))
        } catch {
            unread.append(error)
        }
    }

    private mutating func bytes(of entry: AttachmentEntry) throws(TemplateProblem) -> [UInt8] {
        let folder = "\(path)/\(template)"
        do throws(ConfinedFile.Flaw) {
            let file = try ConfinedFile(
                "\(folder)/\(entry.file)", within: folder, atMost: Self.maxFileBytes)
            total += file.size
            if total <= Self.maxBytes { return Array(try file.content()) }
        } catch {
            throw problem(error, entry)
        }
        throw tooLarge(with: entry)
    }

    private func problem(_ flaw: ConfinedFile.Flaw, _ entry: AttachmentEntry) -> TemplateProblem {
        switch flaw {
        case .outside:
            let what = "leads out of the template's folder by a symbolic link; put the file itself there"
            return problem(.pathRefused, entry, what)
        case .missing: return missing(entry)
        case .irregular: return problem(.fileUnreadable, entry, "is no file; name a regular file")
        case .tooLarge(let size):
            let (found, most) = (CountText.grouped(size), CountText.grouped(Self.maxFileBytes))
            let what = "holds \(found) bytes; mails carry at most \(most)"
            return problem(.fileTooLarge, entry, "\(what); put it onto a page, and link to that")
        case .unreadable: return problem(.fileUnreadable, entry, "cannot be read; check its permissions")
        }
    }

    private func tooLarge(with entry: AttachmentEntry) -> TemplateProblem {
        let (found, most) = (CountText.grouped(total), CountText.grouped(Self.maxBytes))
        let what =
            "with \(entry.file.prefix(200)), the files of this template come to \(found) bytes in all its "
            + "languages; it has at most \(most): put the largest onto a page, and link to that"
        return TemplateProblem(.fileTooLarge, entry.place, what)
    }

    private func missing(_ entry: AttachmentEntry) -> TemplateProblem {
        let folder = URL(filePath: "\(path)/\(template)/\(entry.file)").deletingLastPathComponent()
        let name = entry.file.split(separator: "/").last.map { String($0) } ?? entry.file
        let others = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        if let nearest = NearestName.of(name, in: others.sorted()) {
            let what = "\(entry.file.prefix(200)) is not there"
            return TemplateProblem(.fileUnreadable, entry.place, what, nearest: nearest)
        }
        return problem(
            .fileUnreadable, entry, "is not there; put the file beside message.md, or correct its name")
    }

    private func problem(_ code: TemplateProblem.Code, _ entry: AttachmentEntry, _ what: String)
        -> TemplateProblem
    {
        TemplateProblem(code, entry.place, "\(entry.file.prefix(200)) \(what)")
    }
}
