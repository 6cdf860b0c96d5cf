import Broadcast
import Foundation

/// Reads a proof line by line, each with its line end, in memory of one line.
struct LineReader: ~Copyable {
    private static let chunk = 1 << 18

    /// As it is told.
    private let path: String
    private let handle: FileHandle
    private var held: [UInt8] = []
    private var start = 0
    private var lines = 0
    private var isAtEnd = false

    /// Opens the file `path`.
    ///
    /// - Throws: `notFound` when there is none.
    init(_ path: String) throws(CommandFailure) {
        self.path = Plain.text(path)
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure(.notFound, "\(self.path): there is no such file to read")
        }
        self.handle = handle
    }

    /// The next line; nil after the last.
    ///
    /// - Throws: `notFound` when the file cannot be read, `badContent` when a line is longer than any of a proof.
    mutating func next() throws(CommandFailure) -> [UInt8]? {
        var searched = start
        while true {
            if let end = held[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                return try line(upTo: end + 1)
            }
            if isAtEnd { return start < held.count ? try line(upTo: held.count) : nil }
            held.removeFirst(start)
            (start, searched) = (0, held.count)
            guard held.count <= longest else { throw tooLong }
            try fill()
        }
    }

    private mutating func line(upTo end: Int) throws(CommandFailure) -> [UInt8] {
        guard end - start <= longest else { throw tooLong }
        defer { (start, lines) = (end, lines + 1) }
        return Array(held[start..<end])
    }

    /// Of the line that is being read.
    private var longest: Int { lines == 0 ? ProofLine.maxHeadBytes : ProofLine.maxBytes }

    private var tooLong: CommandFailure {
        CommandFailure(
            .badContent,
            "\(path):\(lines + 1): this line is far too long to be one of a proof; give the file that "
                + "tocsin report --proof made")
    }

    private mutating func fill() throws(CommandFailure) {
        do {
            let more = try handle.read(upToCount: Self.chunk) ?? Data()
            isAtEnd = more.isEmpty
            held += more
        } catch {
            throw CommandFailure(
                .notFound, "\(path) cannot be read; give the file that tocsin report --proof made")
        }
    }
}
