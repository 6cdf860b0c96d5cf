public import Broadcast
import Foundation

/// The templates directory: reads a template's sources so that they can be frozen, and nothing outside itself.
public struct TemplateFolder: Sendable {
    /// The most one source may hold.
    public static let maxFileBytes = 1 << 20

    /// Folders of the templates directory that hold no template.
    private static let reserved = [SourceFiles.layouts, PartialShelf.folder]

    private let path: String

    /// The directory at `path`; it is looked at only when asked for something.
    public init(_ path: String) { self.path = path }

    /// The templates there are, sorted; empty when the directory cannot be read.
    public func names() -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return entries.filter { name in
            FileStem(rawValue: name) != nil && !Self.reserved.contains(name)
                && FileManager.default.fileExists(atPath: "\(path)/\(name)/message.md")
        }.sorted()
    }

    /// The sources of one template, the layouts, and the partials it reaches, with `variables` as given by `--set`.
    ///
    /// Defaults of variables stay in the sources, which are frozen as well, so that a locale can have its own.
    ///
    /// - Throws: all problems of names, paths and files; what the files say is not looked at.
    public func load(
        _ template: String, variables: [String: String], sender: Sender
    ) throws(TemplateProblems) -> FrozenContent {
        if let problem = refusal(of: template) { throw TemplateProblems([problem]) }
        var reading = Reading(path: path)
        reading.readFolder(template) { SourceRole(rawValue: $0.base) != nil }
        reading.readAttachments(of: template)
        reading.readFolder(SourceFiles.layouts) { $0.base == "email.html" }
        reading.readPartials()
        guard reading.problems.isEmpty else { throw TemplateProblems(reading.problems) }
        return FrozenContent(
            template: template, files: reading.files, variables: variables, sender: sender,
            attachments: reading.attachments)
    }

    private func refusal(of template: String) -> TemplateProblem? {
        let place = Place(file: path)
        let shown = String(template.prefix(80).unicodeScalars.map { $0.isControl ? " " : Character($0) })
        guard !Self.reserved.contains(template) else {
            let others = names().joined(separator: ", ")
            let what = "\(shown) is reserved for what templates share, and is none itself"
            return TemplateProblem(
                .pathRefused, place, others.isEmpty ? what : "\(what); there are \(others)")
        }
        guard FileStem(rawValue: template) != nil else {
            let what = "“\(shown)” is no template name; 1 to 64 of A-Z a-z 0-9 _ - expected, no path"
            let stem = template.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? ""
            return TemplateProblem(.pathRefused, place, what, nearest: NearestName.of(stem, in: names()))
        }
        guard !FileManager.default.fileExists(atPath: "\(path)/\(template)/message.md") else { return nil }
        let names = names()
        let what =
            names.isEmpty
            ? "there is no template \(shown), nor any other; \(shown)/message.md expected"
            : "there is no template \(shown); there are \(names.joined(separator: ", "))"
        return TemplateProblem(.templateUnknown, place, what, nearest: NearestName.of(template, in: names))
    }
}

/// Collects files and problems while a template is read.
private struct Reading {
    let path: String
    var files: [String: String] = [:]
    var attachments: [String: FrozenFile] = [:]
    var problems: [TemplateProblem] = []

    /// Reads the files that the messages read so far name; they are no strays, however they are called.
    mutating func readAttachments(of template: String) {
        var reading = AttachmentReading(path: path, template: template)
        reading.read(namedIn: files)
        attachments = reading.files
        // What cannot be read may name any of the strays: it is told in their place, else when it is compiled.
        let faults = (problems + reading.problems).isEmpty ? [] : reading.faults
        problems.removeAll {
            $0.code == .fileUnknown && (!faults.isEmpty || reading.named.contains($0.file))
        }
        problems += faults + reading.problems
    }

    mutating func readFolder(_ folder: String, where isKnown: (SourceName) -> Bool) {
        for entry in entries(of: folder) {
            let name = SourceName(entry)
            if let name, isKnown(name) {
                read("\(folder)/\(entry)")
            } else if ["md", "html", "txt", "json"].contains(String(entry.split(separator: ".").last ?? "")) {
                let known =
                    folder == SourceFiles.layouts ? ["email.html"] : SourceRole.allCases.map(\.rawValue)
                let what =
                    "not a file of a template; \(known.joined(separator: ", ")) expected, or NAME.LOCALE.EXT"
                let nearest = NearestName.of(entry, in: known)
                problems.append(
                    TemplateProblem(.fileUnknown, Place(file: "\(folder)/\(entry)"), what, nearest: nearest))
            }
        }
    }

    /// Reads the partials that the files read so far ask for, and those that these ask for.
    mutating func readPartials() {
        let available = entries(of: PartialShelf.folder).filter { SourceName($0) != nil }
        var asked = Set<String>()
        var waiting = Array(files.keys)
        while let file = waiting.popLast() {
            let source = Source(file: file, files[file] ?? "")
            // What cannot be parsed is reported when the template is compiled.
            let names = (try? MustacheParser.nodes(of: source.text, file: file))?.partialNames ?? []
            for name in names where asked.insert(name).inserted {
                for entry in available where entry.hasPrefix(name + ".") {
                    let partial = "\(PartialShelf.folder)/\(entry)"
                    read(partial)
                    waiting.append(partial)
                }
            }
        }
    }

    private func entries(of folder: String) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []
        return all.filter { !$0.hasPrefix(".") && !$0.hasSuffix("~") }.sorted()
    }

    private mutating func read(_ file: String) {
        let place = Place(file: file)
        do throws(TemplateProblem) {
            files[file] = try text(of: file, place)
        } catch {
            problems.append(error)
        }
    }

    private func text(of file: String, _ place: Place) throws(TemplateProblem) -> String {
        let bytes: Data
        do throws(ConfinedFile.Flaw) {
            bytes = try ConfinedFile("\(path)/\(file)", within: path, atMost: TemplateFolder.maxFileBytes)
                .content()
        } catch {
            throw problem(error, place)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TemplateProblem(.textInvalid, place, "not UTF-8; save the file as UTF-8")
        }
        return text
    }

    private func problem(_ flaw: ConfinedFile.Flaw, _ place: Place) -> TemplateProblem {
        let (code, what): (TemplateProblem.Code, String) =
            switch flaw {
            case .outside: (.pathRefused, "a symbolic link leads out of the templates directory")
            case .missing: (.fileUnreadable, "the file cannot be read; check that it is there")
            case .irregular: (.fileUnreadable, "a regular file expected")
            case .tooLarge(let size):
                (.fileTooLarge, "\(size) bytes; at most \(TemplateFolder.maxFileBytes) are read")
            case .unreadable: (.fileUnreadable, "the file cannot be read; check its permissions")
            }
        return TemplateProblem(code, place, what)
    }
}
