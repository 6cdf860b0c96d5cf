import Broadcast
import Foundation
import TestPeers

/// What a rehearsal left in a folder of the program's.
struct RehearsedFolder {
    let program: Program
    let name: String

    /// Every file below the folder called `channel`, by its path in the rehearsal.
    func files(_ channel: String) throws -> [String: [UInt8]] {
        let top = program.path("\(name)/\(channel)")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: top)
            .filter { $0.hasSuffix(".eml") || $0.hasSuffix(".http") }
        return Dictionary(
            uniqueKeysWithValues: paths.map { ("\(channel)/\($0)", program.read("\(name)/\(channel)/\($0)")) }
        )
    }

    /// A line of the index.
    struct Line: Hashable {
        let contact, channel, address, file, bytes, segments, reason: String
    }

    /// The lines of the index, whose cells hold no quotes in these tests but around a comma.
    func index() throws -> [Line] {
        let text = String(decoding: program.read("\(name)/index.csv"), as: UTF8.self)
        return try text.split(separator: "\n").dropFirst().map { line in
            let cells = Self.cells(line)
            guard cells.count == 7 else { throw CocoaError(.fileReadCorruptFile) }
            return Line(
                contact: cells[0], channel: cells[1], address: cells[2], file: cells[3], bytes: cells[4],
                segments: cells[5], reason: cells[6])
        }
    }

    private static func cells(_ line: Substring) -> [String] {
        var (cells, isQuoted) = ([""], false)
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: cells.append("")
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells
    }

    /// The modes of all that stands below, other than those of private folders and files.
    func openModes() throws -> [String] {
        let below = try FileManager.default.subpathsOfDirectory(atPath: program.path(name))
        return (below.map { "\(name)/\($0)" } + [name]).filter {
            ![0o600, 0o700].contains(program.mode(of: $0))
        }
    }
}

/// An HTTP request in a file, or as it arrived.
struct KeptHTTP {
    /// Method and path.
    let line: String
    /// Names in lower case.
    let headers: [String: String]
    let body: String

    /// What stands in a `.http` file.
    init(file bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let halves = text.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = halves[0].split(separator: "\n").map(String.init)
        line = lines[0].replacing(/https?:\/\/[^\/]+/, with: "").replacing(" HTTP/1.1", with: "")
        headers = Self.fields(
            lines.dropFirst().map { line in
                (String(line.prefix { $0 != ":" }), String(line.drop { $0 != " " }.dropFirst()))
            })
        body = halves.count > 1 ? String(halves[1]) : ""
    }

    /// What a receiver logged, its secrets hidden as in a file.
    init(_ entry: PeerProcess.Entry) {
        let hidden = { (text: String) in
            Stage.secrets.values.reduce(text) { $0.replacing($1, with: "[secret]") }
        }
        line = hidden("\(entry["method", default: .null].text) \(entry["path", default: .null].text)")
        headers = Self.fields(
            entry["headers", default: .null].list.map { ($0.list[0].text, hidden($0.list[1].text)) })
        body = entry["body", default: .null].text
    }

    private static func fields(_ pairs: [(String, String)]) -> [String: String] {
        Dictionary(pairs.map { ($0.0.lowercased(), $0.1) }) { first, _ in first }
    }

    /// All of it but the headers called `names`, and when the announcement was accepted.
    func text(without names: Set<String>) -> String {
        let fields = headers.filter { !names.contains($0.key) }.sorted { $0.key < $1.key }
        let body = body.replacing(/"sentAt":"[^"]*"/, with: #""sentAt":"""#)
        return "\(line)\n\(fields.map { "\($0.key): \($0.value)" }.joined(separator: "\n"))\n\n\(body)"
    }
}

/// A mail in a file, or as it arrived, without its `Date`; nil when it has none.
func undatedMail(_ bytes: [UInt8]) -> String? {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let date = text.firstRange(of: /\r\nDate: [^\r\n]*/) else { return nil }
    guard let end = text.firstRange(of: "\r\n\r\n"), date.lowerBound < end.lowerBound else { return nil }
    var undated = text
    undated.removeSubrange(date)
    return undated
}

extension Collection where Element: Hashable {
    /// How often each stands there.
    var counted: [Element: Int] { Dictionary(map { ($0, 1) }, uniquingKeysWith: +) }
}
