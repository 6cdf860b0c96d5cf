import Broadcast

extension FuzzTarget {
    /// A proof as somebody hands it in.
    static let proof = FuzzTarget("proof") { bytes in
        guard let deliveries = try? deliveries(in: bytes) else { return nil }
        // Only what we have written holds, to the last byte.
        var written: [UInt8] = []
        for (number, line) in lines(of: bytes).enumerated() {
            guard case .object(var members)? = try? JSONValue(parsing: line) else { return "no object holds" }
            members["check"] = nil
            written += ProofLine.bytes(members, number: number + 1)
        }
        return written == bytes && deliveries >= 0 ? nil : "it holds, though it is not as we write"
    }

    private static func deliveries(in bytes: [UInt8]) throws(ProofAudit.Problem) -> Int {
        var audit = ProofAudit()
        let lines = lines(of: bytes)
        for line in lines.dropLast() { try audit.take(line) }
        return try audit.end(with: lines.last ?? []).deliveries
    }

    /// Each with its line end.
    private static func lines(of bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
            lines.append(Array(rest[..<end]))
            rest = rest[end...]
        }
        return lines
    }
}
