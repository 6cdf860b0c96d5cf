public import Foundation

extension Store {
    /// Writes the store as it stands at this moment into the empty file at `path`, and looks that copy through.
    ///
    /// One read of an unchanging view, whatever others write meanwhile: the backup API begins anew with every commit of
    /// another process, and a dispatcher commits all the time. The log grows only while it lasts, a second or two for a
    /// million deliveries. What was deleted is not in the copy.
    /// - Throws: a ``StoreError`` that names the file at fault; what stands at `path` is of no use then.
    public func copy(to path: String, now: Date) throws(StoreError) -> StoreContents {
        do throws(StoreError) {
            try connection.vacuum(into: path)
            // A copy of a copy that nobody adopted parted from the original when that one did.
            return try Self.finished(path, copiedAt: copy.map(\.copiedAt) ?? now)
        } catch {
            // The store is only read: what cannot be written is the copy.
            switch error.code {
            case .diskFull: throw StoreError(.diskFull, path: path, "cannot be written: the disk is full")
            case .ioFailed:
                throw StoreError(.ioFailed, path: path, "cannot be written whole: check the disks")
            case .corrupt:
                throw StoreError(
                    .corrupt, path: self.path, "cannot be copied whole: it is damaged; restore a backup")
            default: throw error
            }
        }
    }

    /// Writes into a copy that it is one, and looks it through.
    private static func finished(_ path: String, copiedAt: Date?) throws(StoreError) -> StoreContents {
        let copy = try Connection(path: path, .readWrite)
        return try copy.write { () throws(StoreError) in
            if let copiedAt {
                try copy.execute(
                    "INSERT INTO meta VALUES ('copied_at', :moment) ON CONFLICT DO NOTHING",
                    ["moment": .time(copiedAt)])
                // That was the store it is of: this is a backup again.
                try copy.execute("DELETE FROM meta WHERE name = 'restored_at'")
            }
            try copy.execute("UPDATE lease SET owner = '', deadline = 0, lock = ''")
            return try StoreContents(verified: copy)
        }
    }
}
