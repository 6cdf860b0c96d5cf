import Broadcast
import Foundation
import Testing

@testable import Storage

/// A suite about one announcement that ends another, `outage`.
protocol ClosingScene: Sendable {
    var store: Store { get }
}

extension ClosingScene {
    var notice: Announcement.ID { Announcement.ID(valid: "outage") }
    var solved: Announcement.ID { Announcement.ID(valid: "solved") }
    var fault: Fault { Fault.sample() }

    func notice(_ people: [String], _ deliveries: [Delivery]) async throws -> Int64 {
        try await store.seed(people)
        try await store.planned(deliveries)
        return try await store.lead()
    }

    func begun(
        _ id: Announcement.ID? = nil, reach: Reach = .every, over facts: [ChannelFacts] = ChannelFacts.samples
    ) async throws -> (run: PlanningRun, planner: Planner) {
        var announcement = Announcement.sample(id?.rawValue ?? "solved", reach: reach)
        announcement.closes = notice
        _ = try await store.accept(
            announcement, digest: announcement.id.rawValue, over: facts, named: .chosen)
        let planner = Planner(
            announcement, over: facts.map { PlanningChannel($0) }, order: [.email, .sms, .status])
        return (try await store.beginPlanning(announcement.id), planner)
    }

    static func deliveries(for told: NewlyTold, _ planner: Planner) -> [Delivery] {
        planner.publicDeliveries.filter { told.places.contains($0.channel) }
            + told.unplanned(of: planner.deliveries(for: told.people))
    }

    /// Plans for whom it finds, page by page of `limit`.
    func planned(
        _ begun: (run: PlanningRun, planner: Planner), limit: Int = 1000
    ) async throws -> PlanningRun {
        var run = begun.run
        var after: Int64? = 0
        while let from = after {
            let told = try await store.newlyTold(in: run, after: from, limit: limit)
            run = try await store.plan(
                Self.deliveries(for: told, begun.planner), in: run.meeting(told))
            after = told.next
        }
        return run
    }

    func finish(
        _ run: PlanningRun, _ planner: Planner, by id: Announcement.ID? = nil
    ) async throws -> Closing {
        try await store.finishClosing(run, notice, by: id ?? solved, now: start + 1) { told in
            LastTold(Self.deliveries(for: told, planner), cost: nil)
        }
    }

    /// Hands everything over that waits of `outage` on a channel.
    func tell(_ channel: ChannelName, token: Int64) async throws {
        let sent = try await store.send(channel, limit: 99, token: token, now: start)
        _ = try await store.settle(
            sent.map { Outcome($0.id, .accepted(providerID: nil)) }, token: token, now: start)
    }

    /// The token of a dispatcher that takes over a minute later, when the lease of the first has run out.
    func overtake() async throws -> Int64 {
        try await store.acquireLease(
            as: "next", at: BootTime(boot: "b", uptime: .seconds(60)), for: .seconds(30)
        ).token
    }

    @discardableResult
    func close(reach: Reach = .every) async throws -> Closing {
        let begun = try await begun(reach: reach)
        return try await finish(try await planned(begun), begun.planner)
    }
}
