/// What a plan warns of that stops nothing, such as a text that its readers see as nobody meant it.
public struct PlanWarning: Sendable, Hashable, Encodable {
    /// Stable; the same that `check` gives it.
    public let code: String
    /// One line, with its place where it has one.
    public let message: String
    /// Whether it was told before there was a plan.
    public let wasTold: Bool

    private enum CodingKeys: String, CodingKey { case code, message }

    /// A warning that is told with the plan, unless it `wasTold` before.
    public init(_ code: String, _ message: String, wasTold: Bool = false) {
        self.code = code
        self.message = message
        self.wasTold = wasTold
    }
}
