import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage
import Wire

/// A `send` whose every request becomes a file: the same planning, lanes and channels, over no network and no store.
struct Rehearsal {
    private let order: SendOrder
    private let draft: Draft
    private let session: Session
    private let folder: RehearsalFolder
    /// The channels whose secrets are missing, and what a send would be refused for because of that.
    private let lacking: [ChannelFacts]
    private let refusals: [Refusal]

    /// Rehearses `order` into the folder called `path`.
    static func play(
        _ order: SendOrder, into path: String, replacing: Bool, _ session: Session
    ) async throws(CommandFailure) -> ExitCode {
        let folder = try RehearsalFolder(path, replaces: replacing)
        let (configured, refusals) = try session.previewable()
        let store = try session.storeForReading(configured)
        let draft = try await Draft(order, configured, session, store)
        let secrets = try await draft.secretRefusal(
            order.rails(isTerminal: session.output.canAsk), session)
        let found = draft.copyRefusals(session) + refusals + [secrets].compactMap(\.self)
        let lacking = draft.facts.filter { draft.isChosen($0) && $0.missing != nil }
        let rehearsal = Rehearsal(
            order: order, draft: draft.complete, session: session, folder: folder, lacking: lacking,
            refusals: found)
        return try await rehearsal.play()
    }

    private struct Result: Encodable {
        let plan: PlanSummary
        let refusals: [Refusal]
        let rehearsal: Files
    }

    private struct Files: Encodable {
        let folder: String
        let index: String
        let written: Int
        let left: Int
        let bytes: Int
        let channels: [String: RehearsalIndex.Channel]
    }

    private func play() async throws(CommandFailure) -> ExitCode {
        let survey = try await planned()
        var plan = survey.shown(
            now: draft.edition.announcement.createdAt, closing: try await draft.closing(session))
        try folder.refuse(overfilling: plan)
        // One that was made up is not the one that a send will have.
        plan.id = order.id
        let refusals = refusals + order.refusals(of: plan)
        let output = session.output
        if !output.isJSON {
            output.result(PlanText(plan: plan, zone: session.zone, width: Screen.ofResults).text)
        }
        for facts in lacking {
            output.say(
                Plain.text(
                    "SECRET MISSING on \(facts.name) (\(facts.missing ?? "")): \(Redactor.placeholder) stands "
                        + "for it in the files"))
        }
        let index = try await folder.fill(draft.facts.map(\.name), session) {
            () async throws(CommandFailure) in
            try await written(survey)
        }
        if output.isJSON {
            let files = Files(
                folder: folder.path, index: RehearsalFolder.index, written: index.written, left: index.left,
                bytes: index.bytes, channels: index.channels)
            output.result(json: Result(plan: plan, refusals: refusals, rehearsal: files))
        }
        for refusal in refusals {
            output.say("would be refused: \(Plain.text(refusal.message, limit: 500))")
        }
        sayEnd(index)
        return .success
    }

    private func sayEnd(_ index: RehearsalIndex) {
        let left = index.left > 0 ? ", \(CountText.grouped(index.left)) not, with the reason" : ""
        session.output.say(
            Plain.text(
                "rehearsed: \(CountText.deliveries(index.written)) written to \(folder.path)\(left); "
                    + "\(RehearsalFolder.index) there lists all; nothing was sent", limit: 1000))
    }

    // MARK: Planning

    /// The plan of a dry run, and the same in a journal that no store keeps.
    private func planned() async throws(CommandFailure) -> Survey {
        let draft = draft
        let (run, journal) = try await session.translating { () async throws(StoreError) in
            let facts = draft.facts.map(\.rehearsed)
            return (
                try await draft.store.beginDryPlanning(draft.edition.announcement, over: draft.facts),
                try await TrialJournal(draft.edition.announcement, over: facts, beside: draft.store)
            )
        }
        return try await Survey.conducted(draft, in: run, into: journal, session)
    }

    // MARK: Writing

    private func written(_ survey: Survey) async throws(CommandFailure) -> RehearsalIndex {
        guard let journal = survey.journal else { return RehearsalIndex() }
        let transport = RehearsalTransport(folder: folder.path)
        let outlets = draft.channels.map { channel in
            Outlet(facts: channel.facts.rehearsed, channel: RehearsedChannel(channel.channel))
        }
        let (session, planned) = (session, survey.run.queued)
        try await session.translating { () async throws(StoreError) in
            try await journal.send(over: outlets, by: transport, session) {
                (_) async throws(StoreError) in
                if transport.failure != nil || session.interruption?.isAsked == true { return true }
                return try await Self.isOver(journal, planned, session)
            }
        }
        session.output.endProgress()
        if let failure = transport.failure {
            throw CommandFailure(
                .storeFailed,
                Plain.text("\(failure.detail); nothing of the rehearsal stays, nothing was sent", limit: 1000)
            )
        }
        try session.endIfInterrupted()
        let index = "\(folder.path)/\(RehearsalFolder.index)"
        return try await RehearsalIndex.written(of: journal, to: index, session)
    }

    /// Lets go on what would wait for a person: everything is to be seen.
    private static func isOver(
        _ journal: TrialJournal, _ planned: Int, _ session: Session
    ) async throws(StoreError) -> Bool {
        let id = journal.announcement.id
        let report = try await journal.store.progress(id)
        let open = report.channels.values.reduce(0) { $0 + $1.count(.queued) + $1.count(.sending) }
        if open == 0 { return true }
        session.output.progress(
            "rehearsing: \(CountText.grouped(max(0, planned - open))) of \(CountText.grouped(planned))")
        if report.state == .paused || report.channels.values.contains(where: { $0.hold != nil }) {
            let now = session.clock.now().wall
            _ = try await journal.store.resume(id, at: session.clock.bootTime, now: now)
        }
        return false
    }
}

extension PlanningRun {
    /// Deliveries that are to be made.
    fileprivate var queued: Int { channels.values.reduce(0) { $0 + $1.count(.queued) } }
}

extension Draft {
    /// The same, as if every secret were there.
    fileprivate var complete: Draft {
        var draft = self
        draft.channels = channels.map { channel in
            var channel = channel
            channel.facts.missing = nil
            return channel
        }
        return draft
    }
}

extension ChannelFacts {
    /// The channel as it is rehearsed: nothing keeps it waiting, and nothing that waits for its turn expires.
    fileprivate var rehearsed: ChannelFacts {
        var facts = self
        (facts.missing, facts.rate, facts.perDay, facts.quietHours) = (nil, nil, nil, nil)
        facts.retry.within = .seconds(30 * 86_400)
        return facts
    }
}
