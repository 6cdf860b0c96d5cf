import Foundation
import Testing

struct HouseRulesTests {
    /// What library code may not say, and why.
    static var banned: [(Regex<Substring>, String)] { [
        (/\btry!/, "an error must be handled"),
        (/\bas!/, "a cast can fail"),
        (/\bfatalError\(/, "the world throws; our own bugs are preconditions"),
        (/@unchecked Sendable/, "the compiler must see that it is safe"),
        (/@preconcurrency/, "the compiler must see that it is safe"),
        (/\bTODO\b|\bFIXME\b/, "done or not there"),
        (
            /\bDate\(\)|\bDate\.now\b|\bTask\.sleep\b|\.random\(|\bContinuousClock\b|\bSuspendingClock\b/,
            "only Clockwork may"
        ),
    ] }

    @Test func `sources keep to the house rules`() throws {
        for file in try SourceTree.swiftFiles(under: "Sources") {
            for (number, line) in file.code {
                for (pattern, reason) in Self.banned where line.contains(pattern) {
                    let isClockwork =
                        reason == "only Clockwork may" && file.path.hasSuffix("/Clockwork.swift")
                    #expect(isClockwork, "\(file):\(number): \(line) — \(reason)")
                }
            }
        }
    }

    @Test func `library code does not print`() throws {
        for file in try SourceTree.swiftFiles(under: "Sources") where file.target != "tocsin" {
            for (number, line) in file.code {
                #expect(!line.contains(/(^|[^.\w])print\(/), "\(file):\(number) prints")
            }
        }
    }

    @Test func `no file is longer than 400 lines`() throws {
        for folder in ["Sources", "Tests"] {
            for file in try SourceTree.swiftFiles(under: folder) {
                #expect(file.lines.count <= 401, "\(file) has \(file.lines.count) lines")
            }
        }
    }

    /// A function that lost its `@Test` compiles and silently never runs.
    @Test func `every function with a sentence for a name is a test`() throws {
        var tests = 0
        for file in try SourceTree.swiftFiles(under: "Tests") {
            for (index, line) in file.lines.enumerated() where line.contains(/^ +(@Test.*)?(func `|func test)/) {
                #expect(Self.isTest(file.lines[...index]), "\(file):\(index + 1) is not a test")
                tests += 1
            }
        }
        #expect(tests > 100)
    }

    /// Looks upwards from the function, through its attributes, to the end of the declaration before it.
    private static func isTest(_ lines: ArraySlice<Substring>) -> Bool {
        guard let function = lines.last else { return false }
        let indent = function.prefix { $0 == " " }
        if function.dropFirst(indent.count).hasPrefix("@Test") { return true }
        for line in lines.dropLast().reversed() where line.prefix(while: { $0 == " " }).count <= indent.count {
            let text = line.drop { $0 == " " }
            if text.hasPrefix("@Test") { return true }
            // A closing bracket, alone or with more of the attribute, may stand at the same depth; a brace ends another.
            if text.isEmpty || text.hasPrefix("}") || text.hasPrefix("func") { return false }
        }
        return false
    }

    @Test func `no test is disabled or sleeps`() throws {
        let pattern = /\.disabled\(|withKnownIssue|Task\.sleep|usleep\(|Thread\.sleep/
        for file in try SourceTree.swiftFiles(under: "Tests") where !file.path.contains("ArchitectureTests") {
            for (number, line) in file.code {
                #expect(!line.contains(pattern), "\(file):\(number): \(line)")
            }
        }
    }
}
