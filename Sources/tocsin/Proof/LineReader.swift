import Foundation

/// Reads a file line by line, each with its line end, in memory of one line.
struct LineReader: ~Copyable {
    private static let chunk = 1 << 18
    /// No line that we write is nearly as long.
    private static let longest = 1 << 28

    private let handle: FileHandle
    private var held: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    init(_ handle: FileHandle) { self.handle = handle }

    /// The next line; nil after the last.
    ///
    /// - Throws: `notFound` when the file cannot be read, `badContent` when a line has no end for far too long.
    mutating func next() throws(CommandFailure) -> [UInt8]? {
        var searched = start
        while true {
            if let end = held[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return Array(held[start...end])
            }
            if isAtEnd {
                defer { start = held.count }
                return start < held.count ? Array(held[start...]) : nil
            }
            held.removeFirst(start)
            (start, searched) = (0, held.count)
            try fill()
        }
    }

    private mutating func fill() throws(CommandFailure) {
        guard held.count < Self.longest else {
            throw CommandFailure(.badContent, "the file has a line that is far too long to be one of a proof")
        }
        do {
            let more = try handle.read(upToCount: Self.chunk) ?? Data()
            isAtEnd = more.isEmpty
            held += more
        } catch {
            throw CommandFailure(.notFound, "the file cannot be read")
        }
    }
}
