import Broadcast
import Dispatching
import Storage

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
        let draft = draft
        let run = try await session.translating { () async throws(StoreError) in
            try await draft.store.beginDryPlanning(draft.edition.announcement, over: draft.facts)
        }
        let survey = try await Survey.conducted(draft, in: run, watching: Set(people), session)
        var plan = survey.summary(now: draft.edition.announcement.createdAt)
        plan.closing = try await draft.closing(session)
        // One that was made up is not the one that a send will have.
        plan.id = order.id
        let samples = draft.samples(of: survey.shown)
        var rails = order.rails(isTerminal: session.output.canAsk)
        rails.saysYes = order.saysYes
        let secrets = try await draft.secretRefusal(rails, session)
        let refusals =
            draft.copyRefusals(session) + refusals + [secrets].compactMap(\.self) + order.refusals(of: plan)
        if session.output.isJSON {
            session.output.result(json: Result(plan: plan, refusals: refusals, samples: samples))
        } else {
            // The plan last, so that a terminal ends with it.
            for sample in samples { session.output.result(sample.text + "\n") }
            session.output.result(PlanText(plan: plan, zone: session.zone, width: Screen.ofResults).text)
        }
        let strangers = people.filter { id in !survey.shown.contains { $0.contact?.id == id } }
        for id in strangers {
            session.output.say(Plain.text("\(id) is not in the audience: nothing would be sent there"))
        }
        for refusal in refusals {
            session.output.say("would be refused: \(Plain.text(refusal.message, limit: 500))")
        }
        session.output.say("dry run: nothing was sent, nothing was written")
        return .success
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
