public import Broadcast

// The files that go with announcements: one row for each content, however many announcements have it.
extension Store {
    /// The announcement as it was frozen, with the contents of its files.
    ///
    /// - Throws: ``StoreError/Code/notFound`` when there is none of this id, ``StoreError/Code/corrupt`` when a file of it
    ///   is gone: it was cancelled in this moment, or the store is damaged.
    public func wholeAnnouncement(_ id: Announcement.ID) throws(StoreError) -> Announcement {
        try connection.read { () throws(StoreError) in
            var announcement = try announcement(id)
            var read: [String: FileContent] = [:]
            for (path, file) in announcement.content.attachments.sorted(by: { $0.key < $1.key }) {
                if read[file.sha256] == nil { read[file.sha256] = try content(of: file, called: path) }
                announcement.content.attachments[path]?.content = read[file.sha256]
            }
            return announcement
        }
    }

    private func content(of file: FrozenFile, called path: String) throws(StoreError) -> FileContent {
        let bytes = try connection.first(
            "SELECT content FROM files WHERE sha256 = :sha256", ["sha256": .text(file.sha256)]
        ) { (row: borrowing Row) throws(StoreError) in row.blob(0) }
        guard let bytes, SHA256Stream.hex(of: bytes) == file.sha256 else {
            throw StoreError(
                .corrupt, path: self.path,
                "no longer holds \(path) as it was; restore a backup, or send it anew")
        }
        return FileContent(bytes)
    }

    /// Writes down the files of an announcement, within the transaction that accepts it.
    func keepFiles(of announcement: Announcement, _ seq: Int64) throws(StoreError) {
        var kept: Set<String> = []
        for (path, file) in announcement.content.attachments where kept.insert(file.sha256).inserted {
            guard let content = file.content else {
                throw StoreError(.statementInvalid, path: self.path, "the content of \(path) was not read")
            }
            // One that is there already stays, unless it is damaged.
            try connection.execute(
                """
                INSERT INTO files VALUES (:sha256, :content)
                ON CONFLICT(sha256) DO UPDATE SET content = excluded.content WHERE content <> excluded.content
                """,
                ["sha256": .text(file.sha256), "content": .blob(content.bytes)])
            try connection.execute(
                "INSERT INTO announcement_files VALUES (:announcement, :sha256)",
                ["announcement": .integer(seq), "sha256": .text(file.sha256)])
        }
    }
}
