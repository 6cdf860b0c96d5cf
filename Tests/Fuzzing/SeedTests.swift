import Foundation
import TestPeers
import Testing

/// Every target over its seeds, among them whatever libFuzzer ever found, and over seeded mutations of them.
struct SeedTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Seeds")

    @Test(arguments: FuzzTarget.all.map(\.name))
    func `a target keeps its laws over its seeds and over what becomes of them`(_ name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let folder = Self.folder.appending(path: name)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(!files.isEmpty, "no seeds for \(name)")
        for file in files {
            let seed = [UInt8](try Data(contentsOf: folder.appending(path: file)))
            #expect(target.run(seed) == nil, "\(name)/\(file)")
            var numbers = SeededNumbers(seed: 1)
            for round in 0..<50 {
                let input = seed.mutated(with: &numbers)
                #expect(
                    target.run(input) == nil,
                    "\(name)/\(file), round \(round): \(Data(input).base64EncodedString())")
            }
        }
    }

    @Test func `every folder of seeds belongs to a target`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(folders.sorted() == FuzzTarget.all.map(\.name).sorted())
    }
}

extension [UInt8] {
    /// A few bytes changed, left out, doubled or cut off.
    fileprivate func mutated(with numbers: inout SeededNumbers) -> [UInt8] {
        var bytes = self
        for _ in 0..<Int.random(in: 1...4, using: &numbers) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &numbers)
            switch Int.random(in: 0..<4, using: &numbers) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }
}
