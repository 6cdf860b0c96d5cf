import Foundation

/// The project's own files, read from where this test was compiled.
struct SourceTree {
    /// One source file.
    struct File: Sendable, CustomStringConvertible {
        /// Relative to the project, such as `Sources/Wire/Route.swift`.
        let path: String
        let lines: [Substring]

        /// The second part of the path: `Wire` of `Sources/Wire/Route.swift`.
        var target: String { String(path.split(separator: "/")[1]) }
        var description: String { path }
        /// The lines that are code: without comments and doc comments.
        var code: [(number: Int, text: Substring)] {
            lines.enumerated().compactMap { index, line in
                let trimmed = line.drop { $0 == " " }
                return trimmed.hasPrefix("//") ? nil : (index + 1, line)
            }
        }
    }

    /// The folder that holds `Package.swift`.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Every Swift file under `folder`, in order.
    static func swiftFiles(under folder: String) throws -> [File] {
        let top = root.appending(path: folder)
        let names = try FileManager.default.subpathsOfDirectory(atPath: top.path).filter {
            $0.hasSuffix(".swift")
        }
        return try names.sorted().map { name in
            let text = try String(contentsOf: top.appending(path: name), encoding: .utf8)
            return File(
                path: "\(folder)/\(name)",
                lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }
}
