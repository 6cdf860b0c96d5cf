import Broadcast

extension PlanText {
    /// More of them are read nowhere but on a page.
    private static let most = 8

    /// What is advised of the texts that somebody gets; of many the first ones.
    var advice: String {
        let warnings = plan.warnings.filter { !$0.wasTold }
        let lines = warnings.prefix(Self.most).map {
            Paragraph.folded(Plain.text("Warning: \($0.message)", limit: 500))
        }
        let more = warnings.count - Self.most
        guard more > 0 else { return lines.joined(separator: "\n") }
        let rest =
            "and \(CountText.text(more, "more warning", "more warnings")): tocsin check, or --html, tells them all"
        return (lines + [rest]).joined(separator: "\n")
    }

    /// What is so, and meant so: worth a look, and no reason to think again.
    var facts: [String] {
        [plan.closing?.again == 0 ? closing : "", savings].flatMap { Paragraph.unfolded($0) }
    }
}
