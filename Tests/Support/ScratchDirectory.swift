import Foundation

/// A directory of a test's own, gone with it.
public final class ScratchDirectory: Sendable {
    /// Where it lies.
    public let path: String

    /// Makes the directory.
    public init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "tocsin-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do {
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
            try FileManager.default.removeItem(atPath: path)
        } catch { NSLog("a scratch directory stays behind: \(path)") }
    }

    /// A file of this name in the directory.
    public func file(_ name: String) -> String { path + "/" + name }
}
