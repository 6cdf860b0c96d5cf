import Broadcast
import Foundation
import Testing

@testable import Templating

/// Real files in a folder of their own.
struct TemplateFolderTests {
    private let root = FileManager.default.temporaryDirectory.appending(
        path: "templates-\(UUID().uuidString)"
    ).path

    private func write(_ files: [String: String]) throws {
        for (path, text) in files {
            let url = URL(filePath: "\(root)/\(path)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
    }

    private func problems(_ template: String) -> [String] {
        do throws(TemplateProblems) {
            _ = try TemplateFolder(root).load(template, variables: [:], sender: .sample)
            return []
        } catch {
            return error.all.map { $0.description.replacing(root, with: "ROOT") }
        }
    }

    private func removeRoot() { try? FileManager.default.removeItem(atPath: root) }

    @Test func `parents are frozen as well, and what their blocks ask for`() throws {
        defer { removeRoot() }
        try write([
            "a/message.md": "{{<page}}{{$b}}{{>part}}{{/b}}{{/page}}",
            "_partials/page.md": "{{$b}}{{/b}}{{$c}}{{<other}}{{/other}}{{/c}}", "_partials/part.md": "x",
            "_partials/other.md": "y", "_partials/unused.md": "z",
        ])
        let content = try TemplateFolder(root).load("a", variables: [:], sender: .sample)
        #expect(
            content.files.keys.sorted() == [
                "_partials/other.md", "_partials/page.md", "_partials/part.md", "a/message.md",
            ])
    }

    @Test func `a template is frozen with its layout and the partials it reaches`() throws {
        defer { removeRoot() }
        try write([
            "a/message.md": "{{>one}}", "a/message.it.md": "x", "a/sms.txt": "s", "a/.DS_Store": "x",
            "a/message.md~": "x",
            "a/notes": "x", "layouts/email.html": "{{{content}}}{{>three}}", "layouts/email.it.html": "x",
            "_partials/one.md": "{{>two}}",
            "_partials/two.md": "2", "_partials/two.it.md": "due", "_partials/three.html": "3",
            "_partials/four.md": "4",
            "b/message.md": "x",
        ])
        let folder = TemplateFolder(root)
        #expect(folder.names() == ["a", "b"])
        let content = try folder.load("a", variables: ["k": "v"], sender: .sample)
        #expect(
            content.files.keys.sorted() == [
                "_partials/one.md", "_partials/three.html", "_partials/two.it.md", "_partials/two.md",
                "a/message.it.md",
                "a/message.md", "a/sms.txt", "layouts/email.html", "layouts/email.it.html",
            ])
        #expect(content.files["a/message.md"] == "{{>one}}")
        #expect(content.variables == ["k": "v"] && content.template == "a" && content.sender == .sample)
    }

    @Test(arguments: ["layouts", "_partials"])
    func `a folder of what templates share is told to be none`(name: String) throws {
        defer { removeRoot() }
        try write(["a/message.md": "x", "\(name)/message.md": "x"])
        let found = problems(name)
        #expect(
            found.count == 1 && found[0].contains("\(name) is reserved for what templates share"), "\(found)")
        #expect(found[0].hasSuffix("there are a"))
    }

    @Test(arguments: [
        "../x", "..", ".", "", "a/b", "/etc", "a\u{0}b", "a b",
        String(repeating: "a", count: 65), "a\u{1B}[0m",
        "a.b", "è",
    ])
    func `a name that is a path is refused`(name: String) throws {
        defer { removeRoot() }
        try write(["a/message.md": "x", "layouts/message.md": "x", "_partials/message.md": "x"])
        let found = problems(name)
        #expect(
            found.count == 1 && found[0].contains("is no template name; 1 to 64 of A-Z a-z 0-9 _ -"),
            "\(found)")
        #expect(!found[0].unicodeScalars.contains { $0.isControl })
    }

    @Test func `a template that is not there is answered with those that are`() throws {
        defer { removeRoot() }
        #expect(
            problems("outage") == [
                "ROOT: there is no template outage, nor any other; outage/message.md expected"
            ])
        try write(["outage/message.md": "x", "campaign/message.md": "x", "empty/readme": "x"])
        #expect(
            problems("outge") == [
                "ROOT: there is no template outge; there are campaign, outage; did you mean outage?"
            ])
        #expect(problems("empty") == ["ROOT: there is no template empty; there are campaign, outage"])
    }

    @Test func `misnamed, oversized and unreadable files are all named`() throws {
        defer { removeRoot() }
        try write([
            "a/message.md": "x", "a/emial.html": "x", "a/message.klingon-language.md": "x",
            "a/sms.txt": String(repeating: "x", count: 1 << 20),
            "a/email.txt": String(repeating: "x", count: (1 << 20) + 1), "layouts/mail.html": "x",
        ])
        try Data([0x61, 0xFF, 0xFE]).write(to: URL(filePath: "\(root)/a/telegram.html"))
        try FileManager.default.createDirectory(
            atPath: "\(root)/a/webhook.json", withIntermediateDirectories: false)
        let found = problems("a")
        let expected = [
            "a/email.txt: 1048577 bytes; at most 1048576 are read", "a/emial.html: not a file of a template",
            "a/message.klingon-language.md: not a file of a template",
            "a/telegram.html: not UTF-8; save the file as UTF-8",
            "a/webhook.json: a regular file expected", "layouts/mail.html: not a file of a template",
        ]
        #expect(found.count == expected.count, "\(found)")
        for text in expected { #expect(found.contains { $0.hasPrefix(text) }, "\(text): \(found)") }
        #expect(found.contains { $0.hasSuffix("did you mean email.html?") })
    }

    @Test func `a link that leads out is refused, one that stays inside is followed`() throws {
        defer { removeRoot() }
        try write(["a/message.md": "x", "b/message.md": "x", "shared/sms.txt": "inside"])
        let files = FileManager.default
        try files.createSymbolicLink(atPath: "\(root)/a/email.html", withDestinationPath: "/etc/passwd")
        try files.createSymbolicLink(
            atPath: "\(root)/a/email.txt", withDestinationPath: "../../../../../etc/hostname")
        try files.createSymbolicLink(atPath: "\(root)/a/sms.txt", withDestinationPath: "nowhere")
        try files.createSymbolicLink(atPath: "\(root)/b/sms.txt", withDestinationPath: "../shared/sms.txt")
        try files.createSymbolicLink(atPath: "\(root)/c", withDestinationPath: "/etc")
        let found = problems("a")
        #expect(
            found == [
                "a/email.html: a symbolic link leads out of the templates directory",
                "a/email.txt: a symbolic link leads out of the templates directory",
                "a/sms.txt: a regular file expected",
            ])
        #expect(
            try TemplateFolder(root).load("b", variables: [:], sender: .sample).files["b/sms.txt"] == "inside"
        )
        #expect(problems("c").count == 1)
    }
}
