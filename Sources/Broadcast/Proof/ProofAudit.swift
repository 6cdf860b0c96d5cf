internal import Foundation

/// Reads a proof line by line and finds where it is not what was signed; needs no store.
public struct ProofAudit: ~Copyable {
    /// Where a proof fails, and why.
    public struct Problem: Error, Sendable, Hashable {
        /// Counted from 1.
        public let line: Int
        /// What is wrong there.
        public let what: String
    }

    /// What a whole proof says of itself.
    public struct Finding: Sendable {
        /// The first line: the announcement and its counts.
        public let head: ProofHead
        /// How many deliveries follow it.
        public let deliveries: Int
    }

    private let sum = SHA256Stream()
    private var head: ProofHead?
    /// What the first line counts on each channel, by state, and by reason of what was skipped.
    private var said: [String: [String: Int]] = [:]
    /// The same of the lines below: nothing that the first line does not name.
    private var found: [String: [String: Int]] = [:]
    private var lines = 0

    /// Begins before the first line.
    public init() {}

    /// Looks at the next line, its line end included; it is not the last one.
    public mutating func take(_ line: [UInt8]) throws(Problem) {
        let tree = try read(line)
        sum.add(line)
        if lines == 1 { return try begin(tree) }
        guard tree.member("kind").string == "delivery" else {
            throw problem("is no delivery, and only the last line may be something else")
        }
        let channel = tree.member("channel").string
        guard let counts = said[channel] else {
            throw problem("is of the channel \(Excerpt.of(channel)), of which line 1 counts nothing")
        }
        guard let state = DeliveryState(rawValue: tree.member("state").string) else {
            throw problem("holds no state of a delivery")
        }
        let count = state == .skipped ? Self.skipped(tree.member("reason").string) : state.rawValue
        guard counts[count] != nil else {
            throw problem("gives a reason of which line 1 counts nothing")
        }
        found[channel, default: [:]][count, default: 0] += 1
    }

    /// Looks at the last line, and at what only the whole shows.
    public consuming func end(with line: [UInt8]) throws(Problem) -> Finding {
        let last = try read(line)
        guard last.member("kind").string == "signature" else {
            throw problem("is the last, and no signature: the file was cut")
        }
        guard let head else { throw problem("is the only one: the file was cut") }
        let deliveries = lines - 2
        guard last.member("deliveries").string == String(deliveries) else {
            throw problem(
                "speaks of \(last.member("deliveries").string) deliveries, and \(deliveries) stand above it")
        }
        try compare()
        let number = lines
        let sum = sum.hex()
        guard last.member("sha256").string == sum else {
            throw Problem(line: number, what: "holds another SHA-256 than the lines above it have (\(sum))")
        }
        let signature = Data(base64Encoded: last.member("signature").string) ?? Data()
        guard head.key.confirms(Array(signature), of: ProofLine.statement(sum)) else {
            throw Problem(line: number, what: "holds a signature that the key of line 1 has not made")
        }
        return Finding(head: head, deliveries: deliveries)
    }

    private mutating func read(_ line: [UInt8]) throws(Problem) -> JSONValue {
        lines += 1
        guard line.last == UInt8(ascii: "\n") else { throw problem("has no end: the file was cut") }
        guard ProofLine.isWhole(line) else {
            let isOurs = lines > 1 || Data(line).firstRange(of: Data(Self.formatMember.utf8)) != nil
            throw problem(isOurs ? "was changed: its check does not fit it" : Self.noProof)
        }
        let tree: JSONValue
        do {
            let maxBytes = lines == 1 ? ProofLine.maxHeadBytes : ProofLine.maxBytes
            tree = try JSONValue(parsing: line, maxBytes: maxBytes, maxValues: ProofLine.maxValues)
        } catch {
            throw problem("\(lines == 1 ? Self.noProof : "is none of a proof"): it \(error.reason)")
        }
        if lines == 1, tree.member("format").string != ProofLine.format { throw problem(Self.noProof) }
        guard tree.member("line").string == String(lines) else {
            throw problem(
                "was written as line \(tree.member("line").string): lines were taken out, added or moved")
        }
        return tree
    }

    private static let formatMember = "\"format\":\"\(ProofLine.format)\""
    private static let noProof = "is not how a proof of Tocsin begins"

    private mutating func begin(_ tree: JSONValue) throws(Problem) {
        let version = tree.member("version").string
        guard version == String(ProofLine.version) else {
            throw problem("is of version \(version), this Tocsin knows \(ProofLine.version): update it")
        }
        for source in tree.member("sources").elements {
            let text = Array(source.member("text").string.utf8)
            guard source.member("sha256").string == KeyedMessage.hex(SHA256.digest(text)) else {
                throw problem("holds another text of \(source.member("path").string) than its SHA-256 says")
            }
        }
        head = try ProofHead(tree)
        let channels = tree.member("report").member("channels")
        for name in channels.names { said[name] = try counts(of: channels.member(name), name) }
    }

    /// What the first line counts on one channel; its deliveries in all have to be their sum.
    private borrowing func counts(of channel: JSONValue, _ name: String) throws(Problem) -> [String: Int] {
        var counts: [String: Int] = [:]
        for state in DeliveryState.allCases where state != .skipped {
            counts[state.rawValue] = try number(channel.member(state.rawValue), state.rawValue, name)
        }
        let skipped = channel.member("skipped")
        for reason in skipped.names {
            counts[Self.skipped(reason)] = try number(skipped.member(reason), Self.skipped(reason), name)
        }
        let (planned, sum) = (
            try number(channel.member("planned"), "planned", name), counts.values.reduce(0, +)
        )
        guard planned == sum else {
            throw problem(
                "speaks of \(planned) deliveries on \(Excerpt.of(name)), and of \(sum) by their states")
        }
        return counts
    }

    private borrowing func number(
        _ value: JSONValue, _ what: String, _ channel: String
    ) throws(Problem) -> Int {
        guard let number = Int32(value.string), number >= 0 else {
            throw problem("holds no count of deliveries as \(Excerpt.of(what)) on \(Excerpt.of(channel))")
        }
        return Int(number)
    }

    private static func skipped(_ reason: String) -> String { "skipped \(reason)" }

    /// The counts of the first line against the lines themselves.
    private borrowing func compare() throws(Problem) {
        for (channel, counts) in said.sorted(by: { $0.key < $1.key }) {
            for (count, number) in counts.sorted(by: { $0.key < $1.key }) {
                let lines = found[channel]?[count] ?? 0
                guard number != lines else { continue }
                throw Problem(
                    line: 1, what: "counts \(number) \(count) on \(channel), the lines below \(lines)")
            }
        }
    }

    private borrowing func problem(_ what: String) -> Problem { Problem(line: lines, what: what) }
}
