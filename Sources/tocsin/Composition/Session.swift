import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage
import Templating

/// What every command works with: the world outside, and what the common options choose of it.
struct Session: Sendable {
    let output: Output
    let clock: Clockwork
    let environment: [String: String]
    /// Where signals are heard; nil in commands that they simply end.
    var interruption: Interruption?
    private let configPath: String?
    private let templatesPath: String?
    private let storePath: String?

    /// The session of one command line.
    init(_ invocation: Invocation) {
        output = Output(isJSON: invocation.isSet("json"))
        clock = .system
        environment = ProcessInfo.processInfo.environment
        configPath = invocation.value("config")
        templatesPath = invocation.value("templates")
        storePath = invocation.value("store")
    }

    /// Who this process is, for others to read.
    var owner: String { "tocsin \(ProcessInfo.processInfo.processIdentifier)" }

    // MARK: Configuration

    /// The configuration; channels that lack secrets are in it and say so.
    ///
    /// - Throws: `configuration` with every other problem, with all that is missing when no channel is left, or when
    ///   there is no file.
    func configured() throws(CommandFailure) -> Configured {
        let environment = environment
        return try configured { (path) throws(ConfigurationError) in
            let usable = try ConfigurationFile.usable(at: path) { environment[$0] }
            if usable.channels.contains(where: { $0.facts.missing == nil }) { return usable }
            return try ConfigurationFile.configured(at: path) { environment[$0] }
        }
    }

    /// The configuration without its secrets, for commands that send nothing: they work before any secret is set.
    ///
    /// - Throws: `configuration` with every problem, or when there is no file.
    func outlined() throws(CommandFailure) -> Configured {
        try configured { (path) throws(ConfigurationError) in try ConfigurationFile.outline(at: path) }
    }

    /// The configuration with all that can be said of its channels, whatever is wrong with its secrets.
    ///
    /// - Throws: `configuration` with every problem when more than secrets is wrong.
    func described() throws(CommandFailure) -> Configured {
        do throws(CommandFailure) {
            return try configured { (path) throws(ConfigurationError) in
                try ConfigurationFile.usable(at: path) { environment[$0] }
            }
        } catch {
            return try outlined()
        }
    }

    /// The configuration for a dry run, and what a send would be refused for in it, which stands in no preview's way.
    ///
    /// - Throws: `configuration` with every problem when more than secrets is wrong.
    func previewable() throws(CommandFailure) -> (Configured, [Refusal]) {
        do throws(CommandFailure) {
            return (try configured(), [])
        } catch {
            return (try outlined(), error.lines.map { Refusal(.configuration, $0) })
        }
    }

    private func configured(
        _ read: (String) throws(ConfigurationError) -> Configured
    ) throws(CommandFailure) -> Configured {
        guard let path = configurationPath else {
            throw CommandFailure(
                .configuration,
                "there is no configuration: no --config, no $TOCSIN_CONFIG, no ./channels.json, no "
                    + "\(ConfigurationSearch.systemWide); tocsin init makes one")
        }
        do throws(ConfigurationError) {
            return try read(path)
        } catch {
            throw CommandFailure(.configuration, lines: error.lines.map { Plain.text($0, limit: 1000) })
        }
    }

    /// The file that is read, `channels.json` when a folder is named; nil when there is none.
    var configurationPath: String? {
        let path = ConfigurationSearch.path(
            named: configPath, environment: environment["TOCSIN_CONFIG"],
            exists: FileManager.default.fileExists(atPath:))
        // What is not there is told by whoever reads it.
        let facts = path.flatMap { try? FileManager.default.attributesOfItem(atPath: $0) }
        guard let path, facts?[.type] as? FileAttributeType == .typeDirectory else { return path }
        return URL(filePath: path).appending(path: ConfigurationSearch.usual).relativePath
    }

    /// The channels that names may mean, as far as there is a configuration; commands on contacts work without one.
    func knownChannels() throws(CommandFailure) -> KnownChannels {
        guard configurationPath != nil else { return KnownChannels() }
        return KnownChannels(try outlined().channels.map(\.facts))
    }

    /// The sender's time zone, in which people read times; UTC where no configuration can be read.
    var zone: TimeZone {
        (try? outlined())?.zone ?? .gmt
    }

    // MARK: Store

    /// Whether the command line says where the store lies.
    var namesStore: Bool { storePath != nil }

    /// Where the store lies.
    func storeFile(_ configured: Configured? = nil) throws(CommandFailure) -> String {
        if let storePath {
            guard !storePath.isEmpty else {
                throw CommandFailure(.usage, "--store is empty: give the path of a file")
            }
            // Not shown: a URL of that kind holds a password.
            guard !storePath.contains("://") else {
                throw CommandFailure(
                    .usage, "--store is a URL, and only SQLite files are known: give the path of a file")
            }
            return storePath
        }
        if let configured { return configured.store }
        do throws(CommandFailure) { return try outlined().store } catch {
            // It is only asked where the store lies: a configuration in the making stands in nobody's way.
            throw CommandFailure(error.exit, lines: error.lines + ["or name the store itself: --store FILE"])
        }
    }

    /// The store, made when there is none.
    func store(_ configured: Configured? = nil) throws(CommandFailure) -> Store {
        let path = try storeFile(configured)
        let now = clock.now().wall
        return try translating { () throws(StoreError) in try Store.open(path, now: now) }
    }

    /// The store for looking only; it is not made when there is none.
    func storeForReading(_ configured: Configured? = nil) throws(CommandFailure) -> Store {
        let path = try storeFile(configured)
        let store = try translating { () throws(StoreError) in try Store.openReadOnly(path) }
        if let copy = store.copy {
            output.say("this store is \(copy.title(in: zone)): nothing leaves it until tocsin adopt")
        }
        return store
    }

    /// Who sends from `store` at the moment; nil when nobody does.
    func dispatcher(of store: Store) async throws(CommandFailure) -> String? {
        let moment = clock.bootTime
        return try await translating { () async throws(StoreError) in try await store.leaseOwner(at: moment) }
    }

    /// The templates directory: as given, as configured, else `templates` beside the configuration.
    func templates(_ configured: Configured) -> TemplateFolder {
        TemplateFolder(templatesDirectory(configured))
    }

    /// Where the templates lie; nil stands for a configuration that cannot be read.
    func templatesDirectory(_ configured: Configured?) -> String {
        if let chosen = templatesPath ?? configured?.templates { return chosen }
        let beside = configurationPath.map { URL(filePath: $0).deletingLastPathComponent() }
        return (beside ?? URL(filePath: ".")).appending(path: "templates").path
    }

    // MARK: Errors

    /// Does something with the store; its errors become lines and exit codes.
    func translating<Value>(_ work: () throws(StoreError) -> Value) throws(CommandFailure) -> Value {
        do throws(StoreError) { return try work() } catch { throw CommandFailure(error) }
    }

    /// Does something with the store; its errors become lines and exit codes.
    func translating<Value>(
        _ work: () async throws(StoreError) -> Value
    ) async throws(CommandFailure) -> Value {
        do throws(StoreError) { return try await work() } catch { throw CommandFailure(error) }
    }
}

extension CommandFailure {
    /// What an error of the store means for the command.
    init(_ error: StoreError) {
        let exit: ExitCode =
            switch error.code {
            case .notFound, .missing, .directoryMissing: .notFound
            case .wrongState, .unadopted, .inUse, .fileExists: .usage
            case .notBackup, .backupDamaged, .passphraseWrong: .badContent
            default: .storeFailed
            }
        self.init(exit, Plain.text(error.description, limit: 1000))
    }
}
