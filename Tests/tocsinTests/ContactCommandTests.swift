import Broadcast
import Foundation
import TestPeers
import Testing

struct ContactCommandTests {
    static let people = """
        id,name,email,phone,telegram,locale,tags,consent,suppressed,city
        anna,"Rossi, ""Anna"" R.",Anna@acme.example,+393331234567,,it-IT,vip;new,email,,Roma
        bob,=Bob,bob@münchen.example,,-100123,de,,all,email:marketing:opt-out:20260101T000000Z:Brief,
        carla,Carla È,,,,,vip,,,"a
        b"

        """

    @Test func `what is exported is imported again the same, suppressions included`() async throws {
        let first = try Program.configured()
        try await first.takeOver(Self.people)
        let exported = try await first.run("contacts", "export")
        #expect(exported.exit == 0 && exported.errors == "3 contacts\n")

        let second = try Program.configured()
        try await second.takeOver(exported.output)
        #expect(try await second.run("contacts", "export").bytes == exported.bytes)
        let bob = try await second.run("contacts", "show", "bob", "--json").json()["0"]
        #expect(bob["suppressions"]["0"]["extent"].text == "marketing")
        #expect(bob["suppressions"]["0"]["since"].text == "2026-01-01T00:00:00Z")
        #expect(bob["name"].text == "=Bob")

        let written = try await second.run("contacts", "export", "--output", "out.csv", "--json")
        #expect(try written.json()["contacts"].text == "3")
        #expect(second.read("out.csv") == exported.bytes)
        #expect(second.mode(of: "out.csv") == 0o600)
        #expect(try second.names.filter { $0.hasPrefix("out.csv") } == ["out.csv"])
        let some = try await second.run("contacts", "export", "tag:vip", "and", "has:email")
        #expect(some.output.split(separator: "\n").count == 2)
    }

    @Test(arguments: [
        (["export", "--output", "."], 66, "is no file"),
        (["export", "--output", "/dev/full"], 66, "is no file"),
        (["export", "--output", "no/where.csv"], 66, "there is no directory"),
        (["export", "--json"], 64, "--output"),
        (["list", "tagg:vip"], 64, "audience, column 1"),
        (["list", "missed:none"], 66, "no announcement none"),
        (["list", "ids:no-file"], 66, "ids:no-file"), (["show", "zoe"], 66, "no contact zoe"),
        (["show", "333 1234567"], 66, "a phone number needs its country: +39 333 1234567, or --country IT"),
        (["set", "anna", "phone=333 1234567"], 65, "--country IT"),
        (["set", "1E+3", "name=A"], 65, "id \"1E+3\": is a number that a spreadsheet has rounded"),
        (["show", "\u{1B}[2J"], 66, "no contact \\u{1B}[2J"), (["add", "anna", "name=A"], 64, "already"),
        (["set", "zoe", "name=Z"], 66, "no contact zoe"),
        (["set", "anna", "emial=a@b.example"], 65, "mean email?"),
        (["set", "anna", "email=anna@"], 65, "email \"anna@\": "),
        (["set", "anna", "name"], 65, "KEY=VALUE"),
        (["set", "anna", "name=A", "name=B"], 65, "twice"), (["set", "a\u{7}b", "name=A"], 64, "a\\u{7}b"),
        (["remove", "zoe"], 66, "no contact zoe"), (["erase", "zoe", "--yes"], 66, "no contact zoe"),
        (["erase", "zoe"], 66, "no contact zoe"), (["erase", "anna"], 64, "--yes"),
        (["suppress", "zoe"], 66, "no contact zoe"),
        (["suppress", "12345"], 66, "no contact 12345"), (["suppress", "carla"], 66, "has no address"),
        (["suppress", "anna", "--extent", "al"], 64, "did you mean all?"),
        (["suppress", "anna", "--reason", "optout"], 64, "did you mean opt-out?"),
        (["suppress", "anna", "--address", "telegram"], 66, "no address of kind telegram"),
        (["unsuppress", "zoe@"], 66, "no contact zoe@"),
    ])
    func `a command that cannot be done says why in one line and changes nothing`(
        words: [String], exit: Int, told: String
    ) async throws {
        let program = try Program.configured()
        try await program.takeOver(Self.people)
        let before = try await program.run("contacts", "export").bytes
        let outcome = try await program.run(["contacts"] + words)
        #expect(outcome.exit == Int32(exit), "\(outcome.errors)")
        #expect(outcome.errors.contains(told), "\(outcome.errors)")
        #expect(outcome.output.isEmpty && outcome.isPlain)
        #expect(try await program.run("contacts", "export").bytes == before)
    }

    @Test(arguments: [
        "list", "export", "show anna", "set anna name=A", "remove anna", "erase anna --yes",
        "unsuppress a@b.example",
    ])
    func `where there is no store, none is made by looking`(words: String) async throws {
        let program = try Program.configured()
        let outcome = try await program.run(["contacts"] + words.split(separator: " ").map(String.init))
        #expect(outcome.exit == 66 && outcome.errors.contains("tocsin.db: there is no store"))
        #expect(!program.holds("tocsin.db"))
    }

    @Test func `a file that is no store of ours is left alone`() async throws {
        let program = try Program.configured()
        for foreign in [Array("not a database, but long enough to be looked at ".utf8), Self.foreignDatabase]
        {
            try program.write("tocsin.db", foreign)
            for words in [["contacts", "list"], ["contacts", "add", "a", "name=A"], ["channels"]] {
                let outcome = try await program.run(words)
                #expect(outcome.exit == 2, "\(words): \(outcome.errors)")
                #expect(outcome.errors.contains("tocsin.db: is "))
                #expect(outcome.complaints.count == 1)
            }
            #expect(program.read("tocsin.db") == foreign)
        }
    }

    @Test func `a store of a newer program is left alone`() async throws {
        let program = try Program.configured()
        try await program.takeOver(Self.people)
        var bytes = program.read("tocsin.db")
        bytes[63] = 99  // the last byte of the schema's number in SQLite's header
        try program.write("tocsin.db", bytes)
        for words in [
            ["contacts", "export"], ["contacts", "set", "anna", "name=A"],
            ["contacts", "erase", "anna", "--yes"],
        ] {
            let outcome = try await program.run(words)
            #expect(outcome.exit == 2 && outcome.errors.contains("newer Tocsin"), "\(outcome.errors)")
        }
        #expect(program.read("tocsin.db") == bytes)
    }

    /// An empty SQLite database whose header names another application.
    static let foreignDatabase: [UInt8] = {
        var bytes = [UInt8](repeating: 0, count: 4096)
        bytes.replaceSubrange(0..<16, with: Array("SQLite format 3\u{0}".utf8))
        bytes.replaceSubrange(16..<24, with: [0x10, 0x00, 1, 1, 0, 64, 32, 32])
        bytes.replaceSubrange(28..<32, with: [0, 0, 0, 1])
        (bytes[47], bytes[59], bytes[71]) = (4, 1, 7)
        (bytes[100], bytes[105], bytes[106]) = (13, 0x10, 0)
        return bytes
    }()

    @Test func `a person is added, changed, shown and removed`() async throws {
        let program = try Program.configured()
        let added = try await program.run(
            "contacts", "add", "anna", "name=Anna", "email=anna@acme.example", "tags=b;a", "plan=gold",
            "--json")
        #expect(added.exit == 0 && added.errors == "anna is added\n")
        #expect(try added.json()["contact"]["tags"] == .array([.string("a"), .string("b")]))
        let set = try await program.run(
            "contacts", "set", "anna", "phone=333 1234567", "plan=-", "--country", "IT", "--json")
        #expect(try set.json()["isChanged"] == .bool(true))
        #expect(try set.json()["contact"]["phone"].text == "+393331234567")
        #expect(try set.json()["contact"]["attributes"].keys.isEmpty)
        let same = try await program.run("contacts", "set", "anna", "name=Anna")
        #expect(same.errors == "anna was so already\n")
        for who in ["anna", "ANNA@acme.example", "+39 333 1234567"] {
            let shown = try await program.run("contacts", "show", who)
            #expect(shown.output.hasPrefix("anna  Anna\n  E-mail       anna@acme.example\n"), "\(who)")
            #expect(shown.width <= 80)
        }
        #expect(try await program.run("contacts", "remove", "anna").exit == 0)
        #expect(try await program.run("contacts", "show", "anna").exit == 66)
    }

    @Test(arguments: [[], ["anna", "--proposed"]])
    func `a suppression is of somebody or of what is proposed`(words: [String]) async throws {
        let outcome = try await Program.configured().run(["contacts", "suppress"] + words)
        #expect(outcome.exit == 64)
        #expect(outcome.errors.contains("either WHO or --proposed"))
    }

    @Test func `suppressions come and go by id and by address`() async throws {
        let program = try Program.configured()
        try await program.takeOver("id,email,phone\nanna,anna@acme.example,+393331234567\n")
        let marketing = try await program.run(
            "contacts", "suppress", "anna", "--address", "email", "--extent", "marketing", "--reason",
            "opt-out", "--json")
        #expect(try marketing.json()["0"]["isChanged"] == .bool(true))
        #expect(try marketing.json().items.count == 1)
        let all = try await program.run("contacts", "suppress", "anna", "--json")
        #expect(try all.json().items.map { $0["kind"].text } == ["email", "phone"])
        let again = try await program.run("contacts", "suppress", "+39 333 1234567")
        #expect(again.errors == "+393331234567 was suppressed so already\n")

        let shown = try await program.run("contacts", "show", "anna", "--json").json()["0"]["suppressions"]
            .items
        #expect(
            shown.map { $0["kind"].text + " " + $0["extent"].text } == [
                "email all", "email marketing", "phone all",
            ])
        #expect(shown[1]["reason"].text == "opt-out")
        let lifted = try await program.run("contacts", "unsuppress", "anna@acme.example", "--extent", "all")
        #expect(lifted.errors == "anna@acme.example: lifted\n")
        let left = try await program.run("contacts", "show", "anna", "--json").json()["0"]["suppressions"]
            .items
        #expect(left.map { $0["extent"].text } == ["marketing", "all"])

        #expect(try await program.run("contacts", "suppress", "stranger@acme.example").exit == 0)
        try await program.takeOver("id,email\nbea,stranger@acme.example\n")
        let bea = try await program.run("contacts", "show", "bea", "--json").json()["0"]
        #expect(bea["suppressions"]["0"]["extent"].text == "all")
    }

    @Test func `erasing leaves no byte of the person`() async throws {
        let program = try Program.configured()
        try await program.takeOver(
            "id,name,email,phone,city\nkunde-4711,Anneliese Quittenbaum,quittenbaum@acme.example,+393331234567,Hintertupfing\n"
        )
        let asked = try await program.runOnTerminal("contacts", "erase", "kunde-4711", typing: "n\n")
        #expect(asked.exit == 64 && asked.errors.contains("Erase kunde-4711 (Anneliese Quittenbaum)?"))
        #expect(asked.errors.contains("nothing was changed"))
        let done = try await program.runOnTerminal("contacts", "erase", "kunde-4711", typing: "y\n")
        #expect(done.exit == 0 && done.errors.contains("is erased"))
        for name in ["tocsin.db", "tocsin.db-wal", "tocsin.db-shm"] {
            let bytes = Data(program.read(name))
            for trace in ["kunde-4711", "Quittenbaum", "quittenbaum@acme", "3331234567", "Hintertupfing"] {
                #expect(bytes.range(of: Data(trace.utf8)) == nil, "\(trace) in \(name)")
            }
        }
    }

    @Test func `a long list is one table and one array, page after page`() async throws {
        let program = try Program.configured()
        let rows = (1...2_500).map { "c\($0),Name \($0),person.number.\($0)@acme.example,it\n" }.joined()
        try await program.takeOver("id,name,email,locale\n" + rows)
        let table = try await program.run("contacts", "list")
        #expect(table.output.split(separator: "\n").count == 2_501)
        #expect(!table.output.contains("…") && table.errors == "2,500 contacts\n")
        let array = try await program.run("contacts", "list", "--json").json().items
        #expect(array.count == 2_500 && array.last?["id"].text == "c2500")
        let none = try await program.run("contacts", "list", "--json", "id:nobody")
        #expect(
            try none.json() == .array([]) && none.errors == "1 id that no contact has: nobody\n0 contacts\n")
    }

    @Test func `names cannot write to the terminal`() async throws {
        let program = try Program.configured()
        try await program.takeOver(
            "id,name,email,plan\nx,\"A\u{1B}[31m\u{202E}b\nc\",x@acme.example,\"\u{9B}2J\"\n")
        for words in [["list"], ["show", "x"], ["export"], ["list", "--json"], ["erase", "x"]] {
            #expect(try await program.run(["contacts"] + words).isPlain, "\(words)")
        }
    }

    @Test func `ids come from a file, and the audience knows the channels`() async throws {
        let program = try Program.configured()
        try await program.takeOver(Self.people)
        try program.write("ids.txt", "anna\ncarla\nzoe\n")
        let listed = try await program.run("contacts", "list", "--json", "ids:ids.txt and not has:sms").json()
        #expect(listed.items.map { $0["id"].text } == ["carla"])
        let chat = try await program.run("contacts", "show", "-100123", "--json").json()
        #expect(chat.items.map { $0["id"].text } == ["bob"])
    }
}
