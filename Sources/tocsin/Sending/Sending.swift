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

    var store: Store { draft.store }
    private var announcement: Announcement { draft.edition.announcement }
    private var foreground: Foreground {
        Foreground(session: session, store: store, configured: configured)
    }

    /// Plans, asks, sends, and reports.
    func send() async throws(CommandFailure) -> ExitCode {
        let refusal = try await draft.secretRefusal(order.rails(isTerminal: session.output.canAsk), session)
        if let refusal { throw CommandFailure([refusal]) }
        try await sweep()
        var sending = self
        // Each turn names another id, or has taken back what stood in the way.
        for _ in 0..<1000 {
            switch try await sending.accept() {
            case .accepted: return try await sending.planAndSend()
            case .continues(let id, .planning): _ = try await takeBack(id)
            case .continues(let id, let state): return try await go(on: id, state)
            case .conflict(let id) where order.id == nil: sending = try renamed(Self.another(id))
            case .conflict(let id):
                guard try await takeBack(id) else { throw Self.taken(id) }
            }
        }
        throw Self.taken(sending.announcement.id)
    }

    private static func taken(_ id: Announcement.ID) -> CommandFailure {
        CommandFailure(
            .badContent, "\(id) is taken by an announcement that says something else: choose another --id",
            "nothing was sent")
    }

    private func renamed(_ id: Announcement.ID) throws(CommandFailure) -> Sending {
        if id == announcement.id { return self }
        return Sending(order: order, draft: try draft.renamed(id), configured: configured, session: session)
    }

    // MARK: Accepting

    private func accept() async throws(CommandFailure) -> Acceptance {
        let naming: Naming = order.id != nil ? .chosen : order.isAgain ? .madeAgain : .made
        let (store, draft) = (store, draft)
        let acceptance = try await session.translating { () async throws(StoreError) in
            try await store.accept(
                draft.edition.announcement, digest: draft.digest.full, over: draft.facts, named: naming)
        }
        // Made within the same second: the id is no reason to take one for the other.
        if case .continues(let id, _) = acceptance, naming == .madeAgain { return .conflict(id) }
        return acceptance
    }

    /// The next id that could be free: `outage-20261004-154012` becomes `outage-20261004-154012-2`.
    private static func another(_ id: Announcement.ID) -> Announcement.ID {
        var parts = id.rawValue.split(separator: "-")
        let number = parts.last.flatMap { $0.count < 6 ? Int($0) : nil }
        if number != nil { parts.removeLast() }
        return Announcement.ID(valid: parts.joined(separator: "-") + "-\((number ?? 1) + 1)")
    }

    /// Takes back one that was never confirmed, so that this command takes its place; false when there is none.
    private func takeBack(_ id: Announcement.ID) async throws(CommandFailure) -> Bool {
        let store = store
        return try await session.translating { () async throws(StoreError) in try await store.takeBack(id) }
    }

    /// Takes back what was never confirmed and is old.
    private func sweep() async throws(CommandFailure) {
        let store = store
        let yesterday = announcement.createdAt.adding(.zero - Store.abandonment)
        try await session.translating { () async throws(StoreError) in
            try await store.takeBackAbandoned(before: yesterday)
        }
    }

    /// The same was accepted before: nobody is told twice.
    private func go(on id: Announcement.ID, _ state: AnnouncementState) async throws(CommandFailure)
        -> ExitCode
    {
        switch state {
        case .finished, .cancelled:
            session.output.say("\(id) says the same and is \(state.rawValue): nothing is sent twice")
        case .paused:
            session.output.say("\(id) says the same and is paused: tocsin resume \(id) lets it go on")
        case .planning, .scheduled, .running:
            session.output.say("\(id) says the same and is \(state.rawValue): it goes on")
            return try await dispatch(id)
        }
        if state != .paused {
            session.output.say(
                order.id == nil ? "--again sends it once more" : "another --id sends it once more")
        }
        return try await foreground.conclude(id, wasInterrupted: false)
    }

    // MARK: Planning

    private func planAndSend() async throws(CommandFailure) -> ExitCode {
        let id = announcement.id
        do throws(CommandFailure) {
            if let no = try await plan(id) {
                try await withdraw(id)
                session.output.say(no)
                return .usage
            }
        } catch {
            if let state = try await stateElsewhere(id, after: error) { return try await go(on: id, state) }
            // What was refused must not stand in the way of the mended command.
            try await withdraw(id)
            throw error
        }
        session.output.say("accepted: \(id)")
        return try await dispatch(id)
    }

    /// How it stands once another process, to which the same command was given, has confirmed it; nil when none has.
    ///
    /// Planning takes a moment and is waited for; a question is looked at for as long as a person likes, and is not.
    private func stateElsewhere(
        _ id: Announcement.ID, after failure: CommandFailure
    ) async throws(CommandFailure) -> AnnouncementState? {
        guard [.usage, .notFound].contains(failure.exit) else { return nil }
        let (store, clock, digest) = (store, session.clock, draft.digest.full)
        let end = clock.now().uptime + .seconds(10)
        while clock.now().uptime < end {
            let state = try await session.translating { () async throws(StoreError) in
                try await store.stateElsewhere(id, digest: digest)
            }
            if state != .planning { return state }
            do { try await clock.sleep(clock.now().uptime + .milliseconds(100)) } catch { return nil }
        }
        return nil
    }

    /// Plans and asks; nil when it may leave, else what is said of the answer.
    private func plan(_ id: Announcement.ID) async throws(CommandFailure) -> String? {
        let store = store
        let run = try await session.translating { () async throws(StoreError) in
            try await store.beginPlanning(id)
        }
        let closing = try await draft.closing(session)
        let survey = try await Survey.conducted(draft, in: run, session)
        let plan = survey.shown(now: session.clock.now().wall, closing: closing)
        let no = try confirm(plan)
        try session.endIfInterrupted()
        if let no { return no }
        if let closing {
            try await close(closing, survey)
            return nil
        }
        let now = session.clock.now().wall
        let planned = survey.run.costing(order.cost(of: plan))
        _ = try await session.translating { () async throws(StoreError) in
            try await store.finishPlanning(planned, as: .running, now: now)
        }
        return nil
    }

    private func withdraw(_ id: Announcement.ID) async throws(CommandFailure) {
        let store = store
        _ = try await session.translating { () async throws(StoreError) in try await store.withdraw(id) }
    }

    /// Shows the plan and asks what the guard rails want asked; nil for a yes, else what is said of the answer.
    private func confirm(_ plan: PlanSummary) throws(CommandFailure) -> String? {
        let output = session.output
        let isInterrupted = { session.interruption?.isAsked ?? false }
        let decision = order.rails(isTerminal: output.canAsk).decision(on: plan)
        let isWhole = plan.chosen.allSatisfy { $0.facts.missing == nil }
        if !plan.isLittle || plan.closing != nil || !plan.unmatched.isEmpty || !isWhole {
            let text = PlanText(
                plan: plan, zone: session.zone, width: Screen.ofWords, isAsked: decision.isQuestion)
            output.say(text.text + "\n")
        }
        switch decision {
        case .proceed: return nil
        case .askYes:
            let answer = output.ask("\(plan.question)? [y/N] ", until: isInterrupted) ?? ""
            return ["y", "yes"].contains(answer.lowercased()) ? nil : "nothing was sent"
        case .askNumber(let people):
            let cost = plan.price.map { ", which costs \($0)" } ?? ""
            let question = "Type the number of people (\(people)) to send\(cost): "
            let answer = output.ask(question, until: isInterrupted) ?? ""
            if SendRails.isConfirmed(answer, people: people) { return nil }
            let typed = Plain.text(answer.trimmingCharacters(in: .whitespaces), limit: 30)
            return (typed.isEmpty ? "" : "\(typed) is not \(people): ") + "nothing was sent"
        case .refuse(let refusals): throw CommandFailure(refusals)
        }
    }

    // MARK: Dispatching

    private func dispatch(_ id: Announcement.ID) async throws(CommandFailure) -> ExitCode {
        let patience: Foreground.Patience =
            order.linger.map { .atMost($0) }
            ?? (announcement.priority == .urgent ? .untilExpiry : .atMost(.seconds(60)))
        let wasInterrupted = try await foreground.send([id], patience)
        return try await foreground.conclude(id, wasInterrupted: wasInterrupted)
    }
}

extension CommandFailure {
    /// What the guard rails of a send refuse.
    init(_ refusals: [Refusal]) {
        self.init(
            refusals.first.flatMap { ExitCode(rawValue: $0.exit) } ?? .badContent,
            lines: refusals.map { Plain.text($0.message, limit: 500) } + ["nothing was sent"])
    }
}
