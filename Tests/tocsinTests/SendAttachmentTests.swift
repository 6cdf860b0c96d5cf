import Broadcast
import Foundation
import TestPeers
import Testing

/// Files beside a message, from the folder to the reader.
@Suite(.serialized, .timeLimit(.minutes(10))) struct SendAttachmentTests {
    private static let front = """
        subject: We are down
        purpose: service
        sms: We are down
        image: { file: sky.png, alt: Blue sky }
        attachments:
          - { file: files/terms.pdf, name: "Bedingungen für ☂.pdf", url: "https://www.acme.example/terms.pdf" }
        """

    private static let picture: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
        + [0, 0, 4, 0xB0, 0, 0, 1, 0xF4, 8, 2, 0, 0, 0] + (0..<5_000).map { UInt8($0 * 31 % 257 & 255) }

    private static func terms(_ count: Int = 20_000) -> [UInt8] {
        Array("%PDF-1.7\n".utf8) + (0..<count).map { UInt8($0 * 13 % 253) }
    }

    private func stage(
        _ channels: [String] = ["email"], terms: [UInt8] = terms(), mail: String = #"{"parse": true}"#,
        more: [String: String] = [:]
    ) async throws -> Stage {
        let stage = try await Stage(channels, mail: mail, more: more)
        try stage.template("note", Self.front, "Sorry.")
        try stage.program.write("templates/note/sky.png", Self.picture)
        try stage.program.write("templates/note/files/terms.pdf", terms)
        return stage
    }

    /// What a strict reader found in the files of each mail.
    private func files(_ stage: Stage) async throws -> [[[String]]] {
        try await stage.mail.entries("mail").map { mail in
            #expect(mail["parsed"]?["defects"].list == [])
            return mail["parsed"]?["files"].list.map { $0.list.map(\.text) } ?? []
        }
    }

    @Test func `everybody gets the files, each channel in its own way`() async throws {
        let stage = try await stage(["email", "sms", "telegram", "status"])
        try await stage.people(3)
        let sent = try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1")
        #expect(sent.exit == 0, "\(sent.told)")
        let id = "<\(SHA256Stream.hex(of: Self.picture).prefix(32))@image>"
        let files = [
            ["image/png", "inline", "sky.png", SHA256Stream.hex(of: Self.picture), id],
            [
                "application/pdf", "attachment", "Bedingungen für ☂.pdf", SHA256Stream.hex(of: Self.terms()),
                "",
            ],
        ]
        #expect(try await self.files(stage) == [files, files, files])
        let photos = try await stage.web.entries("request").compactMap { $0["parts"] }
        #expect(photos.count == 3)
        for photo in photos {
            #expect(photo["photo"]["sha256"].text == SHA256Stream.hex(of: Self.picture))
            #expect(photo["caption"]["text"].text.contains("https://www.acme.example/terms.pdf"))
        }
        let bodies = try await stage.posted().map(\.body)
        #expect(bodies.contains { $0.contains("We are down https://www.acme.example/terms.pdf") })
        #expect(bodies.contains { $0.contains(#""sha256":"\#(SHA256Stream.hex(of: Self.terms()))""#) })

        let proof = try await stage.run("report", "n1", "--proof", "n1.proof")
        #expect(proof.exit == 0, "\(proof.told)")
        let head = try JSONValue(
            parsing: Array(stage.program.read("n1.proof").prefix { $0 != 0x0A }), maxBytes: 1 << 24)
        #expect(head["attachments"]["0"]["path"].text == "note/files/terms.pdf")
        #expect(head["attachments"]["0"]["sha256"].text == SHA256Stream.hex(of: Self.terms()))
        #expect(head["attachments"]["1"]["bytes"].text == String(Self.picture.count))
        let verified = try await stage.run("report", "--verify", "n1.proof")
        #expect(verified.exit == 0 && verified.output.contains("With it went note/files/terms.pdf"))
        #expect(verified.output.contains(SHA256Stream.hex(of: Self.terms())))
    }

    @Test func `after a kill the same bytes go out, though the files have changed or are gone`() async throws
    {
        let later = #"{"parse": true, "recipients": {"p2@acme.example": "451 4.2.0 later"}}"#
        let stage = try await stage(mail: later)
        try await stage.people(2)
        let running = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1")
        try await stage.mail.wait(for: 1, "mail")
        running.signal(9)
        _ = try await running.outcome.value
        try stage.program.write("templates/note/files/terms.pdf", Self.terms(7))
        try FileManager.default.removeItem(atPath: stage.program.path("templates/note/sky.png"))
        let peer = try await PeerProcess("smtp_peer.py", #"{"parse": true}"#)
        try stage.configure(["email"], mailPort: try peer.port("smtp"))
        let resumed = try await stage.run("resume", "n1")
        #expect(resumed.exit == 0, "\(resumed.told)")
        let mails = try await stage.mail.entries("mail") + peer.entries("mail")
        let readers = mails.flatMap { $0["to", default: .null].list.map(\.text) }
        #expect(Set(readers) == ["p1@acme.example", "p2@acme.example"])
        let digests = [SHA256Stream.hex(of: Self.picture), SHA256Stream.hex(of: Self.terms())]
        for mail in mails {
            #expect(mail["parsed"]?["files"].list.map { $0.list[3].text } == digests)
        }
    }

    @Test func `a changed file is other content`() async throws {
        let stage = try await stage()
        try await stage.people(1)
        func digest() async throws -> String {
            try await stage.run("send", "note", "--to", "all", "--dry-run", "--json").json()["plan"]["digest"]
                .text
        }
        let first = try await digest()
        #expect(try await digest() == first)
        try stage.program.write("templates/note/files/terms.pdf", Self.terms(20_001))
        #expect(try await digest() != first)
        let refused = try await stage.run("send", "note", "--to", "all", "--yes", "--digest", first)
        #expect(
            refused.exit == 65 && refused.errors.contains("no longer what was previewed"), "\(refused.told)")
        #expect(try await stage.isUntouched())
    }

    @Test func `the preview names each file and what becomes of it, without its bytes`() async throws {
        let stage = try await stage(["email", "sms", "telegram"], terms: Self.terms(2_000_000))
        try await stage.people(1)
        let dry = try await stage.run("send", "note", "--to", "all", "--dry-run")
        #expect(dry.exit == 0 && dry.output.utf8.count < 60_000, "\(dry.errors)")
        for line in [
            "in the text: sky.png (image/png, 5 kB)",
            "attached: Bedingungen für ☂.pdf (application/pdf, 2.0 MB)",
            "as a photo: sky.png", "as a link: Bedingungen für ☂.pdf", "not sent here: sky.png",
            "bytes left out here",
            "Files: note/files/terms.pdf (2.0 MB), note/sky.png (5 kB)", "sms: sent without note/sky.png",
        ] {
            #expect(dry.output.contains(line), "\(line)")
        }
        #expect(
            dry.output.split(separator: "\n").filter { $0.hasPrefix("   ") }.allSatisfy { $0.count <= 80 })
        let page = try await stage.run("send", "note", "--to", "all", "--dry-run", "--html", "p.html")
        #expect(page.exit == 0)
        let html = String(decoding: stage.program.read("p.html"), as: UTF8.self)
        #expect(html.contains("data:image/png;base64,") && !html.contains("src=&quot;cid:"))
        // The mail and the photo; an SMS carries no file.
        let exact = html.matches(of: /Exactly what is sent: [^<]*/).map { $0.0 }
        let short = exact.map { $0.hasSuffix("; of files only the beginning and the end") }
        #expect(short == [true, false, true], "\(exact)")
    }

    @Test func `a page holds no more of its pictures than a mail carries, and says so`() async throws {
        let stage = try await stage(["email", "telegram"])
        try stage.program.write(
            "templates/note/sky.png", Self.picture + [UInt8](repeating: 7, count: 1_900_000))
        try await stage.people(1)
        let page = try await stage.run("send", "note", "--to", "all", "--dry-run", "--html", "p.html")
        #expect(page.exit == 0, "\(page.told)")
        let html = String(decoding: stage.program.read("p.html"), as: UTF8.self)
        // The mail in both its looks, or the photo: there is no room for all three.
        let (whole, framed) = (
            html.components(separatedBy: "data:image/png").count - 1,
            html.components(separatedBy: "data:image/svg").count - 1
        )
        #expect(whole > 0 && framed > 0 && whole + framed == 3, "\(whole), \(framed)")
        #expect(html.components(separatedBy: "Its picture is left out here").count == 2)
        #expect(html.utf8.count < 7_000_000)
    }

    @Test func `files that are called alike are counted for themselves`() async throws {
        let stage = try await Stage(["sms", "telegram"])
        try stage.template(
            "note",
            "subject: S\npurpose: service\nsms: Hi\nimage: { file: s.png, alt: Sky }\n"
                + "attachments: [files/s.png]", "Sorry.")
        try stage.program.write("templates/note/s.png", Self.picture)
        try stage.program.write("templates/note/files/s.png", Self.picture)
        try await stage.people(2)
        let dry = try await stage.run("send", "note", "--to", "all", "--dry-run", "--json")
        let plans = try dry.json()["plan"]["channels"]
        for channel in ["sms", "telegram"] {
            let left = plans[channel]["leftFiles"]
            #expect(left["note/files/s.png"].text == "2", "\(channel): \(left)")
        }
        #expect(plans["sms"]["leftFiles"]["note/s.png"].text == "2")
        let text = try await stage.run("send", "note", "--to", "all", "--dry-run").output
        #expect(text.contains("sms: sent without note/files/s.png, note/s.png"), "\(text)")
        #expect(text.contains("in all; sent without note/files/s.png"), "\(text)")
    }

    @Test func `files beyond what a mail holds are refused by check and by the preview, with the excess`()
        async throws
    {
        let stage = try await stage(terms: Self.terms(90_000), more: ["email": #""maxBytes": 100000"#])
        try await stage.people(1)
        let check = try await stage.run("check")
        #expect(
            check.exit == 65 && check.output.contains("note/message.md")
                && check.output.contains("(maxBytes)"),
            "\(check.output)")
        let dry = try await stage.run("send", "note", "--to", "all", "--dry-run")
        #expect(
            dry.output.contains("1 message-too-large")
                && dry.output.contains("more than the 100,000 allowed"),
            "\(dry.output)")
        let sent = try await stage.run("send", "note", "--to", "all", "--yes")
        #expect(sent.exit != 0)
        #expect(try await stage.mailed().isEmpty)
    }

    @Test func `check and templates name what goes along`() async throws {
        let stage = try await stage()
        #expect(try await stage.run("check").exit == 0)
        let shown = try await stage.run("templates", "note")
        #expect(
            shown.output.contains("with note/files/terms.pdf (application/pdf, 20 kB)"), "\(shown.output)")
        let json = try await stage.run("templates", "note", "--json").json()
        #expect(json["templates"]["0"]["attachments"]["note/sky.png"]["type"].text == "image/png")
        try FileManager.default.removeItem(atPath: stage.program.path("templates/note/sky.png"))
        let check = try await stage.run("check")
        #expect(check.exit == 65 && check.output.contains("sky.png is not there"), "\(check.output)")
        let send = try await stage.run("send", "note", "--to", "all", "--yes")
        #expect(
            send.exit == 65 && send.errors.contains("note/message.md:5: sky.png is not there"),
            "\(send.errors)")
    }

    @Test func `a rehearsal writes the true mail, and a test sends it`() async throws {
        let stage = try await stage()
        try await stage.people(2)
        let rehearsed = try await stage.run("send", "note", "--to", "all", "--rehearse", "out")
        #expect(rehearsed.exit == 0, "\(rehearsed.told)")
        let mail = String(decoding: stage.program.read("out/email/0000/p1.eml"), as: UTF8.self)
        let base64 = Data(Self.terms()).base64EncodedString()
        #expect(mail.replacing("\r\n", with: "").contains(base64))
        let test = try await stage.run("send", "note", "--to", "all", "--test-to", "p2")
        #expect(test.exit == 0, "\(test.told)")
        #expect(
            try await files(stage).map { $0.map { $0[3] } } == [
                [SHA256Stream.hex(of: Self.picture), SHA256Stream.hex(of: Self.terms())]
            ])
    }

    @Test func `a rehearsal that would fill the disk is refused before its first file`() async throws {
        let bytes = 24_000_000
        // Many channels to fill it, so that a large disk takes no long list.
        let channels = ["email"] + (2...16).map { "email\($0)" }
        let room = #""maxBytes": 100000000"#
        let stage = try await stage(
            channels, terms: Self.terms(bytes),
            more: Dictionary(uniqueKeysWithValues: channels.map { ($0, room) }))
        let disk = try FileManager.default.attributesOfFileSystem(forPath: stage.program.folder.path)
        let free = try #require(disk[.systemFreeSize] as? Int)
        try await stage.people(free / bytes / channels.count + 1)
        // Should it begin all the same, it does not get far.
        let refused = try await stage.program.start(
            ["send", "note", "--to", "all", "--rehearse", "out"], environment: Stage.secrets,
            launcher: ["/bin/sh", "-c", "ulimit -f 1000; exec \"$@\"", "sh"]
        ).outcome.value
        #expect(refused.exit == 2, "\(refused.told)")
        #expect(
            refused.errors.contains(
                /out: its files take at least [0-9.]+ [MG]B, and [0-9.]+ [MG]B are free there/),
            "\(refused.errors)")
        #expect(refused.errors.contains("rehearse fewer people"))
        #expect(!stage.program.holds("out"))
        let one = ["send", "note", "--to", "id:p1", "--channels", "email", "--rehearse", "out"]
        #expect(try await stage.run(one).exit == 0)
    }

    @Test func `a restored store sends the files that the backup holds`() async throws {
        let stage = try await stage()
        try await stage.people(1)
        let port = try stage.mail.port("smtp")
        try stage.configure(["email"], mailPort: 9)
        let waits = try await stage.run(
            "send", "note", "--to", "all", "--yes", "--id", "n1", "--linger", "0s")
        #expect(waits.exit == 3, "\(waits.told)")
        #expect(try await stage.run("backup", "b.backup").exit == 0)
        for name in ["tocsin.db", "tocsin.db-wal", "tocsin.db-shm"] where stage.program.holds(name) {
            try FileManager.default.removeItem(atPath: stage.program.path(name))
        }
        try stage.program.write("templates/note/files/terms.pdf", [1])
        try stage.configure(["email"], mailPort: port)
        let restored = try await stage.run("restore", "b.backup")
        #expect(restored.exit == 0, "\(restored.told)")
        let adopted = try await stage.run("adopt", "--yes")
        #expect(adopted.exit == 0, "\(adopted.told)")
        let resumed = try await stage.run("resume", "n1")
        #expect(resumed.exit == 0, "\(resumed.told)")
        #expect(
            try await files(stage).map { $0.map { $0[3] } } == [
                [SHA256Stream.hex(of: Self.picture), SHA256Stream.hex(of: Self.terms())]
            ])
    }
}
