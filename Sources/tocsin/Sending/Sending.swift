import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage

/// One `send`: plan, show, ask, commit, dispatch, report.
struct Sending {
    let order: SendOrder
    let draft: Draft
    let configured: Configured
    let session: Session
    let store: Store

    private var announcement: Announcement { draft.edition.announcement }

    // MARK: Dry run

    /// Shows the plan and samples; sends nothing and writes nothing.
    func preview() async throws(CommandFailure) -> ExitCode {
        let facts = draft.facts
        let run = try await session.translating { () async throws(StoreError) in
            try await store.beginDryPlanning(announcement, over: facts)
        }
        let (survey, plan) = try await survey(run)
        let members = try await sampleMembers()
        let samples = draft.samples(
            for: members, firsts: survey.firstMembers, key: DeliveryKey(secret: store.secret),
            now: announcement.createdAt)
        if session.output.isJSON {
            session.output.result(json: DryRun(plan: plan, samples: samples))
        } else {
            session.output.result(PlanText(plan: plan).text)
            for sample in samples { session.output.result("\n" + sample.text) }
        }
        sayRefusals(plan)
        session.output.say("dry run: nothing was sent, nothing was written")
        return .success
    }

    private struct DryRun: Encodable {
        let plan: PlanSummary
        let samples: [Sample]
    }

    private func sampleMembers() async throws(CommandFailure) -> [Member] {
        var members: [Member] = []
        for text in order.samples {
            let found = try await session.translating { () async throws(StoreError) -> Member? in
                guard let id = Contact.ID(rawValue: text) else { return nil }
                return try await store.member(id)
            }
            guard let found else {
                throw CommandFailure(.notFound, "there is no contact \(Plain.text(text))")
            }
            members.append(found)
        }
        return members
    }

    /// What a send would say to this plan, apart from asking.
    private func sayRefusals(_ plan: PlanSummary) {
        guard case .refuse(let refusals) = rails(saysYes: true).decision(on: plan) else { return }
        for refusal in refusals { session.output.say("would be refused: \(Plain.text(refusal.message))") }
    }

    // MARK: For real

    /// Plans, asks, sends, and reports.
    func send() async throws(CommandFailure) -> ExitCode {
        let naming: Naming = order.id != nil ? .chosen : order.isAgain ? .madeAgain : .made
        let acceptance = try await session.translating { () async throws(StoreError) in
            try await store.accept(announcement, digest: draft.digest.full, over: draft.facts, named: naming)
        }
        switch acceptance {
        case .accepted: return try await planAndSend(announcement.id, isNew: true)
        case .conflict(let id):
            throw CommandFailure(
                .badContent, "\(id) is taken by an announcement that says something else: choose another --id")
        case .continues(let id, .planning): return try await planAndSend(id, isNew: false)
        case .continues(let id, let state):
            session.output.say(
                "\(id) says the same and is \(state.rawValue): it is continued; --again sends it once more")
            if state == .paused {
                session.output.say("it is paused: tocsin resume \(id) lets it go on")
                return try await session.conclude(id, of: store, wasInterrupted: false)
            }
            return try await dispatch(id)
        }
    }

    private func planAndSend(_ id: Announcement.ID, isNew: Bool) async throws(CommandFailure) -> ExitCode {
        do throws(CommandFailure) {
            let run = try await session.translating { () async throws(StoreError) in
                try await store.beginPlanning(id)
            }
            let (survey, plan) = try await survey(run)
            guard try confirm(plan) else {
                try await withdraw(id)
                session.output.say("nothing was sent")
                return .usage
            }
            let now = session.clock.now().wall
            _ = try await session.translating { () async throws(StoreError) in
                try await store.finishPlanning(survey.run, as: .running, now: now)
            }
        } catch {
            // What was refused must not stand in the way of the mended command.
            try await withdraw(id)
            throw error
        }
        session.output.say("accepted: \(id)")
        return try await dispatch(id)
    }

    private func withdraw(_ id: Announcement.ID) async throws(CommandFailure) {
        try await session.translating { () async throws(StoreError) in
            do throws(StoreError) {
                try await store.withdraw(id)
            } catch {
                // Another process goes on with its planning, or a full disk keeps the trace: neither sends anything.
                guard error.code == .wrongState || error.code == .notFound else { throw error }
            }
        }
    }

    private func survey(_ run: PlanningRun) async throws(CommandFailure) -> (Survey, PlanSummary) {
        let now = session.clock.now().wall
        let (survey, isComplete) = try await session.translating { () async throws(StoreError) in
            var survey = Survey(draft, marks: try await store.marks(at: now), run: run)
            try await survey.conduct(store, session.output)
            return (survey, true)
        }
        precondition(isComplete)
        let missing = survey.missing
        if !missing.isEmpty {
            throw CommandFailure(.badContent, lines: missing.map { Plain.text($0, limit: 500) } + ["nothing was sent"])
        }
        return (survey, survey.summary(now: now))
    }

    private func rails(saysYes: Bool) -> SendRails {
        SendRails(
            saysYes: saysYes, isTerminal: session.output.canAsk, people: order.people, maxCost: order.maxCost,
            digest: order.digest)
    }

    /// Shows the plan and asks what the guard rails want asked.
    private func confirm(_ plan: PlanSummary) throws(CommandFailure) -> Bool {
        if plan.deliveries > 1 { session.output.say(PlanText(plan: plan).text + "\n") }
        switch rails(saysYes: order.saysYes).decision(on: plan) {
        case .proceed: return true
        case .askYes:
            let answer = session.output.ask("Send? [y/N] ") ?? ""
            return ["y", "yes"].contains(answer.lowercased())
        case .askNumber(let people):
            let answer = session.output.ask("Type the number of people (\(people)) to send: ") ?? ""
            return SendRails.isConfirmed(answer, people: people)
        case .refuse(let refusals):
            throw CommandFailure(
                ExitCode(rawValue: refusals[0].exit) ?? .badContent,
                lines: refusals.map { Plain.text($0.message, limit: 500) })
        }
    }

    private func dispatch(_ id: Announcement.ID) async throws(CommandFailure) -> ExitCode {
        let patience: Foreground.Patience =
            order.linger.map { .atMost($0) }
            ?? (announcement.priority == .urgent ? .untilExpiry : .atMost(.seconds(60)))
        let foreground = Foreground(session: session, store: store, configured: configured)
        let wasInterrupted = try await foreground.send([id], patience)
        return try await session.conclude(id, of: store, wasInterrupted: wasInterrupted)
    }
}
