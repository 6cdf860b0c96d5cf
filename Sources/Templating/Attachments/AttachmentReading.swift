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
    var problems: [TemplateProblem] {
        let failed = unread + [excess.map { tooLarge(with: $0) }].compactMap(\.self)
        return failed.isEmpty ? [] : misnamed + failed
    }
    /// Front matter that cannot be read, so that nobody knows which files it names.
    private(set) var faults: [TemplateProblem] = []
    private var unread: [TemplateProblem] = []
    private var misnamed: [TemplateProblem] = []
    private var total = 0
    /// The file with which all come to more than they may.
    private var excess: AttachmentEntry?

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
        var reader = AttachmentEntryReader(file: source.file)
        var entries: [AttachmentEntry] = []
        for key in keys(of: source) {
            switch key.key {
            case "attachments": entries += reader.attachments(key.value)
            case "image": entries += [reader.image(key.value)].compactMap(\.self)
            default: continue
            }
        }
        misnamed += reader.problems
        return entries
    }

    private mutating func keys(of source: Source) -> [YAMLNode.Entry] {
        do throws(TemplateProblem) {
            guard let yaml = try MessageSource(source).yaml,
                case .map(let keys) = try YAMLReader.tree(of: yaml, file: source.file, firstLine: 2).kind
            else { return [] }
            return keys
        } catch {
            faults.append(error)
            return []
        }
    }

    private mutating func read(_ entry: AttachmentEntry) {
        let key = "\(template)/\(entry.file)"
        guard named.insert(key).inserted else { return }
        do throws(TemplateProblem) {
            guard let bytes = try bytes(of: entry) else { return }
            guard !bytes.isEmpty else {
                throw problem(.fileUnreadable, entry, "is empty; put the whole file there")
            }
            let type = FileType.of(bytes, names: entry.name, entry.file)
            files[key] = FrozenFile(bytes, type: type, pixels: PictureHead.size(of: bytes, type: type))
        } catch {
            unread.append(error)
        }
    }

    /// Nil once all come to too much: that is told once, with what all of them come to.
    private mutating func bytes(of entry: AttachmentEntry) throws(TemplateProblem) -> [UInt8]? {
        do throws(ConfinedFile.Flaw) {
            let file = try confined(entry.file, atMost: Self.maxFileBytes)
            total += file.size
            if total <= Self.maxBytes { return Array(try file.content()) }
            excess = excess ?? entry
            return nil
        } catch {
            throw problem(error, entry)
        }
    }

    private func confined(_ file: String, atMost most: Int) throws(ConfinedFile.Flaw) -> ConfinedFile {
        let folder = "\(path)/\(template)"
        return try ConfinedFile("\(folder)/\(file)", within: folder, atMost: most)
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
            "the files of this template come to \(found) bytes in all its languages; it has at most \(most): "
            + "put the largest onto a page, and link to that"
        return TemplateProblem(.fileTooLarge, entry.place, what)
    }

    private func missing(_ entry: AttachmentEntry) -> TemplateProblem {
        let parts = entry.file.split(separator: "/")
        let folder = parts.dropLast().map { "\($0)/" }.joined()
        if let nearest = NearestName.of(String(parts.last ?? ""), in: files(in: folder)) {
            let what = "\(entry.file.prefix(200)) is not there"
            return TemplateProblem(.fileUnreadable, entry.place, what, nearest: folder + nearest)
        }
        return problem(
            .fileUnreadable, entry, "is not there; put the file beside message.md, or correct its name")
    }

    /// What may go along from `folder`, empty or ending in `/`.
    private func files(in folder: String) -> [String] {
        let place = "\(path)/\(template)/\(folder)"
        let all = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        return all.sorted().filter { name in
            let role = SourceName(name).flatMap { SourceRole(rawValue: $0.base) }
            guard role == nil || !folder.isEmpty else { return false }
            return (try? confined(folder + name, atMost: Self.maxFileBytes)) != nil
        }
    }

    private func problem(_ code: TemplateProblem.Code, _ entry: AttachmentEntry, _ what: String)
        -> TemplateProblem
    {
        TemplateProblem(code, entry.place, "\(entry.file.prefix(200)) \(what)")
    }
}
