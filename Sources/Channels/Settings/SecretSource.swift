/// Where secrets come from; the only hole through which reading a configuration touches the world.
public struct SecretSource: Sendable {
    /// The value of an environment variable; nil when it is not set.
    public var environment: @Sendable (String) -> String?
    /// The file at a path as written in the configuration, relative to it.
    public var file: @Sendable (String) -> SecretFile
    /// A path as written in the configuration, made absolute.
    public var absolutePath: @Sendable (String) -> String
    /// Whether secrets may stand in the configuration itself, because nobody else can read it.
    public var allowsLiterals: Bool
    /// Whether secrets are not looked at: something of the right shape stands for each, and nothing can be sent.
    public var withholdsSecrets = false
    /// Whether what lacks a secret is read all the same, with something of the right shape in its place.
    public var toleratesMissing = false

    /// What stands for a withheld secret: a bot token by its shape, long enough to sign with.
    static let standIn = "0:withheld-secret"

    /// A source.
    public init(
        environment: @escaping @Sendable (String) -> String?,
        file: @escaping @Sendable (String) -> SecretFile,
        absolutePath: @escaping @Sendable (String) -> String, allowsLiterals: Bool
    ) {
        self.environment = environment
        self.file = file
        self.absolutePath = absolutePath
        self.allowsLiterals = allowsLiterals
    }
}

/// What came of reading a file that should hold a secret.
public enum SecretFile: Sendable, Hashable {
    /// The bytes, and whether accounts other than the owner may read or write them.
    case contents([UInt8], isOpenToOthers: Bool)
    /// Why it cannot be read, as the rest of a sentence about the file: `does not exist`.
    case unreadable(String)
}
