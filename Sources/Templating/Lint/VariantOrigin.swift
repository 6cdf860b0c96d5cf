/// Where the texts of a variant stand in their files.
struct VariantOrigin: Sendable {
    /// Its message.
    let file: String
    let front: LocatedFrontMatter
    let files: SourceFiles
    /// Where its other files were looked for, best first.
    let locales: [String]

    /// The override of one form that it uses; nil when that form is derived.
    func source(_ role: SourceRole) -> Source? { files.source(role, locales: locales) }

    /// The first place where `needle` stands: in the source named first, its message, its overrides, its layout, or a
    /// partial of it.
    ///
    /// What is found in none of them, such as a value, is told of the message.
    func place(of needle: String, first: Source? = nil) -> Place {
        let own = SourceRole.allCases.compactMap(source) + [files.layout(locales: locales)].compactMap(\.self)
        let message = files.all.filter { $0.file == file }
        let bytes = Array(needle.utf8)
        for source in [first].compactMap(\.self) + message + own + files.all where !bytes.isEmpty {
            if let line = source.line(of: bytes) { return Place(file: source.file, line: line) }
        }
        return Place(file: file)
    }
}

extension Source {
    /// The first line that holds `bytes`, counted from 1.
    func line(of bytes: [UInt8]) -> Int? {
        text.firstRange(of: bytes).map { range in
            1 + text[..<range.lowerBound].count { $0 == UInt8(ascii: "\n") }
        }
    }
}
