extension Schema {
    /// What goes with announcements; nobody has to think of taking it away again.
    static let files = """
        -- The contents of files that go with announcements, each once; gone with the last announcement that needs it.
        CREATE TABLE files(sha256 TEXT NOT NULL UNIQUE, content BLOB NOT NULL) STRICT;
        CREATE TABLE announcement_files(
          announcement INTEGER NOT NULL, sha256 TEXT NOT NULL,
          PRIMARY KEY(announcement, sha256)
        ) WITHOUT ROWID, STRICT;
        CREATE INDEX announcement_files_sha256 ON announcement_files(sha256);

        CREATE TRIGGER announcements_leave_files AFTER DELETE ON announcements
        BEGIN DELETE FROM announcement_files WHERE announcement = OLD.seq; END;
        CREATE TRIGGER announcements_need_no_files AFTER UPDATE OF state ON announcements WHEN NEW.state = 'cancelled'
        BEGIN DELETE FROM announcement_files WHERE announcement = NEW.seq; END;
        CREATE TRIGGER files_are_needed_no_more AFTER DELETE ON announcement_files
        WHEN NOT EXISTS (SELECT 1 FROM announcement_files WHERE sha256 = OLD.sha256)
        BEGIN DELETE FROM files WHERE sha256 = OLD.sha256; END;

        """
}
