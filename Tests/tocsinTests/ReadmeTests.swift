import Foundation
import TestPeers
import Testing

struct ReadmeTests {
    @Test func `a newcomer's first commands are there`() throws {
        let page = try HandbookPage("README.md")
        let first = try #require(page.blocks.first)
        #expect(first.text.contains("git clone https://") && first.text.contains("scripts/demo"))
        let scripts = Set(page.text.matches(of: /scripts\/[a-z]+/).map { String($0.0) })
        #expect(scripts.contains("scripts/demo") && scripts.contains("scripts/test"))
        for script in scripts {
            let path = HandbookPage.root.appending(path: script).path
            #expect(FileManager.default.isExecutableFile(atPath: path), "\(script)")
        }
    }

    @Test func `every command of one's own runs as it stands, in order`() async throws {
        let page = try HandbookPage("README.md", from: "## Your own")
        let newcomer = try await Newcomer()
        var place = "."
        var count = 0
        for block in page.blocks where block.language == "sh" {
            for line in block.text.split(separator: "\n").map(String.init) {
                if line.hasPrefix("cd ") {
                    place = String(line.dropFirst(3))
                    #expect(newcomer.program.holds("\(place)/channels.json"))
                    try newcomer.fillIn(place, all: false)
                } else {
                    try await newcomer.follow(line, in: place, typing: "199\n", of: page)
                    count += 1
                }
            }
        }
        #expect(count >= 9)
        // The notice, that it is over, and before both a test to one.
        #expect(newcomer.arrived("email") == 2 * 179 + 1)
        #expect(newcomer.arrived("sms") == 2 * 159 + 1)
        #expect(newcomer.arrived("telegram") == 2 * 171 + 1)
        #expect(newcomer.arrived("status") == 2)
    }
}
