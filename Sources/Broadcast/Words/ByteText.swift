/// Amounts of bytes as people write them.
public enum ByteText {
    /// Such as `812 bytes`, `12 kB` or `1.2 MB`, of a thousand bytes each.
    public static func of(_ count: Int) -> String {
        guard count >= 1_000 else { return CountText.text(count, "byte", "bytes") }
        guard count >= 999_500 else { return "\((count + 500) / 1_000) kB" }
        let (unit, name) = count < 999_500_000 ? (1_000_000, "MB") : (1_000_000_000, "GB")
        let tenths = (count + unit / 20) / (unit / 10)
        guard tenths >= 100 else { return "\(tenths / 10).\(tenths % 10) \(name)" }
        return "\((count + unit / 2) / unit) \(name)"
    }
}
