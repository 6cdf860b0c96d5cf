import Foundation
import Testing

/// Files that hold what readers get, as somebody has read and accepted it.
enum Golden {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    /// The names of the files in a folder below, sorted.
    static func names(in subfolder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: subfolder).path)
            .filter { $0.hasSuffix(".golden") }.sorted()
    }

    static func text(of name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    /// With `TOCSIN_WRITE_GOLDEN` set the file is written instead; whoever does that reads it.
    static func compare(
        _ text: String, with name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        if ProcessInfo.processInfo.environment["TOCSIN_WRITE_GOLDEN"] != nil {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        #expect(text == (try Self.text(of: name)), "\(name)", sourceLocation: sourceLocation)
    }
}
