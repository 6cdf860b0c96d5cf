/// Bytes on their way out, in pieces that are held and never copied together.
struct Outgoing {
    private let pieces: [[UInt8]]
    private var index = 0
    private var offset = 0
    /// How many bytes there are in all.
    let count: Int

    /// Nothing.
    init() { self.init([]) }

    /// All of `pieces`, one behind the other.
    init(_ pieces: [[UInt8]]) {
        self.pieces = pieces.filter { !$0.isEmpty }
        count = pieces.reduce(0) { $0 + $1.count }
    }

    /// Whether everything has been taken.
    var isDone: Bool { index == pieces.count }

    /// Hands what comes next of one piece to `body`, which says how much of it is taken; nil when nothing is left.
    mutating func take(_ body: (UnsafeRawBufferPointer) -> Int) -> Int? {
        guard !isDone else { return nil }
        let offset = offset
        let taken = unsafe pieces[index].withUnsafeBytes { bytes in
            unsafe body(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
        }
        self.offset += taken
        if self.offset == pieces[index].count { (index, self.offset) = (index + 1, 0) }
        return taken
    }
}
