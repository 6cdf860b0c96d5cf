import Broadcast
import Foundation
import Storage
import TestPeers
import Testing

struct ProposalCommandTests {
    private static let start = Date(timeIntervalSince1970: 1_780_000_000)

    /// Two people, of whose addresses a relay has said that they do not exist.
    private func program() async throws -> Program {
        let program = try Program.configured()
        try await program.takeOver("id,email\nanna,anna@acme.example\nbob,bob@acme.example\n")
        let store = try Store.open(program.path("tocsin.db"), now: Self.start)
        let name = ChannelName(valid: "email")
        let retry = RetryPolicy(first: .seconds(1), cap: .seconds(60), within: .seconds(3600))
        let traits = ChannelTraits(audience: .direct(.email), form: .email, unknown: .retry, retry: retry)
        let content = FrozenContent(
            template: "outage", files: [:], variables: [:], sender: Sender(name: "Acme"))
        let said = Announcement(
            id: Announcement.ID(valid: "out"), content: content, audience: "all", createdAt: Self.start)
        let facts = ChannelFacts(name: name, kind: "smtp", company: "Acme", traits: traits)
        _ = try await store.accept(said, digest: "d", over: [facts], named: .chosen)
        let members = try await store.members(try await store.selection(.all))
        let deliveries = Planner(said, over: [PlanningChannel(facts)], order: []).deliveries(
            for: members.map(\.planning))
        let run = try await store.plan(deliveries, in: try await store.beginPlanning(said.id))
        _ = try await store.finishPlanning(run, as: .running, now: Self.start)
        let lease = try await store.acquireLease(
            as: "test", at: BootTime(boot: "b", uptime: .zero), for: .seconds(30))
        let claimed = try await store.claim(name, limit: 9, token: lease.token, now: Self.start)
        let order = Broadcast.Outcome.Suppress(
            .all, .bounce, source: "email address-unknown", isProposed: true)
        let gone = Fault(.recipient, .addressUnknown, "550")
        let outcomes = claimed.map { Broadcast.Outcome($0.id, .refused(gone), suppress: order) }
        _ = try await store.settle(outcomes, token: lease.token, now: Self.start)
        try await store.release(lease)
        return program
    }

    @Test func `proposed suppressions are shown, and hold only once somebody said yes`() async throws {
        let program = try await program()
        let shown = try await program.run("contacts", "suppress", "--proposed")
        #expect(shown.exit == 0)
        #expect(shown.output.contains("anna@acme.example") && shown.output.contains("email address-unknown"))
        #expect(shown.complaints == ["2 proposed", "nothing was changed: --yes applies them"])
        let applied = try await program.run("contacts", "suppress", "--proposed", "--yes", "--json").json()
        #expect(applied["applied"] == .number("2"))
        #expect(applied["proposals"].items.map { $0["contact"].text } == ["anna", "bob"])
        let anna = try await program.run("contacts", "show", "anna", "--json").json()["0"]
        #expect(anna["suppressions"]["0"]["reason"].text == "bounce")
        #expect(try await program.run("contacts", "suppress", "--proposed").complaints == ["0 proposed"])
    }

    @Test func `on a terminal anything but yes changes nothing`() async throws {
        let program = try await program()
        let asked = try await program.runOnTerminal("contacts", "suppress", "--proposed", typing: "n\n")
        #expect(asked.exit == 0)
        let left = try await program.run("contacts", "suppress", "--proposed", "--json").json()
        #expect(left["count"] == .number("2") && left["applied"] == .number("0"))
    }
}
