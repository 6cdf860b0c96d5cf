import Broadcast
import Foundation
import Testing

@testable import Templating

/// What authors get to read when a file of a message is not as it should be.
struct AttachmentProblemTests {
    @Test(arguments: [
        ("attachments: a.pdf", "t/message.md:4: attachments must be a list, such as [terms.pdf]"),
        ("attachments: [[a.pdf]]", "t/message.md:4: attachments must be a list"),
        ("attachments: [../a.pdf]", "t/message.md:4: “../a.pdf” leads out of the template's folder"),
        ("attachments: [/etc/passwd]", "t/message.md:4: “/etc/passwd” leads out"),
        (
            "attachments: [x/../../a.pdf]",
            "leads out of the template's folder; put the file beside message.md"
        ),
        ("attachments: ['']", "no file is named"),
        ("attachments: [\"a\\0b\"]", "holds an invisible character"),
        ("attachments: [\"a\\nb\"]", "holds an invisible character"),
        ("attachments: [{file: a.pdf, name: \"a\\u202Eb\"}]", "t/message.md:4: name holds an invisible"),
        ("attachments: [{file: a.pdf, name: Prices 11/2026.pdf}]", "t/message.md:4: a name has no / or \\"),
        ("attachments: [{file: a.pdf, name: 'a\\b.pdf'}]", "a name has no / or \\; write"),
        ("attachments: [{file: a.pdf, name: ''}]", "t/message.md:4: the name is empty; leave name: away"),
        (
            "attachments: [{file: a.pdf, name: '...'}]",
            "t/message.md:4: the name “...” would arrive as “attachment”; write one of at most 100 characters"
        ),
        ("attachments: [{file: a.pdf, name: .pdf}]", "“.pdf” would arrive as “pdf”"),
        ("attachments: [{file: a.pdf, name: 'Prices.'}]", "“Prices.” would arrive as “Prices”"),
        (
            "attachments: [{file: a.pdf, name: \(String(repeating: "x", count: 97)).pdf}]",
            "xxx.pdf”; write one of at most 100 characters"
        ),
        ("attachments: [.]", "t/message.md:4: “.” is the template's folder; name a file in it"),
        ("attachments: [./]", "“./” is the template's folder"),
        ("attachments: [/]", "“/” leads out of the template's folder"),
        ("attachments: [A.pdf]", "A.pdf is not there; did you mean a.pdf?"),
        ("attachments: [files/X]", "files/X is not there; did you mean files/x?"),
        ("attachments: [none/x]", "none/x is not there; put the file beside message.md"),
        // Nobody means what is no file, or is the template itself.
        ("attachments: [massage.md]", "massage.md is not there; put the file"),
        ("attachments: [filess]", "filess is not there; put the file"),
        (
            "attachments:\n  - a.pdf\n  - missing.pdf",
            "t/message.md:6: missing.pdf is not there; put the file"
        ),
        ("attachments: [empty.pdf]", "t/message.md:4: empty.pdf is empty"),
        ("attachments: [files]", "t/message.md:4: files is no file; name a regular file"),
        ("attachments: [{name: a.pdf}]", "t/message.md:4: no file is named; write file:"),
        ("attachments: [{file: a.pdf, nmae: x}]", "an attachment has file, name, url; did you mean name?"),
        ("attachments: [{file: a.pdf, url: 'http://acme.example/a.pdf'}]", "url must be an https link"),
        ("attachments: [{file: a.pdf, url: 'javascript:alert(1)'}]", "url must be an https link"),
        ("attachments: [{file: a.pdf, url: 'https://x\"y/'}]", "url must be an https link"),
        ("attachments: [{file: a.pdf, url: 'https://b\u{430}nk.example/'}]", "url must be an https link"),
        ("attachments: [a.pdf, {file: b.pdf, name: A.pdf}]", "two attachments are called A.pdf"),
        (
            "attachments: [\(Array(repeating: "a.pdf", count: 21).joined(separator: ", "))]",
            "21 attachments; at most 20"
        ),
        ("image: a.png", "t/message.md:4: image must be { file: FILE, alt: what it shows }"),
        ("image: {file: a.png}", "t/message.md:4: the image has no alt; write alt: what it shows"),
        ("image: {file: a.png, alt: ' '}", "the image has no alt"),
        ("image: {file: a.png, alt: x, caption: y}", "image has file, alt"),
        (
            "image:\n  file: a.pdf\n  alt: x",
            "t/message.md:6: a.pdf holds application/pdf, which is no picture that mail programs show"
        ),
        (
            "image:\n  file: a.png\n  alt: Rack #3",
            "t/message.md:6: alt ends at the #, behind which YAML takes"
        ),
        ("attachments:\n  - file: a.pdf\n    name: Rack #3.pdf", "t/message.md:6: name ends at the #"),
        ("image:\n  file: a.png\n  alt: Rack\n    #3", "t/message.md:7: alt ends at the #"),
        (
            "attachments:\n  - file: a.pdf\n    url: https://acme.example/terms #page=3",
            "t/message.md:6: url ends at the #, behind which YAML takes everything for a comment; put the text"
        ),
        ("image: {file: a.png, alt: '{{nobody}}'}", "t/message.md:4: there is no nobody"),
        (
            "image: {file: a.png, alt: '{{contact.plan}}'}\nvariables: {contact.plan: {description: P, default: ''}}",
            "t/message.md:4: the alt is empty when a contact's values are"
        ),
    ])
    func `a bad file is one line with its place and its mend`(front: String, problem: String) throws {
        let folder = try AttachmentFolder(
            front,
            files: ["a.pdf": .pdf, "b.pdf": .pdf, "a.png": .png(4, 3), "empty.pdf": [], "files/x": [1]])
        let problems = folder.problems()
        #expect(problems.count == 1 && problems[0].contains(problem), "\(problems)")
    }

    @Test func `a missing file hides nothing else that is wrong with files`() throws {
        let folder = try AttachmentFolder(
            "image: {file: a.png}\nattachments: [/a.pdf, none.pdf]", files: ["a.png": .png(4, 3)])
        let problems = folder.problems()
        #expect(problems.count == 3, "\(problems)")
        for part in [
            "t/message.md:4: the image has no alt", "t/message.md:5: “/a.pdf”", "t/message.md:5: none.pdf",
        ] {
            #expect(problems.contains { $0.contains(part) })
        }
    }

    @Test func `a symbolic link that leads out is refused, one that stays is followed`() throws {
        let folder = try AttachmentFolder("attachments: [out.pdf, in.pdf]", files: ["real.pdf": .pdf])
        try folder.write("secret.pdf", .pdf)
        for (link, target) in [("out.pdf", "../secret.pdf"), ("in.pdf", "real.pdf")] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path("t/\(link)"), withDestinationPath: target)
        }
        let problems = folder.problems()
        #expect(
            problems.count == 1 && problems[0].contains("t/message.md:4: out.pdf leads out"), "\(problems)")
    }

    @Test func `no name of a file outside is told, and a folder that is a link itself hides none`() throws {
        let folder = try AttachmentFolder(
            "attachments: [d/payroll-2025.pdf, b.pdf, x/y.pdf]", files: ["a.pdf": .pdf])
        try folder.write("secret/payroll-2026.pdf", .pdf)
        for (link, target) in [
            ("t/d", "../secret"), ("linked", "t"), ("t/b.pdff", "../secret/payroll-2026.pdf"),
        ] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path(link), withDestinationPath: target)
        }
        for template in ["t", "linked"] {
            let problems = folder.problems(of: template)
            try #require(problems.count == 3, "\(problems)")
            let place = "\(template)/message.md:4: "
            #expect(problems[0].hasPrefix("\(place)d/payroll-2025.pdf leads out of the template's folder"))
            #expect(problems[1] == "\(place)b.pdf is not there; did you mean a.pdf?")
            #expect(problems[2].hasPrefix("\(place)x/y.pdf is not there; put the file"))
        }
    }

    @Test(arguments: [
        "attachments: [terms.txt", "attachments: [terms.txt]\nsms: a\nsms: b",
        "attachments:\n - a: b\n  c",
    ])
    func `front matter that cannot be read is told, and not what it may name`(front: String) throws {
        let folder = try AttachmentFolder(front, files: ["terms.txt": Array("x".utf8)])
        let alone = try AttachmentFolder(front)
        #expect(folder.problems() == alone.problems())
        #expect(alone.problems().count == 1 && alone.problems()[0].hasPrefix("t/message.md:"))
        try folder.write("t/message.it.md", Array("---\nattachments: [none.pdf]\n---\nTesto.\n".utf8))
        let all = folder.problems()
        #expect(all.count == 2 && all[0] == alone.problems()[0], "\(all)")
        #expect(all.last?.hasPrefix("t/message.it.md:2: none.pdf is not there") == true)
    }

    @Test func `what no mail carries is refused before it is read`() throws {
        let folder = try AttachmentFolder("attachments: [big.zip]")
        // Sparse: as large as it says, without taking the room.
        _ = FileManager.default.createFile(atPath: folder.path("t/big.zip"), contents: Data())
        try FileHandle(forWritingTo: URL(filePath: folder.path("t/big.zip"))).truncate(
            atOffset: 3_000_000_000)
        let problem = folder.problems().first ?? ""
        #expect(problem.contains("big.zip holds 3,000,000,000 bytes; mails carry at most 25,000,000"))
    }

    @Test func `what all files come to is told once and blamed on none of them`() throws {
        let names = (1...8).map { "\($0).zip" }
        let folder = try AttachmentFolder("attachments: [\(names.joined(separator: ", "))]")
        for name in names {
            _ = FileManager.default.createFile(atPath: folder.path("t/\(name)"), contents: Data())
            try FileHandle(forWritingTo: URL(filePath: folder.path("t/\(name)"))).truncate(
                atOffset: 20_000_000)
        }
        let problems = folder.problems()
        #expect(problems.count == 1, "\(problems)")
        #expect(
            problems.first?.hasPrefix(
                "t/message.md:4: the files of this template come to 160,000,000 bytes in all its languages; it has "
                    + "at most 50,000,000: ") == true)
    }

    @Test(arguments: [
        ("https://bücher.example/a.pdf", "https://xn--bcher-kva.example/a.pdf"),
        ("https://www.acme.example/größe.pdf?a=1", "https://www.acme.example/gr%C3%B6%C3%9Fe.pdf?a=1"),
        ("https://www.acme.example:8443/a%20b.pdf#p", "https://www.acme.example:8443/a%20b.pdf#p"),
    ])
    func `a link goes out as every program knows it`(written: String, sent: String) throws {
        let folder = try AttachmentFolder(
            "attachments: [{file: a.pdf, url: '\(written)'}]", files: ["a.pdf": .pdf])
        #expect(folder.problems() == [])
        let content = try CompiledTemplate(try folder.content()).rendered(.webhook, for: .sample())
        #expect(content.enclosures.files.map(\.url) == [sent])
        #expect(String(decoding: content.text, as: UTF8.self).hasSuffix("a.pdf: \(sent)"))
    }

    @Test func `what readers see a file called chooses among what is packed alike`() throws {
        let zip: [UInt8] = [0x50, 0x4B, 3, 4, 0]
        let folder = try AttachmentFolder(
            "attachments: [{file: c.bin, name: c.docx}, {file: d.xlsx, name: Prices}, {file: e.odt, name: e.zip}]",
            files: ["c.bin": zip, "d.xlsx": zip, "e.odt": zip])
        let types = try folder.content().attachments.mapValues(\.type)
        #expect(types["t/c.bin"]?.hasSuffix("wordprocessingml.document") == true)
        #expect(types["t/e.odt"] == "application/zip")
        #expect(types["t/d.xlsx"]?.hasSuffix("spreadsheetml.sheet") == true)
        #expect(try folder.findings() == [])
    }

    @Test func `a path may hold what changes nothing`() throws {
        let folder = try AttachmentFolder(
            "attachments: [./a.pdf, files//./b.pdf]", files: ["a.pdf": .pdf, "files/b.pdf": .pdf])
        #expect(folder.problems() == [])
        #expect(try folder.content().attachments.keys.sorted() == ["t/a.pdf", "t/files/b.pdf"])
    }

    @Test func `a variant has the files of message.md unless it says otherwise`() throws {
        let folder = try AttachmentFolder(
            "attachments: [a.pdf]\nimage: {file: a.png, alt: Sky}",
            files: ["a.pdf": .pdf, "b.pdf": .pdf, "a.png": .png(4, 3)],
            more: [
                "t/message.it.md": "---\nattachments: [b.pdf]\n---\nTesto.\n",
                "t/message.de.md": "---\nattachments: []\nimage: ~\n---\nTexto.\n",
                "t/message.fr.md": "Texte.\n",
            ])
        let template = try CompiledTemplate(try folder.content())
        func files(_ locale: String) throws -> [String] {
            try template.rendered(.email, for: .sample(locale: locale)).enclosures.all.map(\.name)
        }
        for locale in ["en", "fr"] { #expect(try files(locale) == ["a.png", "a.pdf"]) }
        #expect(try files("it") == ["a.png", "b.pdf"])
        #expect(try files("de") == [])
    }

    @Test func `an attached text file is no stray of the template`() throws {
        let folder = try AttachmentFolder(
            "attachments: [terms.txt, terms.it.html]",
            files: [
                "terms.txt": Array("x".utf8), "terms.it.html": Array("<p>".utf8),
            ])
        #expect(folder.problems() == [])
        #expect(try folder.content().attachments["t/terms.it.html"]?.type == "text/html")
    }

    // MARK: Advice

    @Test(arguments: [
        (
            "attachments: [a.png.pdf]",
            "t/message.md:4: a.png.pdf is called like application/pdf, and holds image/png; rename it"
        ),
        (
            "attachments: [{file: a.png, name: bild.jpg}]",
            "bild.jpg is called like image/jpeg, and holds image/png"
        ),
        ("attachments: [old.csv]", "old.csv is called like text/csv, and is no UTF-8 text; save it as UTF-8"),
        ("attachments: [files/wide.txt]", "wide.txt is called like text/plain, and is no UTF-8 text"),
        (
            "attachments: [{file: a.png, url: 'https://files/a.png'}]",
            "t/message.md:4: “https://files/a.png” names a host that only your own network knows"
        ),
        ("image: {file: head.png, alt: x}", "t/message.md:4: head.png does not say how large it is"),
        ("attachments: [setup.exe]", "t/message.md:4: mail providers refuse .exe files"),
        ("attachments: [{file: setup.exe, name: setup.pdf}]", "mail providers refuse .exe files"),
        ("image: {file: w.webp, alt: x}", "t/message.md:4: Outlook and other mail programs show no WebP"),
    ])
    func `what may not arrive is a warning with its line`(front: String, warning: String) throws {
        let webp = Array("RIFF....WEBPVP8X".utf8) + Array(repeating: 0, count: 20)
        let folder = try AttachmentFolder(
            front,
            files: [
                "a.png": .png(4, 3), "a.png.pdf": .png(4, 3), "setup.exe": [0x4D, 0x5A, 0], "w.webp": webp,
                "old.csv": Array("gr".utf8) + [0xFC, 0x6E], "files/wide.txt": [0xFF, 0xFE, 0x41, 0],
                "head.png": Array([UInt8].png(4, 3).prefix(8)),
            ])
        let findings = try folder.findings()
        #expect(findings.contains { $0.contains(warning) }, "\(findings)")
    }

    @Test func `good files are not warned of, and an image without a place is`() throws {
        let good = try AttachmentFolder(
            "attachments: [a.pdf]\nimage: {file: a.png, alt: x}", files: ["a.pdf": .pdf, "a.png": .png(4, 3)])
        #expect(try good.findings() == [])
        try good.write("t/email.html", Array("<p>{{subject}}</p>".utf8))
        try good.write("t/email.txt", Array("{{subject}}".utf8))
        #expect(try good.findings().contains { $0.contains("shows no {{{content}}}") })
    }

    /// What the Italian text says of its picture, and whether its readers get English words.
    @Test(arguments: [("", true), ("image: {file: a.png, alt: Mappa}\n", false)])
    func `the words of a picture in another language are told`(own: String, isMixed: Bool) throws {
        let folder = try AttachmentFolder(
            "image: {file: a.png, alt: A map of the stalls}", files: ["a.png": .png(4, 3)],
            more: ["t/message.it.md": "---\nsubject: Ciao\n\(own)---\nTesto."])
        #expect(
            try folder.findings()
                == (isMixed
                    ? [
                        "t/message.it.md:1: has no image, so that its readers get the alt of the one of message.md; "
                            + "add image: { file: …, alt: … }"
                    ] : []))
    }

    @Test func `files that no mail of a channel holds are told before anything is sent`() throws {
        let folder = try AttachmentFolder(
            "attachments: [a.pdf, b.pdf]",
            files: ["a.pdf": .pdf, "b.pdf": .pdf + Array(repeating: 1, count: 90_000)])
        let template = try CompiledTemplate(try folder.content())
        #expect(template.oversizedFiles(forMailsOf: 200_000).isEmpty)
        let problem = template.oversizedFiles(forMailsOf: 100_000).map(\.description)
        #expect(problem.count == 1 && problem[0].contains("t/message.md:4: the files take"))
        #expect(problem[0].contains("more than the 100,000 allowed (maxBytes); make b.pdf smaller"))
    }
}
