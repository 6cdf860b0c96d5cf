/// Numbers of things as people write them.
public enum CountText {
    /// Such as `1 delivery` or `2,000 deliveries`.
    public static func text(_ count: Int, _ one: String, _ many: String) -> String {
        "\(grouped(count)) \(count == 1 ? one : many)"
    }

    /// Such as `1 delivery`.
    public static func deliveries(_ count: Int) -> String { text(count, "delivery", "deliveries") }

    /// Such as `4,310`.
    public static func grouped(_ count: Int) -> String {
        let digits = String(abs(count))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return count < 0 ? "-\(text)" : text
    }

    /// Such as `1 person`.
    public static func people(_ count: Int) -> String { text(count, "person", "people") }
}
