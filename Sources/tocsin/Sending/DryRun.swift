import Broadcast
import Dispatching
import Storage
import Templating

/// A `send` that shows the plan and exact requests, sends nothing and writes nothing.
struct DryRun {
    let order: SendOrder
    let draft: Draft
    let session: Session
    /// What of the configuration a send would be refused for.
    let refusals: [Refusal]

    private struct Result: Encodable {
        let plan: PlanSummary
        /// Why a send would be refused, apart from asking; empty when it would not.
        let refusals: [Refusal]
        let samples: [Sample]
    }

    /// Shows the plan and samples, and what a send would refuse.
    func show() async throws(CommandFailure) -> ExitCode {
        let people = try await people()
        let survey = try await survey(showing: people)
        var plan = survey.shown(
            now: draft.edition.announcement.createdAt, closing: try await draft.closing(session))
        // One that was made up is not the one that a send will have.
        plan.id = order.id ?? draft.linkedID
        let shown = survey.showcase.shown(
            over: draft.facts.map(\.name), in: draft.edition.template.locales)
        let samples = draft.samples(of: shown)
        let refusals = try await refusals(of: plan)
        if let name = order.page {
            let page = PreviewPage(
                plan: plan, refusals: refusals, samples: samples, draft, order, session.zone)
            try await ListSink.fill(name, as: .page, replaces: order.replacesPage) {
                (sink) throws(CommandFailure) in
                try sink.write(page.bytes)
            }
        }
        if session.output.isJSON {
            session.output.result(json: Result(plan: plan, refusals: refusals, samples: samples))
        } else {
            // The plan last, so that a terminal ends with it.
            for sample in shownAsText(samples) { session.output.result(sample.text + "\n") }
            session.output.result(PlanText(plan: plan, zone: session.zone, width: Screen.ofResults).text)
        }
        for id in people where !survey.showcase.holds(id) {
            session.output.say(Plain.text("\(id) is not in the audience: nothing would be sent there"))
        }
        for refusal in refusals {
            session.output.say("would be refused: \(Plain.text(refusal.message, limit: 500))")
        }
        if order.id == nil, let id = draft.linkedID {
            session.output.say("links to its page hold for --id \(id): send it with that")
        }
        let page = order.page.map { " but \(Plain.text($0))" } ?? ""
        session.output.say("dry run: nothing was sent, nothing was written\(page)")
        return .success
    }

    private func survey(showing people: [Contact.ID]) async throws(CommandFailure) -> Survey {
        let draft = draft
        let run = try await session.translating { () async throws(StoreError) in
            try await draft.store.beginDryPlanning(draft.edition.announcement, over: draft.facts)
        }
        return try await Survey.conducted(draft, in: run, showing: Set(people), session)
    }

    /// Why a send would be refused, apart from asking.
    private func refusals(of plan: PlanSummary) async throws(CommandFailure) -> [Refusal] {
        var rails = order.rails(isTerminal: session.output.canAsk)
        rails.saysYes = order.saysYes
        let secrets = try await draft.secretRefusal(rails, session)
        return draft.copyRefusals(session) + refusals + [secrets].compactMap(\.self)
            + plan.missing.map { Refusal(.valueMissing, $0.message) } + order.refusals(of: plan)
    }

    /// Who asks for somebody on a terminal does not want to look for them; a page holds all of it.
    private func shownAsText(_ samples: [Sample]) -> [Sample] {
        if order.page != nil { return [] }
        return order.samples.isEmpty ? samples : samples.filter { $0.why != [.locale] }
    }

    private func people() async throws(CommandFailure) -> [Contact.ID] {
        var people: [Contact.ID] = []
        for text in order.samples {
            let store = draft.store
            let found = try await session.translating { () async throws(StoreError) -> Member? in
                guard let id = Contact.ID(rawValue: text) else { return nil }
                return try await store.member(id)
            }
            guard let found else {
                throw CommandFailure(.notFound, "there is no contact \(Plain.text(text))")
            }
            people.append(found.contact.id)
        }
        return people
    }
}
