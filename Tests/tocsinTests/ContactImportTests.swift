import Broadcast
import Foundation
import TestPeers
import Testing

struct ContactImportTests {
    static let list = """
        id;name;email;Cellulare;plan
        1;Anna;anna@acme.example;333 1234567;gold
        2;Beà;bea@acme.example;;
        3;Nessuno;;;

        """

    static let readable = list.replacing("Cellulare", with: "attr.Cellulare")

    @Test func `an import says what it found and what it did`() async throws {
        let program = try Program.configured()
        try program.write("people.csv", Self.list)
        let words = ["contacts", "import", "people.csv", "--map", "Cellulare=phone", "--country", "it"]
        let outcome = try await program.run(words)
        #expect(outcome.exit == 0)
        #expect(outcome.output == "3 rows: 3 added, 0 changed, 0 unchanged, 0 rejected, 1 warning\n")
        #expect(outcome.errors.contains("people.csv: UTF-8, delimiter semicolon, attributes plan\n"))
        #expect(outcome.errors.contains("warning: people.csv:4: 3 has no address\n"))

        let again = try await program.run(words + ["--json"]).json()
        #expect(again["unchanged"].text == "3" && again["added"].text == "0")
        #expect(again["delimiter"].text == "semicolon" && again["encoding"].text == "UTF-8")
        #expect(again["warnings"]["0"]["line"].text == "4")
        let phone = try await program.run("contacts", "list", "--json", "id:1").json()
        #expect(phone["0"]["phone"].text == "+393331234567")
        #expect(phone["0"]["attributes"]["plan"].text == "gold")
    }

    @Test func `a dry run says what the import then does, and makes no store`() async throws {
        let program = try Program.configured()
        try program.write("people.csv", Self.readable)
        let dry = try await program.run("contacts", "import", "people.csv", "--dry-run", "--json")
        #expect(dry.exit == 0)
        #expect(dry.errors.contains("dry run: nothing was written"))
        #expect(!program.holds("tocsin.db"))
        let wet = try await program.run("contacts", "import", "people.csv", "--json")
        #expect(try dry.json()["dryRun"] == .bool(true) && wet.json()["dryRun"] == .bool(false))

        try program.write(
            "people.csv",
            "id,name,email\n1,Anna B,anna@acme.example\n2,Beà,bea@acme.example\n4,New,no-address\n")
        let before = program.read("tocsin.db")
        let words = ["contacts", "import", "people.csv", "--skip-invalid", "--json"]
        let second = try await program.run(words + ["--dry-run"])
        #expect(program.read("tocsin.db") == before)
        #expect(!program.holds("people.rejected.csv"))
        let third = try await program.run(words)
        for key in ["rows", "added", "changed", "unchanged", "rejected", "warningCount"] {
            #expect(try second.json()[key] == third.json()[key], "\(key)")
        }
        #expect(try third.json()["changed"].text == "1")
        #expect(try third.json()["rejected"].text == "1")
        let rejected = String(decoding: program.read("people.rejected.csv"), as: UTF8.self)
        #expect(rejected.contains("4,New,no-address,") && rejected.contains("line 4: email"))
        #expect(program.mode(of: "people.rejected.csv") == 0o600)
    }

    @Test(arguments: [
        ("id,name\n1,A\u{0}nna\n", "people.csv:2: ", "NUL"),
        ("id,email\n1,anna@\n", "people.csv:2: email \"anna@\": ", "expected an e-mail address"),
        ("id,emial\n1,a@b.example\n", "people.csv:1: ", "did you mean email?"),
        ("id,name\n1,Anna\n1,Bea\n", "people.csv:3: id \"1\": ", "line 2"),
        ("id,phone\n1,333 1234567\n", "people.csv:2: phone", "--country IT"),
        ("name\nAnna\n", "people.csv:1: ", "no column id"), ("", "people.csv: ", "is empty"),
        ("id,id\n1,1\n", "people.csv:1: ", "twice"), ("id,name\n1,\"Anna\n", "people.csv:2", "quote"),
        ("id,timezone\n1,Europe/Rom\n", "people.csv:2: timezone \"Europe/Rom\"", "Europe/Rome"),
        ("id,name\n1,Anna,\u{1B}[2J\n", "people.csv:2: ", "3 fields"),
        ("id,consent\n1,emial\n", "people.csv:2: consent", "did you mean email?"),
        ("id,consent\n1,si\n", "people.csv:2: consent \"si\"", "email;sms; did you mean all?"),
        ("id,locale\n1,italiano\n", "people.csv:2: locale \"italiano\"", "did you mean it?"),
        ("id,name\n\"1,5E+3\",Anna\n", "people.csv:2: id \"1,5E+3\"", "spreadsheet"),
        ("id;Cellulare\n1;333 1234567\n", "people.csv:1: column Cellulare", "--map Cellulare=phone"),
        ("PK\u{3}\u{4}", "people.csv: ", "is a ZIP archive"),
    ])
    func `a bad list is refused with its place, and nothing changes`(
        list: String, place: String, reason: String
    ) async throws {
        let program = try Program.configured()
        try program.write("people.csv", list)
        let outcome = try await program.run("contacts", "import", "people.csv")
        #expect(outcome.exit == 65)
        let first = try #require(outcome.complaints.first)
        #expect(first.hasPrefix("tocsin: " + place) && first.contains(reason), "\(first)")
        #expect(outcome.complaints.last?.hasPrefix("tocsin: nothing was changed") == true)
        #expect(outcome.isPlain && outcome.output.isEmpty)
        #expect(try await program.run("contacts", "list", "--json").json() == .array([]))
    }

    @Test(arguments: [
        (["nowhere.csv"], 66, "nowhere.csv: there is no such file"),
        (["peple.csv"], 66, "peple.csv: there is no such file; did you mean people.csv?"),
        (["."], 66, ".: is a directory"),
        (["a\u{1B}[2J.csv"], 66, "a\\u{1b}[2J.csv: there is no such file"),
        (["people.csv", "--country", "XX"], 64, "--country XX: XX is no country"),
        (["people.csv", "--map", "Cellulare"], 64, "--map Cellulare: expected YOURS=OURS"),
        (["people.csv", "--map", "a=name", "--map", "a=email"], 64, "--map a is given twice"),
        (["people.csv", "--map", "Nmae=phone"], 65, "there is no column Nmae to map"),
    ])
    func `a bad command line or file is told in one line`(
        words: [String], exit: Int, told: String
    ) async throws {
        let program = try Program.configured()
        try program.write("people.csv", "id,Name\n1,Anna\n")
        let outcome = try await program.run(["contacts", "import"] + words)
        #expect(outcome.exit == Int32(exit))
        #expect(outcome.errors.contains(told), "\(outcome.errors)")
        #expect(outcome.isPlain)
    }

    @Test func `a list that may not be read, and a store that may not be written, are told`() async throws {
        let program = try Program.configured()
        try await program.takeOver(Self.readable)
        try program.write("closed/people.csv", Self.readable)
        for (name, mode) in [
            ("closed", 0o000), ("tocsin.db", 0o444), ("people.csv", 0o444), ("channels.json", 0o444),
            (".", 0o555),
        ] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: program.path(name))
        }
        let closed = try await program.run(
            "contacts", "import", "closed/people.csv", "--dry-run", asNobody: true)
        #expect(closed.exit == 66 && closed.complaints.count == 2, "\(closed.errors)")
        let unwritable = try await program.run("contacts", "import", "people.csv", asNobody: true)
        #expect(unwritable.exit == 2, "\(unwritable.errors)")
        #expect(unwritable.errors.contains("tocsin.db: cannot be written"))
        let list = try await program.run("contacts", "list", "--json", asNobody: true)
        #expect(try list.json().items.count == 3)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: program.path("closed"))
    }

    @Test func `warnings are bounded`() async throws {
        let program = try Program.configured()
        try program.write("people.csv", "id,name\n" + (1...30).map { "\($0),Nobody\n" }.joined())
        let outcome = try await program.run("contacts", "import", "people.csv")
        #expect(outcome.complaints.count { $0.contains("has no address") } == 20)
        #expect(outcome.complaints.contains("and 10 more warnings"))
        #expect(outcome.output.hasSuffix(", 30 warnings\n"))
    }

    @Test func `bad rows are listed together, with the option that skips them`() async throws {
        let program = try Program.configured()
        try program.write("people.csv", "id,email\n1,anna\n2,bea@acme.example\n3,carla@\n")
        let outcome = try await program.run("contacts", "import", "people.csv")
        #expect(outcome.exit == 65 && outcome.complaints.count == 3)
        #expect(outcome.complaints[0].hasPrefix("tocsin: people.csv:2: email \"anna\": has no @"))
        #expect(outcome.complaints[1].hasPrefix("tocsin: people.csv:4: email \"carla@\": "))
        #expect(
            outcome.complaints[2]
                == "tocsin: nothing was changed; --skip-invalid imports the others and writes these to "
                + "people.rejected.csv")

        let rows = { (count: Int) in "id,email\n" + (1...count).map { "\($0),x\n" }.joined() }
        try program.write("people.csv", rows(50))
        let many = try await program.run("contacts", "import", "people.csv")
        #expect(many.complaints.count == 22 && many.complaints[20] == "tocsin: and 30 more bad rows")
        try program.write("people.csv", rows(1500))
        let most = try await program.run("contacts", "import", "people.csv")
        #expect(most.complaints[20] == "tocsin: and 980 more bad rows; what comes after them was not read")
    }

    @Test func `all that is wrong with an Italian list's columns is told at once`() async throws {
        let program = try Program.configured()
        try program.write(
            "clienti.csv",
            "Codice;Nome;Cellulare;Telefono;E-mail\r\n1;Anna;333 1234567;02 1234567;anna@acme.example\r\n")
        let words = ["contacts", "import", "clienti.csv"]
        let refused = try await program.run(words)
        #expect(refused.exit == 65)
        for option in ["Nome=name", "Cellulare=phone", "Telefono=attr.Telefono", "E-mail=email", "Codice=id"]
        {
            #expect(refused.errors.contains("--map " + option), "\(option): \(refused.errors)")
        }
        let told = [
            "--map", "Nome=name", "--map", "Cellulare=phone", "--map", "Telefono=attr.Telefono", "--map",
            "E-mail=email", "--map", "Codice=id", "--country", "IT",
        ]
        #expect(try await program.run(words + told).exit == 0)
        let anna = try await program.run("contacts", "list", "--json").json()["0"]
        #expect(anna["phone"].text == "+393331234567" && anna["attributes"]["Telefono"].text == "02 1234567")
    }

    @Test func `the command that takes the rejected rows is told whole`() async throws {
        let program = try Program.configured()
        try program.write(
            "i clienti.csv", "Codice;Nr. cell.\r\n1;333 1234567\r\n2;333 12345678901\r\n")
        let outcome = try await program.run(
            "contacts", "import", "i clienti.csv", "--skip-invalid", "--map", "Codice=id", "--map",
            "Nr. cell.=phone", "--country", "IT")
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("rejected: i clienti.csv:3: phone \"333 12345678901\": is too long"))
        let command = try #require(outcome.complaints.last { $0.hasPrefix("  tocsin contacts import") })
        #expect(
            command == "  tocsin contacts import 'i clienti.rejected.csv' --map Codice=id "
                + "--map 'Nr. cell.=phone' --country IT")
        let rejected = String(decoding: program.read("i clienti.rejected.csv"), as: UTF8.self)
        #expect(rejected.hasPrefix("\u{FEFF}Codice;Nr. cell.;rejectedReason;rejectedID\n"))
        try program.write(
            "i clienti.rejected.csv", rejected.replacing("333 12345678901;", with: "333 1234568;"))
        let again = try await program.shell(command.trimmingCharacters(in: .whitespaces))
        #expect(again.exit == 0 && again.output.hasPrefix("1 row: 1 added"), "\(again.errors)")
    }

    @Test func `a landline is taken with a warning, whoever brings it`() async throws {
        let program = try Program.configured()
        try program.write("people.csv", "id,phone\n1,+39021234567\n")
        let warning = "warning: people.csv:2: +39021234567 is a landline: an SMS may not arrive\n"
        let outcome = try await program.run("contacts", "import", "people.csv")
        #expect(outcome.exit == 0 && outcome.errors.contains(warning))
        let set = try await program.run("contacts", "set", "1", "phone=+39021234568")
        #expect(set.exit == 0 && set.errors.contains("warning: +39021234568 is a landline"))
    }

    @Test func `a new address inherits no consent, which is said`() async throws {
        let program = try Program.configured()
        try await program.takeOver("id,email,consent\n1,anna@acme.example,email\n")
        try program.write("people.csv", "id,email\n1,anna@new.example\n")
        let outcome = try await program.run("contacts", "import", "people.csv")
        #expect(outcome.errors.contains("consent of 1 falls"))
        #expect(try await program.run("contacts", "show", "1", "--json").json()["0"]["consent"] == .array([]))
    }

    @Test func `progress is shown on a terminal only`() async throws {
        let program = try Program.configured()
        let rows = (1...25_000).map { "\($0),p\($0)@acme.example\n" }.joined()
        try program.write("people.csv", "id,email\n" + rows)
        let words = ["contacts", "import", "people.csv", "--dry-run"]
        let shown = try await program.runOnTerminal(words, typing: "")
        #expect(shown.errors.contains("10,000 rows") && shown.errors.contains("left"))
        #expect(try await program.run(words).isPlain)
    }
}
