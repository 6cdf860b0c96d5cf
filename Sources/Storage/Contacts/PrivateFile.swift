internal import CSQLite

/// Files that hold people's addresses.
enum PrivateFile {
    /// Makes an empty file that only its owner can read, whatever the umask; false when it stands already or cannot be.
    static func create(_ path: String) -> Bool { unsafe tocsin_create_private(path) == 0 }
}
