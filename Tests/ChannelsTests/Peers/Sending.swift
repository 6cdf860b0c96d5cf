import Broadcast
import Channels
import Configuration
import Curl
import Foundation
import Templating
import TestPeers
import Wire
import Testing

extension SecretSource {
    /// Every variable `X` is `secret-of-X`; files are read where they lie, as the CA of a peer.
    static let beside = SecretSource(
        environment: SecretSource.sample.environment,
        file: { path in
            FileManager.default.isReadableFile(atPath: path)
                ? .contents(
                    Array(FileManager.default.contents(atPath: path) ?? Data()), isOpenToOthers: false)
                : .unreadable("does not exist")
        }, absolutePath: { $0 }, allowsLiterals: true)
}

/// The channel that a member of `channels` describes, read as a user's whole file is.
func configured(_ settings: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> any Channel {
    let text = #"{"sender":{"name":"Acme"},"channels":{"test":\#(settings)}}"#
    let configured = try ConfigurationReader.configured(
        Array(text.utf8), file: "channels.json", source: .beside)
    return try #require(configured.channels.first, sourceLocation: sourceLocation).channel
}

/// Hands `deliveries` over, one after the other, and says what the channel makes of the replies.
func verdicts(
    on deliveries: OutboundDelivery..., over channel: any Channel
) async throws -> [Verdict] {
    let transport = try CurlTransport(version: "9.9")
    var verdicts: [Verdict] = []
    do {
        for delivery in deliveries {
            let request = try channel.request(for: delivery)
            verdicts.append(channel.verdict(on: await transport.exchange(request, over: channel.route)))
        }
    } catch {
        await transport.shutdown()
        throw error
    }
    await transport.shutdown()
    return verdicts
}

/// What becomes of one delivery, in a few words.
func outcome(_ delivery: OutboundDelivery, over channel: any Channel) async throws -> String {
    try await verdicts(on: delivery, over: channel).map(words).joined()
}

/// A notice in two languages, as a user writes it.
struct Notice {
    var purpose: Purpose = .service
    var body = "Ciao **{{contact.name}}**, perché è così: 100 % 🚒.\n"
    var english = "Hello **{{contact.name}}**, that's it 🚒.\n"

    /// What goes to `contact`, rendered from the templates.
    func delivery(
        _ form: ContentForm, to contact: Contact?, at kind: AddressKind? = nil,
        attemptAt: Date = Date(timeIntervalSince1970: 1_790_000_100)
    ) throws -> OutboundDelivery {
        let italian = """
            ---
            subject: "Disservizio: perché è giù 🚒"
            sms: "Ciao {{contact.id}}: giù"
            purpose: \(purpose.rawValue)
            ---
            \(body)
            """
        let english = """
            ---
            subject: "Outage: we are down 🚒"
            sms: "Hi {{contact.id}}: down"
            ---
            \(english)
            """
        let template = try CompiledTemplate(
            FrozenContent(
                template: "outage",
                files: ["outage/message.md": italian, "outage/message.en.md": english], variables: [:],
                sender: Sender(name: "Acme", locale: "it")))
        let announced = Date(timeIntervalSince1970: 1_790_000_000)
        let announcement = Announcement.ID(valid: "outage-1")
        let content = try template.render(
            form, for: contact, announcement: AnnouncementFacts(id: announcement, date: announced))
        return OutboundDelivery(
            key: "00112233445566778899aabbccddeeff", announcement: announcement, purpose: purpose,
            template: "outage", announcedAt: announced, attemptAt: attemptAt, contact: contact,
            address: kind.flatMap { contact?.addresses[$0] }, content: content)
    }
}

extension PeerProcess {
    /// An HTTP peer with these settings.
    static func web(_ settings: String) async throws -> PeerProcess {
        try await PeerProcess("http_peer.py", settings)
    }

    /// Whatever it was asked.
    func requests() async throws -> [Entry] { try await entries("request") }
}

extension PeerProcess.Entry {
    /// The value of a request's header.
    func header(_ name: String) -> String? {
        self["headers", default: .null].list.first { $0.list.first?.text.lowercased() == name }?.list.last?
            .text
    }
}
