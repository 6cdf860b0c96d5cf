import Broadcast
import Channels
import Configuration
import Curl
import Dispatching
import Foundation
import Storage
import TestPeers
import Wire

/// A store in a file, channels to peers, and the real transport: everything a dispatcher stands on.
final class Stand: Sendable {
    let scratch: ScratchDirectory
    let store: Store
    let configured: Configured
    let recorder = Recorder()
    /// The machine's, but no retry is left to chance: it could come due before a test has looked.
    let clock = {
        var clock = Clockwork.system
        clock.unit = { 0.5 }
        return clock
    }()

    /// `channels` are the members of the configuration's `channels`; `people` the lines of the contacts' list.
    init(
        _ channels: [String], people: [String], order: String = "[]", companies: String = "{}"
    ) async throws {
        scratch = try ScratchDirectory()
        store = try Store.open(scratch.file("tocsin.db"), now: clock.now().wall)
        let text =
            #"{"sender":{"name":"Acme"},"order":\#(order),"companies":\#(companies),"#
            + #""channels":{\#(channels.joined(separator: ","))}}"#
        let source = SecretSource(
            environment: { $0 == "TOKEN" ? "123456:secret" : "a-long-secret-\($0)" },
            file: { _ in .unreadable("does not exist") }, absolutePath: { $0 }, allowsLiterals: true)
        configured = try ConfigurationReader.configured(
            Array(text.utf8), file: "channels.json", source: source)
        try await take(people)
    }

    /// Imports contacts.
    func take(_ people: [String]) async throws {
        let list = scratch.file("customers.csv")
        let lines = ["id,name,email,phone,telegram"] + people
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: list))
        let known = KnownChannels(configured.channels.map(\.facts))
        _ = try await store.importContacts(
            ContactImport(path: list, channels: known), now: clock.now().wall)
    }

    /// A second handle on the store, as another process has.
    func otherStore() throws -> Store { try Store.open(store.path, now: clock.now().wall) }

    /// What a person would mark.
    func mark(_ channel: String, by store: Store? = nil) async throws {
        let now = clock.now().wall
        try await (store ?? self.store).mark(
            Mark(.channel, channel, why: "maintenance", who: "anna", since: now, until: now + 3600))
    }

    // MARK: Announcements

    /// Accepts, plans and starts an announcement to everybody, or to those whom `audience` names.
    @discardableResult
    func announce(
        _ id: String = "outage", _ priority: Priority = .normal, reach: Reach = .every,
        to audience: String = "all",
        body: String = "We are down, {{contact.name}}.", channels: [String]? = nil, waits: Bool = false,
        maxCost: Money? = nil, by clock: Clockwork? = nil
    ) async throws -> Announcement.ID {
        let now = (clock ?? self.clock).now().wall
        let source = "---\nsubject: Down\npurpose: service\nsms: \"Down {{contact.id}}\"\n---\n\(body)\n"
        let announcement = Announcement(
            id: Announcement.ID(valid: id),
            content: FrozenContent(
                template: "outage", files: ["outage/message.md": source], variables: [:],
                sender: configured.sender),
            audience: audience, channels: channels?.map(ChannelName.init(valid:)), priority: priority,
            reach: reach, waitsForMarked: waits, createdAt: now, maxCost: maxCost)
        let facts = configured.channels.map(\.facts)
        _ = try await store.accept(announcement, digest: id, over: facts, named: .chosen)
        try await plan(announcement, over: facts, at: now)
        return announcement.id
    }

    private func plan(
        _ announcement: Announcement, over facts: [ChannelFacts], at now: Date
    ) async throws {
        let markings = try await store.markings(heeding: configured.outside, at: now)
        let planner = Planner(
            announcement,
            over: facts.map { facts in
                PlanningChannel(facts, isMarkedDown: markings.mark(on: facts) != nil)
            }, order: configured.order)
        var run = try await store.beginPlanning(announcement.id)
        run = try await store.plan(planner.publicDeliveries, in: run)
        let audience = try Audience(parsing: announcement.audience, channels: KnownChannels(facts))
        for try await page in store.pages(try await store.selection(audience, lists: [:])) {
            run = try await store.plan(planner.deliveries(for: page.map(\.planning)), in: run)
        }
        _ = try await store.finishPlanning(run, as: .running, now: now)
    }

    /// What a person lets go on.
    func resume(_ id: String = "outage", by clock: Clockwork? = nil, in store: Store? = nil) async throws {
        let clock = clock ?? self.clock
        let now = clock.now()
        _ = try await (store ?? self.store).resume(
            Announcement.ID(valid: id), at: BootTime(boot: clock.boot, uptime: now.uptime), now: now.wall)
    }

    // MARK: Sending

    func dispatcher(
        over transport: any Transport, store: Store? = nil, clock: Clockwork? = nil, owner: String = "test",
        listener: (any DispatchListener)? = nil
    ) -> Dispatcher {
        Dispatcher(
            store: store ?? self.store,
            outlets: configured.channels.map { Outlet(facts: $0.facts, channel: $0.channel) },
            outside: configured.outside, order: configured.order, transport: transport,
            clock: clock ?? self.clock, owner: owner,
            listener: listener ?? recorder)
    }

    /// Serves the store until `isDone`; the suite's time limit ends what never is.
    func serve(
        stop: StopSignal = StopSignal(), by clock: Clockwork? = nil,
        until isDone: @escaping @Sendable (DispatchStatus) async throws(StoreError) -> Bool
    ) async throws {
        let transport = try CurlTransport(version: "9.9")
        var failure: (any Error)?
        do {
            try await dispatcher(over: transport, clock: clock).serve(stop: stop) {
                [recorder] (status) async throws(StoreError) in
                recorder.events.raise()
                return try await isDone(status)
            }
        } catch {
            failure = error
        }
        await transport.shutdown()
        if let failure { throw failure }
    }

    /// Serves the store until these announcements are over.
    func finish(_ ids: String..., by clock: Clockwork? = nil) async throws {
        let store = store
        try await serve(by: clock) { (_) async throws(StoreError) in
            for id in ids where try await store.progress(Announcement.ID(valid: id)).state != .finished {
                return false
            }
            return true
        }
    }

    // MARK: Looks

    /// Waits until the number of queued deliveries is such, looking whenever the dispatcher ticks or settles.
    func wait(until isReached: (Int) -> Bool) async throws {
        try await recorder.events.wait {
            let channels = try await store.progress(Announcement.ID(valid: "outage")).channels.values
            return isReached(channels.reduce(0) { $0 + $1.count(.queued) })
        }
    }

    func counts(_ channel: String, of id: String = "outage") async throws -> ChannelCounts {
        try await store.report(Announcement.ID(valid: id)).channels[ChannelName(valid: channel)]
            ?? ChannelCounts()
    }

    /// A report that says whether everything stands where it should: `accepted 3, skipped 1`, in a fixed order.
    func standing(_ channel: String, of id: String = "outage") async throws -> String {
        let counts = try await counts(channel, of: id)
        return DeliveryState.allCases.filter { counts.count($0) > 0 }
            .map { "\($0.rawValue) \(counts.count($0))" }.joined(separator: ", ")
    }
}

/// The lines of `count` contacts who have an address of every kind.
func everybody(_ count: Int) -> [String] {
    (1...count).map { "c\($0),Name \($0),c\($0)@example.org,+39333\(1_000_000 + $0),\(900_000 + $0)" }
}

/// Channels to peers on this machine, as members of a configuration; a reply may be held as long as a test lasts.
enum Line {
    static func email(_ port: Int, _ more: String = "") -> String {
        """
        "email":{"type":"smtp","url":"smtp://127.0.0.1:\(port)","tls":"none","private":true,\
        "from":"Acme <news@acme.example>"\(tail(more))}
        """
    }

    static func sms(_ port: Int, _ more: String = "", path: String = "/sms") -> String {
        """
        "sms":{"type":"sms","url":"http://127.0.0.1:\(port)\(path)","private":true,"from":"ACME",\
        "quietHours":"none","body":{"json":{"to":"{{to}}","text":"{{text}}","id":"{{id}}"}}\(tail(more))}
        """
    }

    static func telegram(_ port: Int, _ more: String = "") -> String {
        """
        "telegram":{"type":"telegram","token":{"env":"TOKEN"},"api":"http://127.0.0.1:\(port)","private":true,\
        "quietHours":"none"\(tail(more))}
        """
    }

    /// A webhook per contact.
    static func hook(_ port: Int, _ more: String = "", path: String = "/hook") -> String {
        """
        "hook":{"type":"webhook","url":"http://127.0.0.1:\(port)\(path)","private":true,"per":"contact",\
        "secret":{"env":"HOOK"},"quietHours":"none"\(tail(more))}
        """
    }

    /// Retries soon enough for a test.
    static let soon = #""retry":{"first":"50ms","cap":"200ms","within":"1h"}"#

    private static func tail(_ more: String) -> String {
        #","timeout":"5m","connectTimeout":"5m""# + (more.isEmpty ? "" : "," + more)
    }
}

extension PeerProcess {
    /// An HTTP server whose every path follows `script` (JSON).
    static func http(_ script: String = "{}") async throws -> PeerProcess {
        try await PeerProcess("http_peer.py", #"{"script":\#(script)}"#)
    }

    func requests() async throws -> [Entry] { try await entries("request") }

    /// The bodies of the requests to `path`.
    func bodies(_ path: String) async throws -> [String] {
        try await requests().filter { $0["path"]?.text == path }.map { $0["body"]?.text ?? "" }
    }
}
