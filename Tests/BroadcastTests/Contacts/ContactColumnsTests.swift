import Testing

@testable import Broadcast

struct ContactColumnsTests {
    @Test func `columns are known whatever their order and capitals, others become attributes`() throws {
        let columns = try ContactColumns(header: [
            "Plan", "EMAIL", " id ", "consentsource", "Città", "attr.mail", "Data\r\nnascita\u{202E}", "",
        ])
        #expect(
            columns.fields == [
                .attribute("Plan"), .email, .id, .consentSource, .attribute("Città"), .attribute("mail"),
                .attribute("Data nascita"),
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
        (["id", String(repeating: "x", count: 65)], .character),
        (["id", "attr."], .character), ([""], .missing),
    ])
    func `other first lines are refused`(header: [String], code: ValueProblem.Code) {
        let problem = #expect(throws: ContactColumns.Problem.self) { try ContactColumns(header: header) }
        #expect(problem?.problems.map(\.code) == [code], "\(problem?.description ?? "none")")
    }

    private func problems(
        _ header: [String], map: [String: String] = [:], holding: [Int: AddressKind] = [:]
    ) -> [String] {
        do {
            _ = try ContactColumns(header: header, map: map, holding: holding)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test(
        arguments: [
            ("Nome", "--map Nome=name, or --map Nome=attr.Nome to keep it"),
            ("P.IVA", "--map 'P.IVA=attr.P IVA'"), ("Tel.\nCell.", "--map 'Tel. Cell.=attr.Tel Cell'"),
            ("...", "--map ...=attr.NAME"), ("l'e-mail", "--map 'l'\\''e-mail=attr.l e-mail'"),
        ])
    func `a name that cannot stay is told with the option that mends it`(name: String, option: String) throws
    {
        let told = problems(["id", name])
        #expect(told.count == 1 && told[0].contains(option), "\(told)")
    }

    @Test func `what the options say mends the list`() throws {
        let columns = try ContactColumns(
            header: ["Codice", "Nome", "Tel.\nCell.", "P.IVA", "Telefono"],
            map: [
                "Codice": "id", "Nome": "attr.Nome", "Tel. Cell.": "phone", "P.IVA": "attr.P IVA",
                "Telefono": "attr.Telefono",
            ], holding: [2: .phone, 4: .phone])
        #expect(
            columns.fields == [.id, .attribute("Nome"), .phone, .attribute("P IVA"), .attribute("Telefono")])
    }

    @Test func `a column of addresses that would become an attribute is a problem`() {
        #expect(
            problems(["id", "Cellulare", "plan"], holding: [1: .phone]) == [
                "column Cellulare holds phone numbers; expected --map Cellulare=phone, or "
                    + "--map Cellulare=attr.Cellulare to keep it as it is"
            ])
        let two = problems(
            ["id", "Cellulare", "Telefono", "Posta"], holding: [1: .phone, 2: .phone, 3: .email])
        #expect(two.count == 3 && two[1].contains("--map Telefono=phone for the one"))
        #expect(two[2].hasPrefix("column Posta holds e-mail addresses; expected --map Posta=email, or"))
        let beside = problems(["id", "phone", "Telefono"], holding: [1: .phone, 2: .phone])
        #expect(beside.count == 1 && beside[0].contains("expected --map Telefono=attr.Telefono to keep"))
    }

    @Test func `a column that somebody has named is what they say`() {
        #expect(problems(["id", "attr.Telefono", "name"], holding: [1: .phone, 2: .email]) == [])
        #expect(problems(["id", "Telefono"], map: ["Telefono": "attr.Tel"], holding: [1: .phone]) == [])
        #expect(problems(["id", "Telefono"], map: ["Telefono": "Telefono"], holding: [1: .phone]) == [])
    }

    @Test func `all that keeps an Italian list out is said at once, the missing id too`() {
        let told = problems(
            ["Codice", "Nome", "Cellulare", "E-mail", "P.IVA"], holding: [2: .phone, 3: .email])
        #expect(told.count == 5)
        #expect(told.last?.contains("such as --map Codice=id") == true, "\(told)")
        #expect(problems(["idd", "name"]).count == 1)
    }

    @Test func `two columns for one thing are told apart`() {
        let map = ["Cellulare": "phone", "Telefono": "phone"]
        let told = problems(["id", "Cellulare", "Telefono"], map: map)
        #expect(told.count == 1 && told[0].hasPrefix("columns Cellulare and Telefono are both phone"))
        #expect(told[0].contains("--map Telefono=attr.Telefono"))
    }

    @Test func `everything wrong with a first line is said at once`() {
        let problem = #expect(throws: ContactColumns.Problem.self) {
            try ContactColumns(header: ["id", "emial", "phnoe", "id"], map: ["x": "y"])
        }
        #expect(problem?.problems.count == 4)
    }

    @Test(arguments: ["plan", "mail", "nome", "Città", "attr", "rejected", "attr x", "Cellulare"])
    func `an exported attribute reads back as itself`(name: String) throws {
        let exported = ContactField.attribute(name).exportedName
        #expect(try ContactField(column: exported) == .attribute(name), "\(exported)")
    }
}
