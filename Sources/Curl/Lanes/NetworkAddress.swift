import CCurl
import Glibc

/// Where a connection would really go, and whether that is in the open internet.
enum NetworkAddress: Hashable, CustomStringConvertible {
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)

    /// Nil for what is neither IPv4 nor IPv6.
    init?(family: Int32, socketAddress bytes: UnsafeRawBufferPointer) {
        switch family {
        case AF_INET where bytes.count >= MemoryLayout<sockaddr_in>.size:
            let address = unsafe bytes.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr
            self = .v4(UInt32(bigEndian: address))
        case AF_INET6 where bytes.count >= MemoryLayout<sockaddr_in6>.size:
            let address = unsafe bytes.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            let (high, low) = unsafe withUnsafeBytes(of: address) { bytes in
                unsafe (
                    bytes.loadUnaligned(as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                )
            }
            self = .v6(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
        default: return nil
        }
    }

    /// False for this machine, its networks, link-local, multicast and reserved ranges, and whatever embeds one.
    ///
    /// Source: IANA IPv4 and IPv6 Special-Purpose Address Registries,
    /// https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry.
    var isPublic: Bool {
        switch self {
        case .v4(let address):
            !Self.closedV4.contains { address >> (32 - $0.length) == $0.prefix >> (32 - $0.length) }
        case .v6(let high, let low): Self.isPublic(high, low)
        }
    }

    private static func isPublic(_ high: UInt64, _ low: UInt64) -> Bool {
        let embedded = NetworkAddress.v4(UInt32(truncatingIfNeeded: low))
        switch (high, low >> 32) {
        // ::/96 holds `::`, `::1` and IPv4-compatible addresses, ::ffff:0:0/96 IPv4-mapped ones.
        case (0, 0), (0, 0xFFFF): return low > 1 && embedded.isPublic
        // NAT64, 64:ff9b::/96.
        case (0x0064_FF9B_0000_0000, 0): return embedded.isPublic
        default: break
        }
        switch high >> 48 {
        // 6to4 carries the IPv4 address after its prefix.
        case 0x2002: return NetworkAddress.v4(UInt32(truncatingIfNeeded: high >> 16)).isPublic
        // Teredo, 2001::/32.
        case 0x2001: return high >> 32 != 0x2001_0000
        // Only 2000::/3 is global unicast: this leaves out fc00::/7, fe80::/10, fec0::/10, ff00::/8 and 64:ff9b:1::/48.
        default: return high >> 61 == 1
        }
    }

    private static let closedV4: [(prefix: UInt32, length: UInt32)] = [
        (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16),
        (0xAC10_0000, 12), (0xC000_0000, 24), (0xC0A8_0000, 16), (0xC612_0000, 15), (0xE000_0000, 4),
        (0xF000_0000, 4),
    ]

    var description: String {
        switch self {
        case .v4(let address):
            return (0..<4).map { String(address >> (24 - 8 * $0) & 0xFF) }.joined(separator: ".")
        case .v6(let high, let low):
            let groups = [high, low].flatMap { half in (0..<4).map { half >> (48 - 16 * $0) & 0xFFFF } }
            return groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
    }
}
