import Broadcast
import Channels
import Configuration
import Foundation
import TestPeers
import Testing
import Wire

/// What the page on `channels.json` shows is loaded as it stands.
struct DocumentedConfigurationTests {
    private static let source = SecretSource(
        environment: { $0 == "TELEGRAM_TOKEN" ? "1:a" : "the-secret-of-\($0)" },
        file: { _ in .contents(Array("the-secret-of-a-file".utf8), isOpenToOthers: false) },
        absolutePath: { "/etc/tocsin/\($0)" }, allowsLiterals: false)

    private static var page: HandbookPage { get throws { try HandbookPage("docs/configuration.md") } }

    /// Every example as a whole configuration; one that only shows channels gets a sender.
    private static var examples: [String] {
        get throws {
            try page.blocks.filter { $0.language == "json" }.map { block in
                block.text.contains("\"sender\"")
                    ? block.text : "{ \"sender\": { \"name\": \"Acme\" }, \"channels\": \(block.text) }"
            }
        }
    }

    private func configured(_ text: String) throws -> Configured {
        try ConfigurationReader.configured(Array(text.utf8), file: "configuration.md", source: Self.source)
    }

    @Test func `every example loads without a warning`() throws {
        let examples = try Self.examples
        #expect(examples.count >= 8)
        for example in examples {
            let configured = try configured(example)
            #expect(configured.warnings.isEmpty, "\(example)")
        }
    }

    @Test func `every kind is shown, and every example of it counts`() throws {
        let kinds = try Self.examples.flatMap { try configured($0).channels.map(\.facts.kind) }
        #expect(Set(kinds) == Set(ChannelKinds.all.map { $0.kind }))
    }

    @Test func `a webhook per contact reaches a person, and says of whom it does not`() throws {
        let starter = HandbookPage.root.appending(path: "channels.example.json")
        var direct: [ConfiguredChannel] = []
        for example in try Self.examples + [String(contentsOf: starter, encoding: .utf8)] {
            direct += try configured(example).channels.filter { $0.facts.traits.audience == .perContact }
        }
        #expect(direct.count >= 2)
        for channel in direct {
            let name = channel.facts.name.rawValue
            guard case .refused(let fault) = channel.channel.verdict(on: .http(HTTPReply(status: 404))) else {
                Issue.record("\(name): whoever is not known there counts as reached, or waits")
                continue
            }
            // As a fault of the message, twenty such people would hold everybody else up.
            #expect(fault.scope == .recipient)
        }
        let row = try #require(try Self.page.text.split(separator: "\n").first { $0.hasPrefix("| `per` |") })
        #expect(row.contains("counts as reaching the person"))
    }

    /// A reader names every key it knows when it meets one that it does not.
    @Test func `every key that is known is told, with its name in a table`() throws {
        let page = try Self.page
        let channels = ChannelKinds.all.map { #""\#($0.kind)":{"type":"\#($0.kind)","qqq":1}"# }
        let text = """
            {"sender":{"name":"A","qqq":1},"qqq":1,
             "companies":{"w":{"qqq":1,"status":{"qqq":1,"url":"https://w.example/","well":{"qqq":1}}}},
             "channels":{\(channels.joined(separator: ",")),
              "w":{"type":"webhook","url":"https://w.example/","secret":{"env":"A"},"retry":{"qqq":1},"breaker":{"qqq":1},
                   "reply":{"qqq":1,"rules":[{"qqq":1,"verdict":"accepted"}]},"body":{"json":{},"qqq":1}}}}
            """
        var keys: Set<String> = []
        do throws(ConfigurationError) {
            _ = try ConfigurationReader.configured(Array(text.utf8), file: "x", source: Self.source)
        } catch {
            for line in error.lines {
                guard let list = line.split(separator: "known here: ").dropFirst().first else { continue }
                keys.formUnion(list.split(separator: ", ").map(String.init).filter { $0 != "qqq" })
            }
        }
        #expect(keys.count > 45)
        for key in keys.sorted() {
            let isTold = page.text.contains(try Regex("`([a-z]+\\.)?\(key)`|\"\(key)\":"))
            #expect(isTold, "\(key) is not on the page")
        }
    }
}
