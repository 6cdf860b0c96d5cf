import Broadcast
import Configuration
import Curl
import Dispatching
import Foundation
import Storage
import Wire

/// A test: an announcement really sent, over every direct channel, to contacts of ours; the store keeps nothing of it.
struct TestSend {
    private let draft: Draft
    private let session: Session
    private let members: [Member]
    private let channels: [ConfiguredChannel]
    private let places: [ChannelName]

    /// Sends the test that `order` asks for to `contacts`.
    static func send(
        _ order: SendOrder, to contacts: [Contact.ID], _ session: Session
    ) async throws(CommandFailure) -> ExitCode {
        let configured = try session.configured()
        let store = try session.storeForReading(configured)
        try await session.translating { () async throws(StoreError) in
            try await store.requireAdopted(in: configured.zone)
        }
        let members = try await members(contacts, store, session)
        let draft = try await Draft(order, configured, session, store)
        let chosen = draft.channels.filter { draft.isChosen($0.facts) }
        let places = chosen.filter { $0.facts.traits.audience == .public }.map(\.facts.name)
        let direct = chosen.filter { $0.facts.traits.audience != .public }
        guard !direct.isEmpty else {
            throw CommandFailure(
                .usage, "every chosen channel is public, and a test goes to no public place: choose others")
        }
        let test = TestSend(
            draft: draft, session: session, members: members, channels: direct, places: places)
        return try await test.send()
    }

    private static func members(
        _ contacts: [Contact.ID], _ store: Store, _ session: Session
    ) async throws(CommandFailure) -> [Member] {
        var members: [Member] = []
        for id in contacts {
            let found = try await session.translating { () async throws(StoreError) in
                try await store.member(id)
            }
            guard let found else {
                throw CommandFailure(
                    .notFound, Plain.text("there is no contact \(id); nothing was sent", limit: 300))
            }
            members.append(found)
        }
        return members
    }

    private func send() async throws(CommandFailure) -> ExitCode {
        let announcement = announcement
        let markings = try await markings()
        let planner = Planner(
            announcement,
            over: channels.map { channel in
                PlanningChannel(channel.facts, isMarkedDown: markings.mark(on: channel.facts) != nil)
            }, order: channels.map(\.facts.name))
        let deliveries = planner.deliveries(for: members.map(\.planning))
        say(deliveries, announcement)
        let (draft, facts) = (draft, channels.map(\.facts.tested))
        let journal = try await session.translating { () async throws(StoreError) in
            var journal = try await TrialJournal(announcement, over: facts, beside: draft.store)
            try await journal.plan(deliveries)
            return journal
        }
        let stop = session.interruption?.begin() ?? StopSignal()
        try await dispatch(journal, stop)
        let outcome = try await TestOutcome(of: journal, markings, channels.map(\.facts), session)
        outcome.show(places, session.output)
        if stop.phase != .running { return .interrupted }
        return outcome.isPassed ? .success : .someMissed
    }

    /// Another announcement than the one it tests, so that no receiver takes one for the other.
    private var announcement: Announcement {
        let origin = draft.edition.announcement
        let process = ProcessInfo.processInfo.processIdentifier
        let moment = String(Int64(origin.createdAt.timeIntervalSince1970), radix: 36)
        let id = "test-\(origin.content.template.prefix(30))-\(moment)-\(process)"
        var test = origin.renamed(Announcement.ID(valid: id))
        (test.reach, test.once, test.waitsForMarked) = (.every, .contact, false)
        (test.channels, test.expiresAfter) = (channels.map(\.facts.name), nil)
        return test
    }

    private func markings() async throws(CommandFailure) -> Markings {
        let (draft, now) = (draft, session.clock.now().wall)
        return try await session.translating { () async throws(StoreError) in
            Markings(said: try await draft.store.marks(at: now), outside: draft.outside, at: now)
        }
    }

    private func say(_ deliveries: [Delivery], _ announcement: Announcement) {
        let names = members.map { Plain.text($0.contact.id.rawValue) }.joined(separator: ", ")
        session.output.say("test: only \(names) will get it; no report and no audience will know of it")
        if !places.isEmpty {
            let list = places.map(\.rawValue).joined(separator: ", ")
            session.output.say("left out, as a test goes to no public place: \(list)")
        }
        for facts in channels.map(\.facts) {
            let held = deliveries.filter { $0.channel == facts.name && $0.due > announcement.due }
            guard let latest = held.map(\.due).max() else { continue }
            let until = TimeText.text(for: latest, in: session.zone)
            session.output.say("\(facts.name) has quiet hours until \(until): a test does not keep them")
        }
    }

    private func dispatch(_ journal: TrialJournal, _ stop: StopSignal) async throws(CommandFailure) {
        let transport: CurlTransport
        do throws(TransportFailure) {
            transport = try CurlTransport(version: Tocsin.version)
        } catch {
            throw CommandFailure(.storeFailed, Plain.text(error.detail))
        }
        let outlets = channels.map { channel in
            Outlet(facts: channel.facts.tested, channel: TestedChannel(channel.channel))
        }
        var failure: StoreError?
        do throws(StoreError) {
            try await journal.send(over: outlets, by: transport, session, stop: stop) {
                (status) async throws(StoreError) in
                try await Self.isOver(journal, status)
            }
        } catch {
            failure = error
        }
        await transport.shutdown()
        if let failure { throw CommandFailure(failure) }
    }

    /// Whether each delivery has ended, or been tried, or waits for a channel that stands still: a test tries once.
    private static func isOver(
        _ journal: TrialJournal, _ status: DispatchStatus
    ) async throws(StoreError) -> Bool {
        let page = try await journal.store.people(
            of: journal.announcement.id, standing: nil, limit: 1_000_000)
        return page.people.flatMap(\.deliveries).allSatisfy { delivery in
            switch delivery.state {
            case .sending: false
            case .queued: delivery.attempts > 0 || !status.free.contains(delivery.channel)
            default: true
            }
        }
    }
}

extension ChannelFacts {
    /// The channel as a test uses it, at any hour and once: what was put off waits for longer than a test lasts.
    fileprivate var tested: ChannelFacts {
        var facts = self
        (facts.quietHours, facts.perDay, facts.unknown) = (nil, nil, .leave)
        facts.retry = RetryPolicy(
            first: .seconds(86_400), factor: 1, cap: .seconds(86_400), within: .seconds(30 * 86_400))
        return facts
    }
}
