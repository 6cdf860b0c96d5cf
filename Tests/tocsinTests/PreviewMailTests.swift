import Broadcast
import Foundation
import TestPeers
import Testing

/// What a page to be approved shows of messages: their exact bytes, mails that reach for the network, whom they are to.
@Suite(.timeLimit(.minutes(5))) struct PreviewMailTests {
    private static let words = ["send", "note", "--to", "all", "--dry-run", "--html", "page.html"]

    private static let mail = """
        <!doctype html><html><head><base href="http://127.0.0.1:9/"><link rel="preconnect" href="http://127.0.0.1:9/">
        <link rel="dns-prefetch" href="//far.example"><meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/">
        <style>@import "http://127.0.0.1:9/a.css"; p { color: teal; background: url(http://127.0.0.1:9/b.png) }</style></head>
        <body background="http://127.0.0.1:9/c.png"><div style="display:none">All is well again</div>
        <p style="background-image:u\\72l(http://127.0.0.1:9/d.png)">Hello {{contact.name}}</p>
        <iframe src="http://127.0.0.1:9/e"></iframe><object data="http://127.0.0.1:9/f"></object>
        <img src="http://127.0.0.1:9/g.png" srcset="http://127.0.0.1:9/h.png 2x" alt="A far picture" onerror="x()">
        <svg><image href="http://127.0.0.1:9/i.svg"/></svg><video poster="http://127.0.0.1:9/j.png">moving</video>
        <form action="http://127.0.0.1:9/k"><input type="image" src="http://127.0.0.1:9/l.png"></form>
        <a href="https://acme.example/news" ping="http://127.0.0.1:9/m">news</a></body></html>
        """

    private func stage(_ channels: [String], purpose: String = "service") async throws -> Stage {
        let stage = try await Stage(channels, more: ["email": #""replyTo": "Help <help@acme.example>""#])
        try stage.template(
            "note",
            "purpose: \(purpose)\nsubject: Hello {{contact.name}}\nvariables: {contact.name: {description: W, default: you}}",
            "Dear {{contact.name}},\n\n> a quote\n\nand *more*")
        return stage
    }

    private func read(_ stage: Stage) async throws -> JSONValue { try await stage.page("page.html") }

    @Test func `a mail that reaches for the network shows its words, and reaches nothing`() async throws {
        let stage = try await stage(["email"])
        try stage.program.write("templates/note/email.html", Self.mail)
        try await stage.people(1)
        let outcome = try await stage.run(Self.words)
        #expect(outcome.exit == 0, "\(outcome.errors)")
        let page = try await read(stage)
        #expect(page["framed"].items.isEmpty, "\(page["framed"])")
        let frames = page["frames"].items.map(\.["srcdoc"].text)
        try #require(frames.count == 2)
        for frame in frames {
            for words in [
                "Hello Person 1", "A far picture", "moving", "color: teal",
                "title=\"https://acme.example/news\"",
            ] {
                #expect(frame.contains(words), "\(frame)")
            }
            #expect(!frame.contains("127.0.0.1") && !frame.contains("far.example"), "\(frame)")
        }
        let text = page["text"].text
        #expect(
            text.contains(
                "5 pictures or styles from elsewhere, base, link, iframe, object, svg, video, form, input"),
            "\(text)")
        #expect(
            page["labels"].items.map(\.text).contains("All is well again Hello Person 1 moving news"),
            "\(text)")
    }

    @Test func `what is said to be exact is what goes out, byte for byte, and as long as is said`()
        async throws
    {
        let stage = try await stage(["email", "sms", "telegram", "status"])
        try await stage.people(1)
        let outcome = try await stage.run(Self.words + ["--json", "--id", "n1"])
        let samples = try outcome.json()["samples"].items
        let page = try await read(stage)
        let (exact, summaries) = (page["exact"].items.map(\.text), page["summaries"].items.map(\.text))
        #expect(samples.count == 4 && exact.count == 4)
        for sample in samples {
            let (request, bytes) = (sample["request"].text, sample["bytes"].text)
            #expect(exact.contains(request.replacing("\r\n", with: "\n")), "\(request)")
            let isMail = sample["channel"].text == "email"
            #expect((sample["envelope"] != .null) == isMail)
            let gap = try #require(isMail ? request.startIndex : request.firstRange(of: "\n\n")?.upperBound)
            #expect(String(request[gap...].utf8.count) == bytes, "\(request)")
            let said =
                isMail
                ? "a message of \(CountText.text(Int(bytes) ?? 0, "byte", "bytes"))"
                : "a body of \(bytes) bytes"
            #expect(summaries.contains { $0.contains(said) }, "\(said) is none of \(summaries)")
        }
        let shown = try await stage.run("send", "note", "--to", "all", "--dry-run", "--id", "n1").output
        #expect(
            shown.contains("── telegram to p1 (Person 1), en") && shown.contains("bytes, indented here"),
            "\(shown)")
        #expect(try await stage.run("send", "note", "--to", "all", "--rehearse", "r", "--id", "n1").exit == 0)
        let mail = try #require(samples.first { $0["channel"].text == "email" })["request"].text
        let kept = String(decoding: stage.program.read("r/email/0000/p1.eml"), as: UTF8.self)
        let undated = { (text: String) in text.replacing(/\r\nDate: [^\r]*/, with: "") }
        #expect(undated(kept) == undated(mail) && mail.contains("\r\n\r\n"))
    }

    @Test func `it names nobody in its title, and whom each mail is to`() async throws {
        let stage = try await stage(["email"], purpose: "marketing")
        try await stage.people(2, [("consent", "all")])
        #expect(try await stage.run(Self.words).exit == 0)
        let page = try await read(stage)
        #expect(
            page["title"].items.map(\.text) == [
                "Preview of note: Hello {{contact.name}}", "Hello {{contact.name}}",
            ])
        let labels = page["labels"].items.map(\.text)
        for label in [
            "to Person 1 (p1)", "Person 1 <p1@acme.example>", "Help <help@acme.example>", "Hello Person 1",
            "mailto:help@acme.example?subject=unsubscribe",
        ] { #expect(labels.contains(label), "\(labels)") }
    }

    private static let verdicts: [(consent: String, verdict: String)] = [
        ("all", "Nothing stands in the way of sending it."), ("none", "2 of 3 people cannot be reached"),
    ]

    @Test(arguments: verdicts)
    func `it is green only when nobody is left out`(consent: String, verdict: String) async throws {
        let stage = try await stage(["email", "status"], purpose: "marketing")
        try await stage.people(3, [("consent", consent)])
        #expect(try await stage.run("contacts", "set", "p1", "consent=all").exit == 0)
        #expect(try await stage.run(Self.words).exit == 0)
        let page = try await read(stage)
        #expect(page["text"].text.contains(verdict), "\(page["text"])")
        #expect(page["text"].text.contains("It can be sent, but see:") == (consent == "none"))
    }
}
