import Broadcast
import Dispatching
import Templating

extension Draft {
    /// What whoever looks at `plan` is warned of: what was told of the template already, what `check` advises of those
    /// of its texts that somebody gets, and whose language it does not speak; before all that, whom its bound
    /// leaves untold.
    func warnings(on plan: PlanSummary, _ languages: ForeignReaders) -> [PlanWarning] {
        var used = UsedForms()
        for channel in plan.channels {
            for locale in channel.locales.keys { used.insert(channel.facts.traits.form, in: locale) }
        }
        let facts = plan.chosen.filter { $0.queued > 0 }.map(\.facts)
        let advice = edition.template.findings(sms: ShortFormRules(over: facts), in: used)
        return [plan.boundWarning].compactMap(\.self) + told.map { PlanWarning($0, wasTold: true) }
            + advice.map { PlanWarning($0) }
            + languages.warnings(of: edition.template)
    }
}

extension PlanWarning {
    /// What a template is told.
    fileprivate init(_ problem: TemplateProblem, wasTold: Bool = false) {
        self.init(problem.code.rawValue, problem.description, wasTold: wasTold)
    }
}

extension ShortFormRules {
    /// What a segment costs over `channels`, the dearest of all, and whether every one of them rewrites what is
    /// typographic; nil when none of them sends any.
    init?(over channels: [ChannelFacts]) {
        let facts = channels.filter { $0.traits.form == .sms }
        if facts.isEmpty { return nil }
        self.init(
            price: facts.compactMap(\.price).max { $0.amount < $1.amount },
            transliterates: facts.allSatisfy(\.traits.limits.transliterates))
    }
}
