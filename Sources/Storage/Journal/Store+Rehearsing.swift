extension Store {
    /// A journal that is gone with its owner, over the people of `store`, in which nothing changes.
    ///
    /// Every query finds contacts, the removed ones and the secret there, as that store stands in the moment, and all
    /// that a dispatcher writes here: the tables of the same names hide the other's. Suppressions are copied, so that a
    /// bounce may add to them. It stays in memory up to 32 MiB; what is more goes to a file that has no name and ends with
    /// the process, in `SQLITE_TMPDIR`, `TMPDIR`, `/var/tmp` or `/tmp`.
    /// Source: https://www.sqlite.org/lang_naming.html, https://www.sqlite.org/inmemorydb.html section 3 (2026-11).
    /// - Throws: a ``StoreError`` when the store cannot be read, or temporary space is lacking.
    public static func rehearsal(over store: Store) throws(StoreError) -> Store {
        let connection = try Connection(path: "the journal of a rehearsal", .temporary)
        try connection.script(
            """
            PRAGMA journal_mode = MEMORY;
            PRAGMA synchronous = OFF;
            PRAGMA cache_size = -32768;
            PRAGMA temp.cache_size = -8192;
            """)
        try connection.execute("ATTACH :name AS people", ["name": .text(store.readingName)])
        try connection.script(Schema.journal)
        try connection.execute("INSERT INTO main.suppressions SELECT * FROM people.suppressions")
        return try Store(connection: connection, isReadOnly: false)
    }
}
