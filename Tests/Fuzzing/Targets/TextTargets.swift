import Broadcast

extension FuzzTarget {
    /// An audience as `--to` takes it.
    static let audience = FuzzTarget("audience") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        guard let first = try? Audience(parsing: text, channels: KnownChannels()) else { return nil }
        // What we print is what we read: a plan names its audience so.
        guard let second = try? Audience(parsing: first.description, channels: KnownChannels()) else {
            return "\(first) cannot be read again"
        }
        return second.description == first.description ? nil : "\(first) became \(second)"
    }

    /// JSON from anywhere.
    static let json = FuzzTarget("json") { bytes in
        guard let first = try? JSONValue(parsing: bytes) else { return nil }
        guard let second = try? JSONValue(parsing: first.compact), first == second else {
            return "\(first.pretty) is not read again as it was written"
        }
        return nil
    }

    /// Every kind of address: what is canonical stays as it is.
    static let address = FuzzTarget("address") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        for kind in AddressKind.allCases {
            guard let address = try? Address(kind, parsing: text, region: try? PhoneRegion("IT")) else {
                continue
            }
            // It is printed and imported again.
            guard (try? Address(kind, parsing: address.value)) == address else {
                return "\(kind) \(address) is not read again as it was written"
            }
            let hasControl = address.value.utf8.contains { $0 < 0x20 || $0 == 0x7F }
            if hasControl { return "a control in \(address.value.debugDescription)" }
        }
        return nil
    }
}
