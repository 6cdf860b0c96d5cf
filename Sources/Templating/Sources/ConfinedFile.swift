import Foundation

/// A regular file of a folder, which no symbolic link leads out of it.
struct ConfinedFile {
    /// Why there is none to read.
    enum Flaw: Error {
        case outside, missing, irregular, unreadable
        /// It holds so many bytes.
        case tooLarge(Int)
    }

    /// Links followed.
    private let path: String
    /// Bytes of it.
    let size: Int

    /// The file at `path`, below `folder`, of at most so many bytes; nothing of it is read yet.
    init(_ path: String, within folder: String, atMost most: Int) throws(Flaw) {
        self.path = URL(filePath: path).resolvingSymlinksInPath().path
        let root = URL(filePath: folder).resolvingSymlinksInPath().path
        // A link that leads nowhere is there as well.
        guard (try? FileManager.default.attributesOfItem(atPath: path)) != nil else {
            throw Self.isKept(path, within: root) ? .missing : .outside
        }
        guard self.path.hasPrefix(root + "/") else { throw .outside }
        let facts = try? FileManager.default.attributesOfItem(atPath: self.path)
        guard let facts, let size = (facts[.size] as? NSNumber)?.intValue else { throw .missing }
        guard facts[.type] as? FileAttributeType == .typeRegular else { throw .irregular }
        guard size <= most else { throw .tooLarge(size) }
        self.size = size
    }

    /// Whether what is missing at `path` would be in `root`, by the links above it.
    private static func isKept(_ path: String, within root: String) -> Bool {
        var folder = URL(filePath: path).absoluteURL
        repeat {
            folder.deleteLastPathComponent()
        } while folder.path != "/"
            && !FileManager.default.fileExists(atPath: folder.path)
        return (folder.resolvingSymlinksInPath().path + "/").hasPrefix(root + "/")
    }

    /// What it holds.
    func content() throws(Flaw) -> Data {
        guard let content = FileManager.default.contents(atPath: path) else { throw .unreadable }
        return content
    }
}
