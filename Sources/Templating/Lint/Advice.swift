import Broadcast

/// What is worth changing, before anybody looked where it stands.
struct Advice: Hashable {
    /// Nobody reads thousands of one kind, and each takes a search through the sources.
    static let most = 50

    /// By what it is found.
    enum Mark: Hashable {
        case text(String)
        /// As ``VariantOrigin/place(ofLink:)`` wants it.
        case link(String)
    }

    let code: TemplateProblem.Code
    let mark: Mark
    let what: String

    init(_ code: TemplateProblem.Code, _ mark: Mark, _ what: String) {
        (self.code, self.mark, self.what) = (code, mark, what)
    }
}

extension VariantOrigin {
    /// What is told of `advice`, each once: of each kind the first ones, and how many more there are.
    func problems(_ advice: [Advice]) -> [TemplateProblem] {
        var seen: Set<Advice> = []
        var counts: [TemplateProblem.Code: Int] = [:]
        var problems: [TemplateProblem] = []
        for one in advice where seen.insert(one).inserted {
            counts[one.code, default: 0] += 1
            guard counts[one.code, default: 0] <= Advice.most else { continue }
            problems.append(TemplateProblem(one.code, place(of: one.mark), one.what))
        }
        for code in TemplateProblem.Code.allCases {
            let more = counts[code, default: 0] - Advice.most
            guard more > 0 else { continue }
            let what = "and \(CountText.grouped(more)) more like these; mend some, and check again"
            problems.append(TemplateProblem(code, Place(file: file), what))
        }
        return problems
    }

    private func place(of mark: Advice.Mark) -> Place {
        switch mark {
        case .text(let text): place(of: text)
        case .link(let link): place(ofLink: link)
        }
    }
}
