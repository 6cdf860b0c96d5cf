import Broadcast
import Channels
import Configuration
import Foundation
import Testing
import Wire
import Wire

struct ConfigurationFileTests {
    /// Runs `body` with a folder of its own, which is gone afterwards.
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func write(_ text: String, to file: URL, mode: Int) throws {
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes(
            [.posixPermissions: mode], ofItemAtPath: file.path(percentEncoded: false))
    }

    private func configured(_ file: URL) throws -> Configured {
        try ConfigurationFile.configured(at: file.path(percentEncoded: false)) { _ in nil }
    }

    private static func text(_ token: String) -> String {
        #"{"sender":{"name":"A"},"store":"data/t.db","templates":"t","channels":{"tg":{"type":"telegram","token":\#(token)}}}"#
    }

    @Test func `a literal secret is taken from a private file and refused from an open one`() throws {
        try withFolder { folder in
            let file = folder.appending(path: "channels.json")
            try write(Self.text(#""1:literal""#), to: file, mode: 0o600)
            #expect(try configured(file).channels.count == 1)
            for mode in [0o640, 0o604, 0o660, 0o666, 0o620] {
                try write(Self.text(#""1:literal""#), to: file, mode: mode)
                let error = #expect(throws: ConfigurationError.self) { try configured(file) }
                #expect(error?.problems.map(\.path) == ["channels.tg.token"])
                #expect(error?.description.contains("chmod 600") == true)
                #expect(error?.description.contains("literal\"") == false)
            }
        }
    }

    @Test func `paths start at the file, and a secret file loses its line end and its byte order mark`()
        throws
    {
        try withFolder { folder in
            let file = folder.appending(path: "channels.json")
            try write(Self.text(#"{"file":"token"}"#), to: file, mode: 0o644)
            try write("1:from-file\n", to: folder.appending(path: "token"), mode: 0o600)
            let configured = try configured(file)
            #expect(configured.store == folder.appending(path: "data/t.db").path(percentEncoded: false))
            #expect(configured.templates == folder.appending(path: "t").path(percentEncoded: false))
            #expect(configured.warnings.isEmpty)
            let probe = configured.channels[0].channel.probe
            #expect(probe?.request.url == "https://api.telegram.org/bot1:from-file/getMe")
            for text in ["\u{FEFF}1:from-file\r\n", "\u{FEFF}1:from-file"] {
                try write(text, to: folder.appending(path: "token"), mode: 0o600)
                let probe = try self.configured(file).channels[0].channel.probe
                #expect(probe?.request.url == "https://api.telegram.org/bot1:from-file/getMe")
            }
            try write("1:from-file\n", to: folder.appending(path: "token"), mode: 0o644)
            #expect(try self.configured(file).warnings.map(\.path) == ["channels.tg.token"])
        }
    }

    @Test func `what cannot be read is said, for the file and for a secret`() throws {
        try withFolder { folder in
            let file = folder.appending(path: "channels.json")
            let missing = #expect(throws: ConfigurationError.self) { try configured(file) }
            #expect(missing?.problems.first?.code == .unreadable)
            try write(Self.text(#"{"file":"none"}"#), to: file, mode: 0o600)
            let secret = #expect(throws: ConfigurationError.self) { try configured(file) }
            let wayOut = "put it there, or take channels.tg (and its place in order) out"
            #expect(
                secret?.problems.first?.message
                    == "the secret file none does not exist or cannot be reached: \(wayOut)")
            try write(Self.text(#"{"file":"."}"#), to: file, mode: 0o600)
            let folderError = #expect(throws: ConfigurationError.self) { try configured(file) }
            #expect(folderError?.problems.first?.message == "the secret file . is no regular file: \(wayOut)")
            try write(String(repeating: " ", count: 2 << 20), to: file, mode: 0o600)
            let large = #expect(throws: ConfigurationError.self) { try configured(file) }
            #expect(large?.problems.first?.message == "the configuration file is larger than 1 MiB")
        }
    }

    @Test(
        arguments: [
            ("a.json", "b.json", ["channels.json"], "a.json"), (nil, "b.json", ["channels.json"], "b.json"),
            (nil, "", ["channels.json", "/etc/tocsin/channels.json"], "channels.json"),
            (nil, nil, ["/etc/tocsin/channels.json"], "/etc/tocsin/channels.json"), (nil, nil, [], nil),
            ("gone.json", nil, ["channels.json"], "gone.json"),
        ] as [(String?, String?, [String], String?)])
    func `the file is looked for in one order`(
        option: String?, environment: String?, present: [String], found: String?
    ) {
        #expect(
            ConfigurationSearch.path(named: option, environment: environment) { present.contains($0) }
                == found)
    }

    @Test func `the example loads, and uses every kind`() throws {
        let example = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "channels.example.json")
        let configured = try ConfigurationFile.configured(at: example.path(percentEncoded: false)) { name in
            name == "TELEGRAM_TOKEN" ? "123456:ABC" : "a-secret-of-the-example"
        }
        #expect(configured.warnings.map(\.description) == [])
        #expect(Set(configured.channels.map(\.facts.kind)) == Set(ChannelKinds.all.map { $0.kind }))
        // Each secret of the file is hidden by the route of the channel it belongs to.
        for channel in configured.channels {
            let redactor = channel.channel.route.redactor
            let isTelegram = channel.facts.kind == "telegram"
            let secret = isTelegram ? "123456:ABC" : "a-secret-of-the-example"
            #expect(redactor.redacted("<\(secret)>") == "<\(Redactor.placeholder)>", "\(channel.facts.name)")
        }
        #expect(configured.sender.timezone == "Europe/Rome")
        #expect(configured.order.prefix(3).map(\.rawValue) == ["telegram", "email", "sms"])
        let unset = #expect(throws: ConfigurationError.self) {
            try ConfigurationFile.configured(at: example.path(percentEncoded: false)) { _ in nil }
        }
        #expect(unset?.problems.count == 8)
        let outline = try ConfigurationFile.outline(at: example.path(percentEncoded: false))
        #expect(outline.channels.map(\.facts) == configured.channels.map(\.facts))
        #expect(unset?.problems.allSatisfy { $0.code == .secret } == true)
    }
}
