import Broadcast

/// A webhook's own body: a parsed tree whose texts are programs; it is filled leaf by leaf, never as text.
indirect enum JSONTemplate: Sendable {
    case fixed(JSONValue)
    case text(Program)
    case array([JSONTemplate])
    case object([String: JSONTemplate])

    /// The tree for one reader.
    func filled(for reader: Reader, parts: Parts) throws(UnfitValue) -> JSONValue {
        switch self {
        case .fixed(let value): return value
        case .text(let program):
            var bytes: [UInt8] = []
            try program.append(to: &bytes, for: reader, parts: parts)
            return .string(String(decoding: bytes, as: UTF8.self))
        case .array(let items):
            var values: [JSONValue] = []
            for item in items { values.append(try item.filled(for: reader, parts: parts)) }
            return .array(values)
        case .object(let members):
            var values: [String: JSONValue] = [:]
            for (key, member) in members { values[key] = try member.filled(for: reader, parts: parts) }
            return .object(values)
        }
    }

    /// Of every text in it.
    var programs: [Program] {
        switch self {
        case .fixed: []
        case .text(let program): [program]
        case .array(let items): items.flatMap(\.programs)
        case .object(let members): members.sorted { $0.key < $1.key }.flatMap(\.value.programs)
        }
    }

    /// Adds every value this reader lacks.
    func collectUnfit(for reader: Reader, parts: Parts, into unfit: inout [UnfitValue]) {
        switch self {
        case .fixed: break
        case .text(let program): program.collectUnfit(for: reader, parts: parts, into: &unfit)
        case .array(let items):
            for item in items { item.collectUnfit(for: reader, parts: parts, into: &unfit) }
        case .object(let members):
            for member in members.values { member.collectUnfit(for: reader, parts: parts, into: &unfit) }
        }
    }
}
