import Channels
import Foundation

/// Reads the configuration from the disk: the thin shell around ``ConfigurationReader``.
public enum ConfigurationFile {
    /// What the file at `path` says.
    ///
    /// - Throws: every problem at once; when the file cannot be read, that.
    public static func configured(
        at path: String, environment: @escaping @Sendable (String) -> String?
    ) throws(ConfigurationError) -> Configured {
        try configured(at: path, environment: environment) { _ in }
    }

    /// The same where channels may lack secrets: those are read all the same, and say what is missing.
    ///
    /// - Throws: every other problem at once; when the file cannot be read, that.
    public static func usable(
        at path: String, environment: @escaping @Sendable (String) -> String?
    ) throws(ConfigurationError) -> Configured {
        try configured(at: path, environment: environment) { $0.toleratesMissing = true }
    }

    /// What the file at `path` says apart from its secrets, for commands that send nothing and need none.
    ///
    /// - Throws: every problem at once, those of secrets excepted; when the file cannot be read, that.
    public static func outline(at path: String) throws(ConfigurationError) -> Configured {
        try configured(at: path, environment: { _ in nil }) { $0.withholdsSecrets = true }
    }

    /// The channels of the file at `path` with which nothing is wrong; none when it cannot be read.
    public static func soundChannels(
        at path: String, environment: @escaping @Sendable (String) -> String?
    ) -> [ConfiguredChannel] {
        guard case .contents(let bytes, let isOpenToOthers) = read(path) else { return [] }
        let source = source(besides: path, environment: environment, allowsLiterals: !isOpenToOthers)
        return ConfigurationReader.soundChannels(bytes, file: path, source: source)
    }

    private static func configured(
        at path: String, environment: @escaping @Sendable (String) -> String?,
        adjusted: (inout SecretSource) -> Void
    ) throws(ConfigurationError) -> Configured {
        switch read(path) {
        case .unreadable(let why):
            let issue = ConfigurationIssue(.unreadable, at: "", "the configuration file \(why)")
            throw ConfigurationError(file: path, problems: [issue])
        case .contents(let bytes, let isOpenToOthers):
            var source = source(
                besides: path, environment: environment, allowsLiterals: !isOpenToOthers)
            adjusted(&source)
            return try ConfigurationReader.configured(bytes, file: path, source: source)
        }
    }

    /// Secrets and paths as a file at `path` means them.
    static func source(
        besides path: String, environment: @escaping @Sendable (String) -> String?, allowsLiterals: Bool
    ) -> SecretSource {
        let folder = URL(filePath: path).deletingLastPathComponent()
        let absolute = { @Sendable (text: String) in
            URL(filePath: text, relativeTo: folder).standardizedFileURL.path(percentEncoded: false)
        }
        return SecretSource(
            environment: environment, file: { read(absolute($0)) }, absolutePath: absolute,
            allowsLiterals: allowsLiterals)
    }

    /// The file at `path`; anything larger than a megabyte is neither configuration nor secret.
    static func read(_ path: String) -> SecretFile {
        let manager = FileManager.default
        guard let facts = try? manager.attributesOfItem(atPath: resolved(path)) else {
            return .unreadable("does not exist or cannot be reached")
        }
        guard facts[.type] as? FileAttributeType == .typeRegular else {
            return .unreadable("is no regular file")
        }
        guard let size = facts[.size] as? NSNumber, size.intValue <= 1 << 20 else {
            return .unreadable("is larger than 1 MiB")
        }
        guard let contents = manager.contents(atPath: path) else { return .unreadable("cannot be read") }
        let mode = (facts[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
        return .contents(Array(contents), isOpenToOthers: mode & 0o077 != 0)
    }

    /// The mode that counts is that of the file a link leads to.
    private static func resolved(_ path: String) -> String {
        URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
    }
}
