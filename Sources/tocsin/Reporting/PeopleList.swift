import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage

/// The people of a report with what became of each of their deliveries, in memory of one page.
struct PeopleList {
    let id: Announcement.ID
    /// Nil for everybody.
    let standing: ReportedContact.Standing?
    /// The channels as they stand; empty without a configuration.
    let channels: [ChannelName: ChannelStanding]
    let session: Session
    let store: Store
    private let zone: TimeZone

    /// The people of `id` as `session` finds them.
    ///
    /// Without a configuration, or with one that cannot be read, nobody knows what holds a channel; the list is shown
    /// all the same.
    init(
        of id: Announcement.ID, _ standing: ReportedContact.Standing?, _ session: Session, _ store: Store
    ) async throws(CommandFailure) {
        let configured: Configured?
        do throws(CommandFailure) { configured = try session.described() } catch { configured = nil }
        var channels: [ChannelName: ChannelStanding] = [:]
        if let configured {
            let standings = try await session.translating { () async throws(StoreError) in
                try await ChannelStanding.all(of: id, in: store, configured, by: session.clock)
            }
            for channel in standings { channels[channel.facts.name] = channel }
        }
        self.channels = channels
        zone = configured?.zone ?? .gmt
        (self.id, self.standing, self.session, self.store) = (id, standing, session, store)
    }

    /// Prints them: lines for people, or one JSON array.
    func show() async throws(CommandFailure) {
        let output = session.output
        var array = JSONArrayWriter()
        let count = try await eachPage { (people) throws(CommandFailure) in
            if output.isJSON {
                for person in people { output.result(bytes: array.element(json(of: person))) }
            } else {
                output.result(people.map(line).joined(separator: "\n"))
            }
        }
        if output.isJSON { output.result(bytes: array.end) }
        output.say(said(count))
        if standing == .unknown { try await sayDoubts() }
    }

    /// Whoever was told another way is not unknown, so that only the whole list names what is in doubt with them.
    private func sayDoubts() async throws(CommandFailure) {
        let (store, id) = (store, id)
        let report = try await session.translating { () async throws(StoreError) in
            try await store.report(id)
        }
        let count = report.channels.values.reduce(0) { $0 + $1.count(.unknown) }
        guard count > 0 else { return }
        session.output.say(
            "\(CountText.deliveries(count)) unknown; those to people who were reached another way are listed by "
                + Paragraph.command("tocsin report \(id) --csv FILE"))
    }

    /// Writes them as CSV into the file `path`, which only its owner can read.
    func write(to path: String, replacing: Bool) async throws(CommandFailure) {
        let writer = ReportListWriter()
        let count = try await ListSink.fill(path, as: .list, replaces: replacing) {
            (sink) async throws(CommandFailure) in
            try sink.write(writer.header)
            return try await eachPage { (people) throws(CommandFailure) in
                try sink.write(writer.lines(people))
            }
        }
        session.output.say("\(said(count)) in \(Plain.text(path))")
    }

    private func said(_ count: Int) -> String {
        standing.map { "\(count) \($0.rawValue)" } ?? CountText.people(count)
    }

    private func eachPage(
        _ body: ([ReportedContact]) throws(CommandFailure) -> Void
    ) async throws(CommandFailure) -> Int {
        var count = 0
        var after: Int64?
        repeat {
            let from = after
            let page = try await session.translating { () async throws(StoreError) in
                try await store.people(of: id, standing: standing, after: from)
            }
            count += page.people.count
            if !page.people.isEmpty { try body(page.people.map(held)) }
            after = page.next
        } while after != nil
        return count
    }

    // MARK: One person

    /// What is queued for a channel that is marked down, or rests, is not tried before that ends.
    private func held(_ person: ReportedContact) -> ReportedContact {
        var person = person
        for (index, delivery) in person.deliveries.enumerated() where delivery.state == .queued {
            guard let channel = channels[delivery.channel], let next = delivery.nextAt else { continue }
            person.deliveries[index].nextAt = channel.delayed(next)
        }
        return person
    }

    /// Why a delivery stands where it does: a mark, or a rest, stands before the fault of the last attempt.
    private func why(_ delivery: ReportedDelivery, in zone: TimeZone?) -> String? {
        guard delivery.state == .queued, let channel = channels[delivery.channel] else { return delivery.why }
        let cause = channel.cause(in: zone)
        return channel.mark == nil && channel.rest == nil ? delivery.why ?? cause : cause
    }

    private func json(of person: ReportedContact) -> JSONValue {
        .object([
            "id": person.id.map { .string($0.rawValue) } ?? .null, "name": .string(person.name),
            "standing": .string(person.standing.rawValue),
            "deliveries": .array(person.deliveries.map { ContactJSON.value(of: $0, why: why($0, in: nil)) }),
        ])
    }

    private func line(_ person: ReportedContact) -> String {
        let name = person.name.isEmpty ? "" : " \(person.name)"
        let ways = person.deliveries.map { delivery in
            "\(delivery.channel) \(delivery.state.word)"
                + (why(delivery, in: zone).map { " (\($0))" } ?? "")
        }
        let head = Plain.text("\(person.id?.rawValue ?? "(erased)")\(name)", limit: 58) + ": "
        return Paragraph.hanging(
            head, Plain.text(ways.isEmpty ? "nothing planned" : ways.joined(separator: "; "), limit: 1000))
    }
}

/// Writes a JSON array element by element, so that it never stands in memory as a whole.
private struct JSONArrayWriter {
    private var isEmpty = true

    /// The next element, and what parts it from the one before.
    mutating func element(_ value: JSONValue) -> [UInt8] {
        defer { isEmpty = false }
        return Array((isEmpty ? "[\n" : ",\n").utf8) + value.compact
    }

    /// What ends the array.
    var end: [UInt8] { Array((isEmpty ? "[]\n" : "\n]\n").utf8) }
}
