/// Numbers of things as people write them.
public enum CountText {
    /// Such as `1 delivery` or `2 deliveries`.
    public static func text(_ count: Int, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }

    /// Such as `1 delivery`.
    public static func deliveries(_ count: Int) -> String { text(count, "delivery", "deliveries") }

    /// Such as `1 person`.
    public static func people(_ count: Int) -> String { text(count, "person", "people") }
}
