/// How many deliveries of a channel stand in one state because of one fault.
public struct FaultCount: Sendable, Hashable, Encodable {
    /// Where they stand; never handed over.
    public var state: DeliveryState
    /// What their last attempt found, such as `connect-failed`.
    public var code: String
    /// How many they are.
    public var count: Int
    /// What was said of one of them, such as `550 5.1.1 no such user`; others may differ in words.
    public var example: String

    /// A count.
    public init(state: DeliveryState, code: String, count: Int, example: String) {
        self.state = state
        self.code = code
        self.count = count
        self.example = example
    }
}
