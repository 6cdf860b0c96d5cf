internal import CSQLite

/// What tells a file from every copy of it, and stays when it is renamed and when machine or container start anew.
///
/// That is the moment it was made, where the file system keeps one, else its number there. The device has a number too,
/// which changes with each start, as names of machines do with each container.
struct FileIdentity: Sendable, Hashable {
    /// In nanoseconds since 1970; nil where it is not known.
    let birth: Int64?
    let inode: UInt64

    /// The file at `path`, links followed; nil when there is none.
    init?(of path: String) {
        var (number, birth): (UInt64, Int64) = (0, -1)
        guard !path.isEmpty, unsafe tocsin_identify(path, &number, &birth) == 1 else { return nil }
        self.init(number, birth: birth)
    }

    /// The open file, even if it has been deleted since or another one has taken its name.
    init?(ofOpen file: Int32) {
        var (number, birth): (UInt64, Int64) = (0, -1)
        guard unsafe tocsin_identify_open(file, &number, &birth) == 1 else { return nil }
        self.init(number, birth: birth)
    }

    private init(_ inode: UInt64, birth: Int64) {
        self.inode = inode
        self.birth = birth < 0 ? nil : birth
    }

    /// Reads ``text``; nil when it is none.
    init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let number = UInt64(parts[0]) else { return nil }
        inode = number
        birth = Int64(parts[1])
    }

    /// As the store keeps it: `4711 1800000000000000000`, or `4711 -`.
    var text: String { "\(inode) \(birth.map(String.init) ?? "-")" }

    /// Whether both are one file.
    ///
    /// The number alone decides only without a birth: some network file systems number their files anew at each mount,
    /// and a number that was freed is soon given to the next file, such as a copy put where the original was deleted.
    func isSame(as other: FileIdentity) -> Bool {
        if let birth, let theirs = other.birth { return birth == theirs }
        return inode == other.inode
    }
}
