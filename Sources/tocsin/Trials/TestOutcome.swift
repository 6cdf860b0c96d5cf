import Broadcast
import Foundation
import Storage

/// What became of a test, delivery by delivery.
struct TestOutcome {
    private let announcement: Announcement.ID
    private let rows: [Row]

    /// One delivery of a test.
    struct Row: Encodable {
        let contact: String
        let channel: String
        let address: String?
        /// As in reports.
        let state: DeliveryState
        /// Of a delivery that was skipped.
        let reason: SkipReason?
        /// What the provider said when it took it.
        let answer: String?
        /// The provider's own reference.
        let providerID: String?
        let fault: FaultText?
        /// Why nothing goes over the channel now.
        let hold: String?

        struct FaultText: Encodable {
            let code: String
            let detail: String
        }
    }

    private struct Result: Encodable {
        let id: Announcement.ID
        let deliveries: [Row]
        /// Public channels, to which no test goes.
        let leftOut: [ChannelName]
    }

    /// Reads it out of the journal of the test.
    init(
        of journal: TrialJournal, _ markings: Markings, _ facts: [ChannelFacts], _ session: Session
    ) async throws(CommandFailure) {
        announcement = journal.announcement.id
        let marks = Dictionary(
            uniqueKeysWithValues: facts.map { ($0.name, markings.mark(on: $0)?.why) })
        var rows: [Row] = []
        try await journal.each(
            { (entry) throws(CommandFailure) in
                rows.append(Row(entry, hold: marks[entry.delivery.channel] ?? nil))
            }, session)
        self.rows = rows
    }

    /// Whether everything that could be tested was handed over; an address that a contact has not is no failure.
    var isPassed: Bool {
        let tried = rows.filter { $0.reason != .noAddress }
        return !tried.isEmpty && tried.allSatisfy { $0.state.isReached }
    }

    /// Prints it.
    func show(_ places: [ChannelName], _ output: Output) {
        if output.isJSON {
            return output.result(json: Result(id: announcement, deliveries: rows, leftOut: places))
        }
        output.result(rows.map(\.text).joined(separator: "\n"))
    }
}

extension TestOutcome.Row {
    fileprivate init(_ entry: LedgerEntry, hold: String?) {
        let delivery = entry.delivery
        self.init(
            contact: entry.contact?.rawValue ?? "", channel: delivery.channel.rawValue,
            address: entry.address, state: delivery.state, reason: delivery.reason, answer: entry.answer,
            providerID: delivery.providerID,
            fault: delivery.fault.map { FaultText(code: $0.code.rawValue, detail: $0.detail) },
            hold: delivery.reason == .channelDown ? hold : nil)
    }

    /// A line for people.
    fileprivate var text: String {
        let place = address.map { " to \($0)" } ?? ""
        let end =
            switch state {
            case .accepted, .delivered:
                "handed over" + place + ((answer ?? providerID).map { " (\($0))" } ?? "")
            case .queued, .sending: (fault == nil ? "not tried" : "put off") + told
            case .skipped: "not sent" + told
            default: state.rawValue + told
            }
        return Paragraph.folded(Plain.text("\(contact) \(channel): \(end)", limit: 1000))
    }

    /// Why it was not handed over.
    private var told: String {
        if let fault { return ": \(fault.code): \(fault.detail)" }
        return reason.map { ": \($0.rawValue)" + (hold.map { " (\($0))" } ?? "") } ?? ""
    }
}
