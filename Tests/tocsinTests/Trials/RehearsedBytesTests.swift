import Foundation
import TestPeers
import Testing

/// What a rehearsal writes is, byte for byte, what receivers get.
@Suite(.timeLimit(.minutes(5))) struct RehearsedBytesTests {
    private static let channels = ["email", "sms", "telegram", "push"]
    /// What stands in names, and in values, that are not meant well.
    private static let pieces = [
        "Anna", "O'Brien", "<b>x</b>", "{{contact.name}}", "Zoë", "张伟", "🚨", "a&b", "=SUM(1)", "مرحبا", "È",
        "*_x_*", "[l](javascript:alert(1))", ".", "%41", "$(x)", "\\n", "€", "İ", "=?utf-8?q?x?=", "-- ",
        "[secret]",
        "sms-secret", "\u{1F469}\u{200D}\u{1F4BB}", "~", "@everyone", "https://x.example/?a=1&b=2", "ﬁ",
    ]
    private static let locales = ["", "it", "it-IT", "en", "de"]

    /// A list of `count` people whose ids, names, languages and values follow from `seed`.
    private static func list(_ count: Int, seed: UInt64) -> String {
        var numbers = SeededNumbers(seed: seed)
        var lines = ["id,name,email,phone,telegram,locale,plan"]
        for number in 1...count {
            let text = { (most: Int) in
                (0..<Int.random(in: 0...most, using: &numbers))
                    .map { _ in pieces.randomElement(using: &numbers) ?? "" }.joined(separator: " ")
                    .trimmingCharacters(in: .whitespaces)
            }
            let (name, plan) = (text(4), text(2))
            let id = number % 10 == 0 ? "../\(text(2)) .x/\(number)" : "p\(number)"
            let locale = locales.randomElement(using: &numbers) ?? ""
            lines.append(
                "\(id),\(name),p\(number)@acme.example,+39333\(1_000_000 + number),\(5_000_000 + number),\(locale),\(plan)"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func stage() async throws -> Stage {
        let stage = try await Stage(
            channels,
            more: ["telegram": #""rate": "100000/s""#, "push": #""secret": {"env": "HOOK_SECRET"}"#],
            logs: true)
        let front =
            "purpose: service\nsms: \"Down: {{contact.name}}, {{contact.plan}} €\"\nvariables:\n"
            + "  contact.name: {description: Who, default: amici}\n  contact.plan: {description: What, default: '-'}"
        try stage.template(
            "note", "subject: \"Is down {{contact.name}} 🚨\"\n" + front,
            "Hello **{{contact.name}}** & all,\n\n.\n\n- [{{contact.plan}}](https://acme.example/{{contact.id}})\n\n"
                + "From {{announcement.id}}.")
        try stage.program.write(
            "templates/note/message.it.md",
            "---\nsubject: \"È giù {{contact.name}}\"\nsms: \"È giù: {{contact.name}}, {{contact.plan}} €\"\n---\n"
                + "Ciao *{{contact.name}}*,\n\n> {{contact.plan}}\n\nè giù.\n")
        return stage
    }

    @Test func `a thousand people over four channels get what was rehearsed`() async throws {
        let stage = try await Self.stage()
        try await stage.program.takeOver(Self.list(1000, seed: 4))
        let send = ["send", "note", "--to", "all", "--id", "n1"]
        let rehearsed = try await stage.run(send + ["--rehearse", "r"])
        #expect(rehearsed.exit == 0, "\(rehearsed.errors)")
        #expect(try stage.logged("mail", "mail").isEmpty && stage.logged("web", "request").isEmpty)
        let sent = try await stage.run(send + ["--yes"])
        #expect(sent.exit == 0, "\(sent.errors)")

        let folder = RehearsedFolder(program: stage.program, name: "r")
        let mails = try folder.files("email").values.map(undatedMail)
        let arrived = try FileManager.default.contentsOfDirectory(atPath: stage.program.path("mail"))
            .filter { $0.hasSuffix(".eml") }.map { undatedMail(stage.program.read("mail/\($0)")) }
        #expect(mails.count == 1000 && !mails.contains(nil))
        #expect(mails.counted == arrived.counted)

        // Each attempt has these anew, and the transport adds those.
        let fresh: Set = ["webhook-timestamp", "webhook-signature"]
        let added: Set = ["host", "user-agent", "accept", "content-length"]
        let promised = try Self.channels.dropFirst().flatMap {
            try folder.files($0).values.map(KeptHTTP.init(file:))
        }
        let requests = try stage.logged("web", "request").map(KeptHTTP.init)
        #expect(promised.count == 3000)
        #expect(promised.allSatisfy { added.isDisjoint(with: $0.headers.keys) })
        #expect(
            promised.map { $0.text(without: fresh) }.counted
                == requests.map { $0.text(without: fresh.union(added)) }.counted)
        #expect(promised.counted(\.headers.keys.count) == requests.counted { $0.headers.keys.count - 4 })
    }
}

extension Collection {
    fileprivate func counted<Key: Hashable>(_ key: (Element) -> Key) -> [Key: Int] { map(key).counted }
}
