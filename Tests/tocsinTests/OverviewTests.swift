import Broadcast
import Foundation
import TestPeers
import Testing

/// What there is to send, and what has been sent.
@Suite(.serialized) struct OverviewTests {
    @Test func `templates are listed with what each wants to be told`() async throws {
        let program = try Program()
        try await program.run("init")
        let listed = try await program.run("templates")
        #expect(listed.exit == 0 && listed.width <= 80 && listed.isPlain, "\(listed.errors)")
        #expect(listed.output.contains("outage  service, urgent, en it\n"))
        #expect(listed.output.contains("campaign  marketing, bulk"))
        let one = try await program.run("templates", "outage", "--json").json()["templates"]
        #expect(one.items.count == 1 && one["0"]["name"].text == "outage")
        let service = one["0"]["variables"].items.first { $0["name"].text == "service" } ?? .null
        #expect(service["default"].text == "Our service" && !service["description"].text.isEmpty)
        let unknown = try await program.run("templates", "outtage")
        #expect(unknown.exit == 66 && unknown.errors.contains("did you mean outage?"))
        try program.write("templates/broken/message.md", "---\nsubject: x\n---\nHi\n")
        let rest = try await program.run("templates")
        #expect(
            rest.exit == 65 && rest.output.contains("outage") && rest.errors.contains("purpose is missing"))
    }

    @Test func `announcements are listed, the latest first, and a wrong id is told the right ones`()
        async throws
    {
        let stage = try await Stage(mail: #"{"recipients": {"p2@acme.example": "550 5.1.1 no such user"}}"#)
        try await stage.people(2)
        let none = try await stage.run("report", "--all")
        #expect(none.exit == 0 && none.output.isEmpty && none.errors == "0 announcements\n")
        for id in ["first", "second"] {
            try await stage.run("send", "note", "--to", "all", "--yes", "--id", id)
        }
        let listed = try await stage.run("report", "--all")
        let lines = listed.output.split(separator: "\n")
        #expect(lines.count == 3 && lines[1].hasPrefix("second  note") && lines[2].hasPrefix("first   note"))
        #expect(lines[2].hasSuffix("1   2"), "\(listed.output)")
        let json = try await stage.run("report", "--all", "--json").json()["announcements"]
        #expect(json["1"]["contacts"]["reached"].text == "1" && json["0"]["state"].text == "finished")
        let wrong = try await stage.run("report", "nope")
        #expect(wrong.exit == 66 && wrong.errors.contains("the latest are second, first"), "\(wrong.errors)")
        for more in [["first"], ["--contacts", "missed"], ["--csv", "x.csv"]] {
            #expect(try await stage.run(["report", "--all"] + more).exit == 64)
        }
    }

    /// On the screen of an incident an id is read and typed: nothing of it may be missing.
    @Test(arguments: ["outage", "maintenance", "service-restored"])
    func `ids and times are whole at eighty columns`(template: String) async throws {
        let stage = try await Stage()
        try stage.template(template, "subject: x\npurpose: service", "Hi.")
        try await stage.people(1)
        #expect(try await stage.run("send", template, "--to", "all", "--yes").exit == 0)
        let id = try await stage.report()["id"].text
        let shown = try await stage.program.runOnScreen(
            ["report", "--all"], columns: 80, environment: Stage.secrets)
        #expect(shown.exit == 0 && shown.errors.contains("\n\(id)  "), "\(shown.errors)")
        #expect(shown.errors.contains(#/ 20\d\d-\S+ \S+ \+0[12]:00 /#) && !shown.errors.contains("…"))
        let widest = shown.errors.split(separator: "\n").map(\.count).max() ?? 0
        #expect(widest <= 80 || template == "service-restored", "\(shown.errors)")
        let wide = try await stage.program.runOnScreen(
            ["report", "--all"], columns: 120, environment: Stage.secrets)
        #expect(wide.errors.contains("\(id)  \(template)  "), "\(wide.errors)")
    }

    @Test func `a report says what it was about, to whom, and when`() async throws {
        let stage = try await Stage()
        try stage.template(
            "hello", "subject: \"{{a}} is down\"\npurpose: service\nvariables: {a: \"\"}", "Hi.")
        try await stage.people(2)
        try await stage.run(
            "send", "hello", "--to", "id:p1 or id:p2", "--yes", "--set", "a=Pay", "--id", "n1")
        let lines = try await stage.run("report").output.split(separator: "\n")
        #expect(lines[0] == "n1  hello  finished")
        #expect(lines[1] == "\"Pay is down\" to id:p1 or id:p2")
        #expect(lines[2].contains(/^accepted 20\S+ \S+ \+0[12]:00, finished 20\S+ \S+ \+0[12]:00$/))
    }

    @Test func `a report says that nobody sends, and a pause without a reason is no reason`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        try await stage.run("channels", "down", "email", "--why", "x")
        let sent = try await stage.run(
            "send", "note", "--to", "all", "--yes", "--wait", "--linger", "0s", "--id", "n1")
        #expect(sent.exit == 3)
        #expect(
            try await stage.run("report").output.hasPrefix(
                "n1  note  running, but nobody sends: tocsin resume n1\n"))
        #expect(try await stage.run("pause", "n1").output.hasPrefix("n1  note  paused\n"))
    }

    @Test(arguments: [(nil, true), (UInt16(80), false), (0, false), (200, true)] as [(UInt16?, Bool)])
    func `a table is cut to the terminal it is shown on, and never in a pipe`(
        columns: UInt16?, isWhole: Bool
    ) async throws {
        let stage = try await Stage()
        let address = "a.person.with.a.long.name@department.of.a.customer.example"
        try await stage.program.takeOver(
            "id,name,email,phone\np1,Somebody With A Long Name,\(address),+393331000001\n")
        let words = ["contacts", "list"]
        let outcome =
            if let columns { try await stage.program.runOnScreen(words, columns: columns) } else {
                try await stage.program.run(words)
            }
        let table = columns == nil ? outcome.output : outcome.errors
        #expect(outcome.exit == 0 && table.contains(address) == isWhole, "\(table)")
        #expect(table.contains("…") != isWhole)
        let widest = table.split(separator: "\n").map(\.count).max() ?? 0
        #expect(widest <= (isWhole ? 200 : 80), "\(table)")
    }
}
