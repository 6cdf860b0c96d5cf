import Testing

@testable import Broadcast

struct ContactColumnsTests {
    @Test func `columns are known whatever their order and capitals, others become attributes`() throws {
        let columns = try ContactColumns(header: [
            "Plan", "EMAIL", " id ", "consentsource", "Città", "attr.mail", "",
        ])
        #expect(
            columns.fields == [
                .attribute("Plan"), .email, .id, .consentSource, .attribute("Città"), .attribute("mail"),
                .unnamed,
            ])
    }

    @Test func `a map renames, and a column mapped to itself is an attribute`() throws {
        let columns = try ContactColumns(
            header: ["Codice", "Cellulare", "nome"],
            map: ["codice": "id", "Cellulare": "phone", "nome": "nome"])
        #expect(columns.fields == [.id, .phone, .attribute("nome")])
    }

    @Test(
        arguments: [
            (["id", "emial"], [:], "email"), (["id", "e-mail"], [:], "email"), (["id", "nome"], [:], "name"),
            (["id", "consentDat"], [:], "consentDate"), (["id", "supressed"], [:], "suppressed"),
            (["id", "x"], ["x": "phnoe"], "phone"),
            (["id", "Cellulare"], ["Celulare": "phone"], "Cellulare"),
        ] as [([String], [String: String], String)])
    func `a mistyped name is named with the nearest`(header: [String], map: [String: String], nearest: String)
    {
        let problem = #expect(throws: ContactColumns.Problem.self) {
            try ContactColumns(header: header, map: map)
        }
        #expect(problem?.problems.map(\.nearest) == [nearest])
    }

    @Test(arguments: [
        (["name"], ValueProblem.Code.missing), (["id", "ID"], .conflict),
        (["id", "plan", "PLAN"], .conflict),
        (["id", "", "name"], .missing), (["id", "a.b"], .character), (["id", "a:b"], .character),
        (["id", String(repeating: "x", count: 65)], .character), (["id", "a\u{202E}b"], .character),
        (["id", "attr."], .character), ([""], .missing),
    ])
    func `other first lines are refused`(header: [String], code: ValueProblem.Code) {
        let problem = #expect(throws: ContactColumns.Problem.self) { try ContactColumns(header: header) }
        #expect(problem?.problems.map(\.code) == [code], "\(problem?.description ?? "none")")
    }

    @Test func `everything wrong with a first line is said at once`() {
        let problem = #expect(throws: ContactColumns.Problem.self) {
            try ContactColumns(header: ["id", "emial", "phnoe", "id"], map: ["x": "y"])
        }
        #expect(problem?.problems.count == 4)
    }

    @Test(arguments: ["plan", "mail", "nome", "Città", "attr", "rejected"])
    func `an exported attribute reads back as itself`(name: String) throws {
        let exported = ContactField.attribute(name).exportedName
        #expect(try ContactField(column: exported) == .attribute(name), "\(exported)")
    }
}
