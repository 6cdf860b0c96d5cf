import Templating

extension FuzzTarget {
    /// A mail's page: what is harmless once is left as it is, and neither tags nor styles load anything.
    static let inert = FuzzTarget("inert") { bytes in
        let once = InertHTML(String(decoding: bytes, as: UTF8.self))
        let twice = InertHTML(once.html)
        if twice.html != once.html { return "\(once.html) became \(twice.html)" }
        if twice.foreign > 0 || !twice.leftOut.isEmpty { return "\(once.html) holds \(twice.leftOut)" }
        let isShort = once.opening.unicodeScalars.count <= 141
        return isShort ? nil : "\(once.opening) is no opening"
    }
}
