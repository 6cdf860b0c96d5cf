public import Broadcast

/// Writes what became of people's deliveries as a list, a line for each delivery: UTF-8, `,`, LF, no formulas.
public struct ReportListWriter: Sendable {
    private static let columns = [
        "id", "name", "standing", "channel", "state", "reason", "attempts", "settledAt", "nextAt",
    ]

    /// A writer.
    public init() {}

    /// The first line.
    public var header: [UInt8] {
        var line: [UInt8] = []
        ListLine.append(Self.columns, to: &line)
        return line
    }

    /// The lines of these people; one who has no delivery at all has one line.
    public func lines(_ people: [ReportedContact]) -> [UInt8] {
        var lines: [UInt8] = []
        lines.reserveCapacity(people.count * 200)
        for person in people {
            let start = [person.id?.rawValue ?? "", person.name, person.standing.rawValue]
            if person.deliveries.isEmpty {
                ListLine.append(start + Self.columns.dropFirst(3).map { _ in "" }, to: &lines)
            }
            for delivery in person.deliveries {
                ListLine.append(start + Self.cells(of: delivery), to: &lines)
            }
        }
        return lines
    }

    private static func cells(of delivery: ReportedDelivery) -> [String] {
        [
            delivery.channel.rawValue, delivery.state.rawValue, delivery.why ?? "", String(delivery.attempts),
            delivery.settledAt.map(TimeText.text) ?? "", delivery.nextAt.map(TimeText.text) ?? "",
        ]
    }
}
