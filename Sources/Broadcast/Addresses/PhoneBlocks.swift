/// Doubts about the phone numbers of a long list, where asking the numbering plan for each would take longer than all
/// else that is done with a row.
///
/// Plans are handed out in blocks: ten thousand numbers in a row are taken for the same kind of line.
public struct PhoneBlocks: Sendable {
    private static let most = 50_000
    private var lines: [UInt64: PhoneLine] = [:]

    /// No block has been asked for yet.
    public init() {}

    /// As ``Address/doubt``.
    public mutating func doubt(about phone: Address) -> String? {
        let digits = phone.value.utf8.dropFirst().dropLast(4)
        let block = digits.reduce(UInt64(phone.value.utf8.count)) { $0 &* 10 &+ UInt64($1 & 0x0F) }
        if let line = lines[block] { return phone.doubt(for: line) }
        guard let line = phone.line else { return nil }
        if lines.count == Self.most { lines.removeAll(keepingCapacity: true) }
        lines[block] = line
        return phone.doubt(for: line)
    }
}
