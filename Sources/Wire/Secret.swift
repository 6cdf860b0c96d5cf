/// A value that is never printed, logged or stored.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let value: String

    /// Hides `value`.
    public init(_ value: String) { self.value = value }

    /// The value itself, for the one place that puts it on the wire.
    public func reveal() -> String { value }

    /// Always the same placeholder.
    public var description: String { Redactor.placeholder }

    /// Always the same placeholder.
    public var debugDescription: String { Redactor.placeholder }

    /// Empty, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
