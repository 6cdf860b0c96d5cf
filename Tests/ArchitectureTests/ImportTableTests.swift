import Testing

/// The arrows of the design page: SwiftPM does not catch an import that is only reached through another target.
struct ImportTableTests {
    static let cLibraries: Set<String> = [
        "CCurl", "CSQLite", "CMarkdown", "CYAML", "CIDN", "CCrypto", "CPhone",
    ]

    static let allowed: [String: Set<String>] = [
        "Broadcast": ["CIDN", "CPhone", "CCrypto"],
        "Wire": [],
        "Templating": ["Broadcast", "CMarkdown", "CYAML"],
        "Channels": ["Broadcast", "Wire", "Templating", "CCrypto"],
        "Curl": ["Wire", "CCurl"],
        "Storage": ["Broadcast", "CSQLite", "CCrypto"],
        "Dispatching": ["Broadcast", "Wire", "Templating", "Channels", "Storage"],
        "Configuration": ["Broadcast", "Wire", "Templating", "Channels"],
        "tocsin": [
            "Broadcast", "Wire", "Templating", "Channels", "Curl", "Storage", "Dispatching", "Configuration",
        ],
    ]

    static let system: Set<String> = ["Foundation", "Synchronization", "Glibc", "Dispatch"]

    static func imports(of file: SourceTree.File) -> [String] {
        file.code.compactMap { _, line in
            guard line.contains("import ") else { return nil }
            return line.firstMatch(
                of: /^(?:@\w+ )*(?:public |internal |package )?import (?:struct |func )?(\w+)/
            )
            .map { String($0.1) }
        }
    }

    @Test func `every import is an arrow of the table`() throws {
        let files = try SourceTree.swiftFiles(under: "Sources")
        #expect(files.count > 50)
        for file in files {
            let may = try #require(Self.allowed[file.target], "\(file) is in no target of the table")
            for name in Self.imports(of: file) {
                #expect(may.contains(name) || Self.system.contains(name), "\(file) may not import \(name)")
            }
        }
    }

    @Test func `unsafe code stands only in files that import a C module`() throws {
        for file in try SourceTree.swiftFiles(under: "Sources") {
            let facesC =
                !Self.cLibraries.isDisjoint(with: Self.imports(of: file))
                || Self.imports(of: file).contains("Glibc")
            for (number, line) in file.code
            where line.contains(/\bunsafe (?!=)|@unsafe\b|@safe\b|nonisolated\(unsafe\)/) {
                if !facesC { Issue.record("\(file):\(number) is unsafe without a C module") }
            }
        }
    }
}
