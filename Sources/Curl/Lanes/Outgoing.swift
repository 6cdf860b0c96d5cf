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

    /// What comes next, as far as one piece holds it; nil when nothing is left.
    var next: ArraySlice<UInt8>? { isDone ? nil : pieces[index][offset...] }

    /// So much of ``next`` has been taken.
    mutating func advance(by count: Int) {
        offset += count
        if offset == pieces[index].count { (index, offset) = (index + 1, 0) }
    }
}
