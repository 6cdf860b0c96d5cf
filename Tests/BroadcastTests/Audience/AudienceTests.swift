import TestPeers
import Testing

@testable import Broadcast

struct AudienceTests {
    static let channels = KnownChannels([
        ChannelName(valid: "mail"): .email, ChannelName(valid: "texts"): .phone,
        ChannelName(valid: "crm"): nil,
    ])

    private func parsed(_ text: String) throws -> Audience {
        try Audience(parsing: text, channels: Self.channels)
    }

    @Test(
        arguments: [
            ("all", Audience.all),
            ("tag:vip", .tag("vip")),
            ("tag:\"very important\"", .tag("very important")),
            ("tag:'it''s'", .tag("its")),
            ("tag:\"a\\\"b\\\\c\"", .tag("a\"b\\c")),
            ("id:c-17", .id(Contact.ID(valid: "c-17"))),
            ("ids:/tmp/x.txt", .ids(file: "/tmp/x.txt")),
            ("ids:-", .ids(file: "-")),
            ("locale:it_it", .locale("it-IT")),
            ("has:email", .has(channel: "email", kind: .email)),
            ("has:mail", .has(channel: "mail", kind: .email)),
            ("has:sms", .has(channel: "sms", kind: .phone)),
            ("only:texts", .only(channel: "texts", kind: .phone)),
            ("has:crm", .has(channel: "crm", kind: nil)),
            ("attr.plan:gold", .attribute(name: "plan", value: "gold")),
            ("attr.\"Customer type\":\"a:b\"", .attribute(name: "Customer type", value: "a:b")),
            ("attr.site:https://x.example/", .attribute(name: "site", value: "https://x.example/")),
            ("reached:out-1", .reached(Announcement.ID(valid: "out-1"))),
            ("told:x", .told(Announcement.ID(valid: "x"))),
            ("missed:x", .missed(Announcement.ID(valid: "x"))),
            ("not tag:a", .not(.tag("a"))),
            ("NOT tag:a AND tag:b", .and([.not(.tag("a")), .tag("b")])),
            ("tag:a or tag:b and tag:c", .or([.tag("a"), .and([.tag("b"), .tag("c")])])),
            ("(tag:a or tag:b) and tag:c", .and([.or([.tag("a"), .tag("b")]), .tag("c")])),
            ("not (tag:a or tag:b)", .not(.or([.tag("a"), .tag("b")]))),
            ("not not all", .not(.not(.all))),
            ("(tag:a)and(tag:b)", .and([.tag("a"), .tag("b")])),
            ("tag:or or tag:and", .or([.tag("or"), .tag("and")])),
        ] as [(String, Audience)])
    func `an audience is read, and its text reads back as the same`(text: String, audience: Audience) throws {
        let read = try parsed(text)
        #expect(read == audience)
        #expect(try parsed(read.description) == read, "\(read.description)")
    }

    @Test(
        arguments: [
            ("", 1, nil), ("   ", 4, nil), ("tga:vip", 1, "tag"), ("vip", 1, nil), ("tag:", 1, nil),
            ("tag:a tag:b", 7, nil),
            ("tag:a and", 10, nil), ("and tag:a", 1, nil), ("(tag:a", 7, nil), ("tag:a)", 6, nil),
            ("()", 2, nil),
            ("tag:\"a", 5, nil), ("tag:a or tag:\"b", 14, nil), ("has:emial", 1, "email"),
            ("has:txts", 1, "texts"),
            ("locale:xx", 1, nil), ("id:", 1, nil), ("reached:a/b", 1, nil), ("attr.a.b:c", 1, nil),
            ("attr.:c", 1, nil),
            ("locael:it", 1, "locale"), ("all:x", 1, nil), ("tag:a && tag:b", 7, nil), ("not", 4, nil),
            ("\"tag:a\"", 1, nil), ("reachd:x", 1, "reached"),
            ("tag=vip", 1, "tag:vip"), ("attr.plan=gold", 1, "attr.plan:gold"), ("x=y", 1, nil),
            ("tag=", 1, "tag"),
            ("all or tag:\"a;b\"", 8, nil), ("tag:\" \"", 1, nil),
        ] as [(String, Int, String?)])
    func `a mistake is named with its column and the nearest name`(
        text: String, column: Int, nearest: String?
    ) {
        let problem = #expect(throws: AudienceProblem.self) {
            try Audience(parsing: text, channels: Self.channels)
        }
        #expect(problem?.column == column, "\(problem?.description ?? "none")")
        #expect(problem?.problem.nearest == nearest)
    }

    @Test func `nesting and length are bounded`() throws {
        let deepest = String(repeating: "(", count: 31) + "all" + String(repeating: ")", count: 31)
        #expect(try parsed(deepest) == .all)
        #expect(throws: AudienceProblem.self) { try parsed(String(repeating: "(", count: 100_000) + "all") }
        #expect(throws: AudienceProblem.self) {
            try parsed(String(repeating: "not ", count: 100_000) + "all")
        }
        let long = Array(repeating: "tag:a", count: 500).joined(separator: " or ")
        #expect(try parsed(long).description == long)
        #expect(throws: AudienceProblem.self) { try parsed(long + " or tag:a") }
    }

    @Test func `the files and announcements it needs are known before it runs`() throws {
        let rule = try parsed("ids:b or (ids:a and not told:z) or ids:b or reached:y")
        #expect(rule.files == ["b", "a"])
        #expect(rule.announcements.map(\.rawValue) == ["y", "z"])
    }

    @Test func `seeded rules survive being written down`() throws {
        var random = SeededNumbers(seed: 7)
        for _ in 0..<300 {
            let rule = Self.rule(depth: 4, &random)
            #expect(try parsed(rule.description) == rule, "\(rule.description)")
        }
    }

    private static func rule(depth: Int, _ random: inout SeededNumbers) -> Audience {
        let leaf: [Audience] = [
            .all, .tag("a b"), .tag("(x)"), .tag("\"\\'"), .locale("it-IT"),
            .has(channel: "texts", kind: .phone),
            .attribute(name: "Tipo cliente", value: "ò: è"), .id(Contact.ID(valid: "not")),
            .ids(file: "a b.txt"),
        ]
        guard depth > 0 else { return leaf[Int.random(in: 0..<leaf.count, using: &random)] }
        let parts = (0..<Int.random(in: 2...3, using: &random)).map { _ in rule(depth: depth - 1, &random) }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return .not(parts[0])
        case 1: return .and(parts)
        case 2: return .or(parts)
        default: return parts[0]
        }
    }
}

struct ContactIDListTests {
    @Test func `ids stand one a line`() throws {
        let text = "\u{FEFF}c1\r\n\n  c 2 \nc1\nnot\n"
        #expect(try ContactIDList.ids(in: Array(text.utf8)).map(\.rawValue) == ["c1", "c 2", "not"])
        #expect(try ContactIDList.ids(in: []) == [])
    }

    @Test(arguments: [
        (Array("a\nb\u{202E}c\n".utf8), 2), (Array("a\n".utf8) + [0xFF], 2),
        (Array((String(repeating: "x", count: 201) + "\n").utf8), 1), (Array("ok\n\na\0b".utf8), 3),
    ])
    func `a line that is no id is named`(bytes: [UInt8], line: Int) {
        let problem = #expect(throws: ContactIDList.Problem.self) { try ContactIDList.ids(in: bytes) }
        #expect(problem?.line == line)
    }
}
