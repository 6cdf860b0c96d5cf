internal import Broadcast
internal import Foundation

/// The bytes of a list, read in chunks from its start, more than once if need be.
struct ListFile {
    let path: String
    private let handle: FileHandle
    private let chunkSize: Int
    private let size: UInt64

    /// - Throws: when there is no file, or it cannot be read.
    init(path: String, chunkSize: Int = 262_144) throws(ContactListError) {
        guard FileManager.default.fileExists(atPath: path) else {
            let nearest = Self.nearest(to: path).map { "; did you mean \(Excerpt.of($0))?" } ?? ""
            throw ContactListError(.missing, path, "there is no such file\(nearest)")
        }
        let isDirectory = FileManager.default.fileExists(atPath: path + "/.")
        guard !isDirectory, let handle = FileHandle(forReadingAtPath: path) else {
            let why = isDirectory ? "is a directory, not a list" : "cannot be read; check its owner and mode"
            throw ContactListError(.unreadable, path, why)
        }
        self.path = path
        self.handle = handle
        self.chunkSize = chunkSize
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        size = (attributes?[.size] as? NSNumber)?.uint64Value ?? 0
    }

    /// The file of the same folder whose name is nearest.
    private static func nearest(to path: String) -> String? {
        let url = URL(filePath: path)
        let names = try? FileManager.default.contentsOfDirectory(
            atPath: url.deletingLastPathComponent().path)
        return NearestName.of(url.lastPathComponent, in: names ?? [])
    }

    /// Which part of it has been read, 0 to 1; only for people, so that a size that cannot be had reads as the end.
    var part: Double {
        let offset = (try? handle.offset()) ?? size
        return size == 0 ? 1 : min(1, Double(offset) / Double(size))
    }

    /// The next bytes; none at the end.
    func next() throws(ContactListError) -> [UInt8] {
        do {
            return [UInt8](try handle.read(upToCount: chunkSize) ?? Data())
        } catch {
            throw ContactListError(.unreadable, path, "cannot be read to its end")
        }
    }

    /// Goes back to the first byte.
    func rewind() throws(ContactListError) { try seek(to: 0) }

    /// Where ``next()`` goes on.
    func offset() throws(ContactListError) -> UInt64 {
        do { return try handle.offset() } catch { throw notTwice }
    }

    /// Goes to where ``offset()`` was.
    func seek(to offset: UInt64) throws(ContactListError) {
        do { try handle.seek(toOffset: offset) } catch { throw notTwice }
    }

    private var notTwice: ContactListError {
        ContactListError(.unreadable, path, "must be a file that can be read twice, not a pipe")
    }
}
