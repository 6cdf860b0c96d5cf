import Foundation
import Testing

struct HouseRulesTests {
    /// What sources may not say, and why.
    static let banned: [(words: [String], reason: String)] = [
        (["try!", "as!"], "an error must be handled"),
        (["fatalError("], "the world throws; our own bugs are preconditions"),
        (["@unchecked Sendable", "@preconcurrency"], "the compiler must see that it is safe"),
        (["TODO", "FIXME"], "done or not there"),
    ]

    /// What only the clock may say, so that everything else can be told the time.
    static let ambient = [
        "Date()", "Date.now", "Task.sleep", ".random(", "ContinuousClock", "SuspendingClock",
    ]

    @Test func `sources keep to the house rules`() throws {
        for file in try SourceTree.swiftFiles(under: "Sources") {
            let isClockwork = file.path == "Sources/Dispatching/Clockwork.swift"
            let rules = Self.banned + (isClockwork ? [] : [(Self.ambient, "only Clockwork may")])
            for (number, line) in file.code {
                for (words, reason) in rules {
                    for word in words where line.contains(word) {
                        Issue.record("\(file):\(number) says \(word): \(reason)")
                    }
                }
            }
        }
    }

    @Test func `library code does not print`() throws {
        for file in try SourceTree.swiftFiles(under: "Sources") where file.target != "tocsin" {
            for (number, line) in file.code {
                if line.contains("print("), line.contains(/(^|[^.\w])print\(/) {
                    Issue.record("\(file):\(number) prints")
                }
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
            for (index, line) in file.lines.enumerated()
            where line.contains(/^ +(@Test.*)?(func `|func test)/) {
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
        for line in lines.dropLast().reversed() where line.prefix(while: { $0 == " " }).count <= indent.count
        {
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
