/// The names people give to things: at most 64 of `A-Z a-z 0-9 _ -`, so that they are safe in paths, URLs and headers.
public protocol ShortName: RawRepresentable, Hashable, Comparable, Sendable, Codable, CustomStringConvertible
where RawValue == String {
    /// Wraps a name that has been found valid.
    init(valid rawValue: String)
}

extension ShortName {
    /// Nil unless `rawValue` is 1 to 64 characters of `A-Z a-z 0-9 _ -`.
    public init?(rawValue: String) {
        let isAllowed = { (byte: UInt8) in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard (1...64).contains(rawValue.utf8.count), rawValue.utf8.allSatisfy(isAllowed) else { return nil }
        self.init(valid: rawValue)
    }

    /// The name itself.
    public var description: String { rawValue }

    /// Orders names by their bytes.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The name of a template, such as `outage`.
public struct TemplateName: ShortName {
    /// The name of its folder.
    public let rawValue: String

    /// Wraps a name that has been found valid.
    public init(valid rawValue: String) { self.rawValue = rawValue }
}

/// The name of a configured way out, such as `email` or `sms`.
public struct ChannelName: ShortName {
    /// The name as configured.
    public let rawValue: String

    /// Wraps a name that has been found valid.
    public init(valid rawValue: String) { self.rawValue = rawValue }
}
