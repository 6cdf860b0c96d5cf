public import Foundation

/// A page of the documentation, taken apart so that what it shows can be tried.
public struct HandbookPage: Sendable, CustomStringConvertible {
    /// A fenced block, such as a command or a configuration.
    public struct Block: Sendable {
        /// The first word behind the fence, such as `sh`.
        public let language: String
        /// What follows it: the file that the block shows; empty when it shows none.
        public let file: String
        /// What stands between the fences.
        public let text: String
        /// Where it begins in the page, from 1.
        public let line: Int
    }

    /// Relative to the repository, such as `docs/sending.md`.
    public let name: String
    /// The whole page.
    public let text: String
    /// In the order of the page.
    public let blocks: [Block]

    /// The page called `name`, from the line that begins with `start` on.
    public init(_ name: String, from start: String = "") throws {
        self.name = name
        let whole = try String(contentsOf: Self.root.appending(path: name), encoding: .utf8)
        let lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
        let first = lines.firstIndex { $0.hasPrefix(start) } ?? lines.endIndex
        text = lines[first...].joined(separator: "\n")
        blocks = Self.blocks(lines[first...])
    }

    /// Its name.
    public var description: String { name }

    /// The folder that holds `Package.swift`.
    public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func blocks(_ lines: ArraySlice<Substring>) -> [Block] {
        var blocks: [Block] = []
        var begin: (info: [String], line: Int)?
        var content: [Substring] = []
        for (index, line) in zip(lines.indices, lines) {
            guard line.hasPrefix("```") else {
                content.append(line)
                continue
            }
            if let (info, line) = begin {
                let text = content.joined(separator: "\n") + "\n"
                blocks.append(
                    Block(
                        language: info.first ?? "", file: info.dropFirst().first ?? "", text: text, line: line
                    ))
                begin = nil
            } else {
                begin = (line.dropFirst(3).split(separator: " ").map(String.init), index + 1)
                content = []
            }
        }
        return blocks
    }

    /// What stands in backquotes within the running text, line breaks taken as blanks.
    public var quotations: [String] {
        let prose = text.split(separator: /(?m)^```[^`]*^```/).joined(separator: "\n")
        return prose.matches(of: /`([^`]+)`/).map { String($0.1).replacing("\n", with: " ") }
    }

    /// The targets of its links that lead to files of the repository.
    public var links: [String] {
        text.matches(of: /\]\(([^)]+)\)/).map { String($0.1) }.filter {
            !$0.contains("://") && !$0.contains("{")
        }
    }

    /// What the headings can be reached by, as GitHub makes it of their text.
    public var anchors: Set<String> {
        Set(
            text.matches(of: /(?m)^#+ (.+)$/).map { heading in
                let kept = heading.1.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
                return kept.replacing(" ", with: "-")
            })
    }
}
