import Broadcast
import Foundation

@testable import Storage

extension FuzzTarget {
    /// A contacts list: encoding, delimiter, records, columns and cells.
    static let list = FuzzTarget("list") { bytes in
        let file = ScratchFile.list
        guard file.write(bytes) else { return "the scratch file could not be written" }
        defer { file.remove() }
        // How the file comes in pieces must not show in what is read from it.
        let whole = ListReading(file.path, chunkSize: 262_144)
        let pieces = ListReading(file.path, chunkSize: 3)
        if whole.form == pieces.form, whole.outcome != pieces.outcome {
            return "read whole: \(whole.outcome); in pieces: \(pieces.outcome)"
        }
        return whole.readCells()
    }
}

/// What the reader makes of a list.
private struct ListReading {
    let rows: [[String]]
    /// Encoding and delimiter, found in the first piece, so that a very small one may be judged otherwise.
    let form: String
    /// Records with their lines, and how it ended.
    let outcome: [String]

    init(_ path: String, chunkSize: Int) {
        var rows: [[String]] = []
        var outcome: [String] = []
        var form = ""
        do {
            var reader = try CSVReader(ListFile(path: path, chunkSize: chunkSize))
            form = "\(reader.encoding) \(reader.delimiter)"
            var row = CSVRow()
            while rows.count < 200, try reader.next(&row) {
                let cells = (0..<row.count).map { row.text($0) }
                rows.append(cells)
                outcome.append("\(row.line) \(row.problem ?? "") \(cells)")
            }
        } catch {
            outcome.append("\(error)")
        }
        self.rows = rows
        self.outcome = outcome
        self.form = form
    }

    /// Takes the first record for the columns and reads the others as contacts; the broken law, if any.
    func readCells() -> String? {
        guard let header = rows.first, let columns = try? ContactColumns(header: header) else { return nil }
        var reader = ContactReader(
            columns: columns, channels: KnownChannels(), region: try? PhoneRegion("IT"))
        for cells in rows.dropFirst() where cells.count == header.count {
            // What is wrong with a row is for the person who imports; here it only must not trap.
            guard let row = try? reader.row(cells.map { $0.isEmpty ? ContactReader.Cell.keep : .set($0) })
            else { continue }
            let name: String? = if case .set(let name) = row.change.name { name } else { nil }
            if let name, name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
                return "a name keeps a control character: \(name.debugDescription)"
            }
        }
        return nil
    }
}

/// A file that is written again for every input, since lists are read from files only.
private struct ScratchFile {
    let path: String

    static let list = ScratchFile(
        path: FileManager.default.temporaryDirectory.appending(
            path: "tocsin-fuzz-\(ProcessInfo.processInfo.processIdentifier).csv"
        ).path)

    func write(_ bytes: [UInt8]) -> Bool {
        FileManager.default.createFile(atPath: path, contents: Data(bytes))
    }

    /// One that stays behind is written again the next time.
    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
