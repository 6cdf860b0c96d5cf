import Broadcast
import Channels
import Configuration

extension FuzzTarget {
    /// `channels.json`.
    static let configuration = FuzzTarget("configuration") { bytes in
        do throws(ConfigurationError) {
            let configured = try ConfigurationReader.configured(
                bytes, file: "channels.json", source: .fuzzing)
            for channel in configured.channels where channel.facts.connections < 1 {
                return "\(channel.facts.name) has no connection"
            }
            return Set(configured.order).count == configured.channels.count ? nil : "a channel has no place"
        } catch {
            if error.problems.isEmpty { return "refused without a reason" }
            // What the file itself says, in a key, is no secret.
            if String(decoding: bytes, as: UTF8.self).contains(SecretSource.fuzzed) { return nil }
            let texts = error.problems.map { "\($0)" }
            let leak = texts.first { $0.contains(SecretSource.fuzzed) }
            return leak.map { "a problem tells the secret: \($0)" }
        }
    }
}

extension SecretSource {
    /// The text of every secret.
    static let fuzzed = "hunter2-hunter2"

    static let fuzzing = SecretSource(
        environment: { _ in fuzzed },
        file: { _ in .contents(Array(fuzzed.utf8), isOpenToOthers: false) },
        absolutePath: { "/\($0)" }, allowsLiterals: true)
}
