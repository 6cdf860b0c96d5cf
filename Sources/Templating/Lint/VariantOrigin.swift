import Broadcast

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
        found(needle, first: first) ?? Place(file: file)
    }

    /// The first place of a link, however it is spelled there; of one that values complete, `link` is what is known.
    func place(ofLink link: String) -> Place {
        let whole = LinkRules.spellings(of: link).lazy.compactMap { found($0, isWhole: true) }
        return whole.first ?? place(of: LinkRules.spellings(of: link).lazy.first { found($0) != nil } ?? "")
    }

    /// What goes on where it ends is not found if it has to be `isWhole`.
    private func found(_ needle: String, first: Source? = nil, isWhole: Bool = false) -> Place? {
        let own = SourceRole.allCases.compactMap(source) + [files.layout(locales: locales)].compactMap(\.self)
        let message = files.all.filter { $0.file == file }
        let bytes = Array(needle.utf8)
        for source in [first].compactMap(\.self) + message + own + files.all where !bytes.isEmpty {
            if let line = source.line(of: bytes, isWhole: isWhole) {
                return Place(file: source.file, line: line)
            }
        }
        return nil
    }
}

extension Source {
    /// The first line that holds `bytes`, counted from 1.
    ///
    /// Where they have to be `isWhole`, nothing stands behind them that a link could hold.
    func line(of bytes: [UInt8], isWhole: Bool = false) -> Int? {
        var line = 1
        for index in text.indices.dropLast(max(0, bytes.count - 1)) {
            if holds(bytes, at: index) {
                let next = index + bytes.count
                if !isWhole || next == text.count || !continuesLink(text[next]) { return line }
            }
            if text[index] == UInt8(ascii: "\n") { line += 1 }
        }
        return nil
    }

    private func holds(_ bytes: [UInt8], at start: Int) -> Bool {
        for offset in bytes.indices where text[start + offset] != bytes[offset] { return false }
        return true
    }

    private func continuesLink(_ byte: UInt8) -> Bool {
        byte >= 0x80 || PercentEncoding.isUnreserved(byte) || "/?&=%#".utf8.contains(byte)
    }
}
