import Foundation
import TestPeers
import Testing

struct HandbookTests {
    static let pages = ["configuration", "contacts", "templates", "sending", "store"].map { "docs/\($0).md" }

    @Test(arguments: pages.dropFirst())
    func `a page's commands run as they stand, over the files it shows`(name: String) async throws {
        let page = try HandbookPage(name)
        let newcomer = try await Newcomer()
        try await newcomer.program.run("init")
        try newcomer.fillIn(".", all: true)
        try await newcomer.follow("tocsin contacts import customers.csv", of: page)
        var count = 0
        for block in page.blocks {
            if !block.file.isEmpty { try newcomer.program.write(block.file, block.text) }
            guard block.language == "sh" else { continue }
            for line in block.text.split(separator: "\n").map(String.init) {
                try await newcomer.follow(line, of: page)
                count += 1
            }
        }
        #expect(count >= 5)
    }

    @Test func `the list that is shown is taken without a warning`() async throws {
        let list = try #require(try HandbookPage("docs/contacts.md").blocks.first { $0.language == "csv" })
        let program = try Program.configured()
        try program.write("people.csv", list.text)
        let outcome = try await program.run("contacts", "import", "people.csv", "--json")
        #expect(outcome.exit == 0, "\(outcome.errors)")
        let report = try outcome.json()
        #expect(report["added"].text == "3" && report["warningCount"].text == "0")
        #expect(report["attributes"].items.map(\.text) == ["plan"])
    }

    @Test func `every command and option that is mentioned exists`() async throws {
        let program = try Program()
        let listed = try await program.run("--help").output
        var help = ""
        for command in listed.matches(of: /(?m)^  ([a-z]+(?: [a-z]+)?)(?:  |$)/) {
            help += try await program.run(command.1.split(separator: " ").map(String.init) + ["--help"])
                .output
        }
        for page in try (["README.md"] + Self.pages).map({ try HandbookPage($0) }) {
            for words in page.quotations where words.hasPrefix("tocsin ") {
                let line = words.replacing(/["'].*/, with: "").replacing(/[\[\]…(]/, with: "")
                let outcome = try await program.shell(line + " --help")
                #expect(outcome.exit == 0, "\(page): \(words): \(outcome.errors)")
            }
            for option in page.quotations.flatMap({ $0.matches(of: /(?:^|\s)(--[a-z][a-z-]*)/) }) {
                #expect(help.contains("  \(option.1) "), "\(page): there is no \(option.1)")
            }
        }
    }

    @Test(arguments: ["README.md", "docs/house.md"] + pages)
    func `every link within the repository leads somewhere`(name: String) throws {
        let page = try HandbookPage(name)
        #expect(!page.links.isEmpty)
        for link in page.links {
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            let folder = URL(filePath: "/" + name).deletingLastPathComponent()
            let file =
                parts[0].isEmpty
                ? name : String(folder.appending(path: parts[0]).standardized.path.dropFirst())
            let there = FileManager.default.fileExists(atPath: HandbookPage.root.appending(path: file).path)
            #expect(there, "\(name): \(link)")
            guard parts.count == 2, there else { continue }
            #expect(try HandbookPage(file).anchors.contains(parts[1]), "\(name): \(link)")
        }
    }
}
