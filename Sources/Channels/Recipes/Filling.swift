import Broadcast

/// A text with places to fill in, ready to be appended to a request in one pass; what was filled in is never read again.
struct Filling: Sendable, Hashable {
    /// How a value is written where it stands.
    enum Encoding: Sendable, Hashable {
        /// Inside a JSON string.
        case json
        /// In `application/x-www-form-urlencoded`.
        case form
        /// As one component of a URL; may not be empty.
        case url
        /// In a header; may hold no control character.
        case header
        /// As it is.
        case plain
    }

    /// A stretch of the text.
    enum Piece: Sendable, Hashable {
        case literal([UInt8])
        case field(FillingName, Encoding)
    }

    private(set) var pieces: [Piece] = []

    /// A text without places to fill in.
    init(literal: some Sequence<UInt8> = []) { append(literal) }

    /// Adds fixed text.
    mutating func append(_ literal: some Sequence<UInt8>) {
        let bytes = Array(literal)
        guard !bytes.isEmpty else { return }
        if case .literal(let before)? = pieces.last {
            pieces[pieces.count - 1] = .literal(before + bytes)
        } else {
            pieces.append(.literal(bytes))
        }
    }

    /// Adds a place to fill in.
    mutating func append(_ name: FillingName, _ encoding: Encoding) { pieces.append(.field(name, encoding)) }

    /// Adds another filling.
    mutating func append(_ other: Filling) {
        for piece in other.pieces {
            switch piece {
            case .literal(let bytes): append(bytes)
            case .field(let name, let encoding): append(name, encoding)
            }
        }
    }

    /// The fixed text with `x` in each place: what a check of its shape may look at.
    var shape: String {
        pieces.map { piece in
            if case .literal(let bytes) = piece { String(decoding: bytes, as: UTF8.self) } else { "x" }
        }.joined()
    }

    /// Appends the text as it is for `delivery`.
    func append(for delivery: OutboundDelivery, stamps: StampCache, to bytes: inout [UInt8]) throws(Fault) {
        for piece in pieces {
            switch piece {
            case .literal(let literal): bytes += literal
            case .field(let name, let encoding):
                try Self.append(name.value(in: delivery, stamps: stamps), encoding, to: &bytes)
            }
        }
    }

    /// The text as it is for `delivery`.
    func text(for delivery: OutboundDelivery, stamps: StampCache) throws(Fault) -> String {
        var bytes: [UInt8] = []
        try append(for: delivery, stamps: stamps, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends `value` so that it cannot leave the place it stands in.
    static func append(_ value: [UInt8], _ encoding: Encoding, to bytes: inout [UInt8]) throws(Fault) {
        switch encoding {
        case .json: JSONValue.appendEscaped(value, to: &bytes)
        case .form: appendPercentEncoded(value, blank: UInt8(ascii: "+"), to: &bytes)
        case .url:
            guard !value.isEmpty else {
                throw Fault(.message, .valueMissing, "the URL needs a value that this contact does not have")
            }
            // A lone dot segment would name another resource than the one configured.
            guard value != Array(".".utf8), value != Array("..".utf8) else {
                throw Fault(.message, .valueUnsuitable, "a value for the URL is a dot segment")
            }
            appendPercentEncoded(value, blank: nil, to: &bytes)
        case .header:
            guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw Fault(
                    .message, .valueUnsuitable, "a value for a header holds a line break or a control")
            }
            bytes += value
        case .plain: bytes += value
        }
    }

    /// Keeps the unreserved characters of RFC 3986, section 2.3.
    private static func appendPercentEncoded(_ value: [UInt8], blank: UInt8?, to bytes: inout [UInt8]) {
        for byte in value {
            if PercentEncoding.isUnreserved(byte) {
                bytes.append(byte)
            } else if byte == 0x20, let blank {
                bytes.append(blank)
            } else {
                PercentEncoding.append(byte, to: &bytes)
            }
        }
    }
}
