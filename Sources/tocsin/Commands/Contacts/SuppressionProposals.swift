import Broadcast
import Dispatching
import Foundation
import Storage

extension Session {
    /// Shows the suppressions that wait for a person, and carries them out once somebody says yes.
    ///
    /// Where nobody can be asked they are only shown.
    func decideProposals(saysYes: Bool) async throws(CommandFailure) -> ExitCode {
        let store = try store()
        let now = clock.now().wall
        let (count, shown) = try await translating { () async throws(StoreError) in
            (try await store.proposalCount(), try await store.proposals(limit: Self.shownProposals))
        }
        show(shown, of: count)
        var applied = 0
        if count > 0 {
            if !saysYes, !output.canAsk {
                output.say("nothing was changed: --yes applies them")
            } else if try output.confirms("Never send to these addresses again?", saysYes: saysYes) {
                let answered = clock.now().wall
                applied = try await translating { () async throws(StoreError) in
                    try await store.applyProposals(until: now, now: answered)
                }
                output.say("\(applied) suppressed")
            }
        }
        if output.isJSON { output.result(json: Proposals(shown, count: count, applied: applied)) }
        return .success
    }

    /// Enough to see whether a relay was broken or addresses are old.
    private static let shownProposals = 1000

    private func show(_ proposals: [SuppressionProposal], of count: Int) {
        if output.isJSON { return }
        var table = TextTable([
            ("Contact", .left), ("Address", .left), ("Extent", .left), ("Why", .left), ("Who said so", .left),
        ])
        for proposal in proposals {
            table.add([
                proposal.contact.rawValue, proposal.address.display, proposal.suppression.extent.rawValue,
                proposal.suppression.reason.rawValue, proposal.suppression.source,
            ])
        }
        if !proposals.isEmpty { output.result(table.text()) }
        let rest = count > proposals.count ? ", of which \(proposals.count) are shown" : ""
        output.say("\(count) proposed" + rest)
    }
}

/// What `contacts suppress --proposed --json` prints.
private struct Proposals: Encodable {
    struct Proposal: Encodable {
        let contact: String
        let kind: AddressKind
        let address: String
        let extent: Suppression.Extent
        let reason: Suppression.Reason
        let source: String
        let since: String
    }

    let count: Int
    let applied: Int
    let proposals: [Proposal]

    init(_ proposals: [SuppressionProposal], count: Int, applied: Int) {
        self.count = count
        self.applied = applied
        self.proposals = proposals.map {
            Proposal(
                contact: $0.contact.rawValue, kind: $0.address.kind, address: $0.address.value,
                extent: $0.suppression.extent, reason: $0.suppression.reason, source: $0.suppression.source,
                since: TimeText.text(for: $0.suppression.since))
        }
    }
}
