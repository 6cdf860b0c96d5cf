/// Hosts that mean something else, or nothing, to whoever is not in the author's network.
enum OwnNetwork {
    /// Endings that no registry gives away.
    ///
    /// Source: https://www.rfc-editor.org/rfc/rfc6762#appendix-G, https://www.rfc-editor.org/rfc/rfc6761,
    /// https://www.rfc-editor.org/rfc/rfc8375, https://www.icann.org/en/board-activities-and-meetings/materials/approved-resolutions-special-meeting-of-the-icann-board-29-07-2024-en
    /// (2026-11).
    private static let endings: Set<Substring> = [
        "local", "localhost", "localdomain", "internal", "intranet", "private", "corp", "home", "lan",
    ]

    /// Whether `host`, an IPv6 address in brackets, leads nowhere from elsewhere.
    static func holds(_ host: String) -> Bool {
        if host.hasPrefix("[") { return isOwn(six: host.dropFirst().prefix { $0 != "]" }.lowercased()) }
        let labels = host.lowercased().split(separator: ".")
        let numbers = labels.compactMap { UInt8($0) }
        if numbers.count == 4, labels.count == 4 { return isOwn(four: numbers) }
        guard let last = labels.last, labels.count > 1 else { return true }
        return endings.contains(last) || labels.suffix(2) == ["home", "arpa"]
    }

    /// Source: https://www.iana.org/assignments/iana-ipv4-special-registry/ (2026-11).
    private static func isOwn(four: [UInt8]) -> Bool {
        switch (four[0], four[1]) {
        case (0, _), (10, _), (127, _), (169, 254), (172, 16...31), (192, 168), (100, 64...127): true
        default: false
        }
    }

    /// Source: https://www.iana.org/assignments/iana-ipv6-special-registry/ (2026-11).
    private static func isOwn(six: String) -> Bool {
        let four = six.split(separator: ":").last?.split(separator: ".").compactMap { UInt8($0) } ?? []
        if six.hasPrefix("::ffff:"), four.count == 4 { return isOwn(four: four) }
        if six == "::" || six == "::1" { return true }
        guard let first = UInt16(six.prefix { $0 != ":" }, radix: 16) else { return false }
        return first & 0xFE00 == 0xFC00 || first & 0xFFC0 == 0xFE80
    }
}
