import Broadcast
import Foundation
import Testing

@Suite struct PreviewDigestTests {
    /// What is changed, the parts that this changes, and how.
    struct Change: CustomTestStringConvertible {
        let testDescription: String
        let parts: [PreviewDigest.Part]
        var channels: @Sendable (inout [ChannelFacts]) -> Void = { _ in }
        var announcement: @Sendable (inout Announcement) -> Void = { _ in }
    }

    private static let changes = [
        Change(
            testDescription: "template", parts: [.texts], announcement: { $0.content.template = "campaign" }),
        Change(
            testDescription: "text", parts: [.texts],
            announcement: { $0.content.files["outage/message.md"] = "Hello!" }),
        Change(testDescription: "no text", parts: [.texts], announcement: { $0.content.files = [:] }),
        Change(
            testDescription: "file", parts: [.files],
            announcement: {
                $0.content.attachments["outage/files/a.pdf"] = FrozenFile([1], type: "application/pdf")
            }),
        Change(
            testDescription: "variable", parts: [.variables],
            announcement: { $0.content.variables["service"] = "mail" }),
        Change(
            testDescription: "name", parts: [.sender], announcement: { $0.content.sender.name = "Acme Srl" }),
        Change(
            testDescription: "zone", parts: [.sender],
            announcement: { $0.content.sender.timezone = "Europe/Rome" }),
        Change(
            testDescription: "page", parts: [.sender],
            announcement: { $0.content.sender.page = "https://a.example/" }),
        Change(testDescription: "people", parts: [.audience], announcement: { $0.audience = "tag:vip" }),
        Change(
            testDescription: "closing", parts: [.audience],
            announcement: { $0.closes = Announcement.ID(valid: "first") }),
        Change(testDescription: "priority", parts: [.options], announcement: { $0.priority = .urgent }),
        Change(
            testDescription: "expiry", parts: [.options], announcement: { $0.expiresAfter = .seconds(60) }),
        Change(testDescription: "waiting", parts: [.options], announcement: { $0.waitsForMarked = true }),
        Change(testDescription: "reach", parts: [.options, .channels], announcement: { $0.reach = .first }),
        Change(testDescription: "fewer", parts: [.channels, .settings], channels: { $0.removeLast() }),
        Change(testDescription: "settings", parts: [.settings], channels: { $0[0].shaping = "other" }),
        Change(
            testDescription: "both", parts: [.texts, .settings], channels: { $0[1].shaping = "other" },
            announcement: { $0.content.files["outage/message.it.md"] = "Ciao" }),
        Change(testDescription: "order", parts: [], channels: { $0.reverse() }),
        Change(
            testDescription: "manner", parts: [],
            channels: { channels in
                (channels[0].rate, channels[0].connections) = (Rate(perSecond: 1), 1)
                (channels[0].settings, channels[0].missing) = ("other", "export TOKEN")
            },
            announcement: { announcement in
                (announcement.maxCost, announcement.acceptedBy) = (Money(1, "EUR"), "anna")
                announcement = announcement.renamed(Announcement.ID(valid: "other"))
            }),
    ]

    private static let announcement: Announcement = {
        var announcement = Announcement.sample()
        announcement.content.files = ["outage/message.md": "Hello"]
        announcement.content.variables = ["service": "web"]
        return announcement
    }()

    private static func digest(_ change: Change? = nil) -> PreviewDigest {
        var announcement = announcement
        var channels: [ChannelFacts] = [.sms, .email]
        change?.announcement(&announcement)
        change?.channels(&channels)
        return PreviewDigest(of: announcement, over: channels)
    }

    @Test(arguments: changes)
    func `a digest changes with what is approved, says what that was, and with nothing else`(change: Change) {
        let (before, after) = (Self.digest(), Self.digest(change))
        #expect((before == after) == change.parts.isEmpty)
        #expect((before.short == after.short) == change.parts.isEmpty)
        #expect(after.changes(since: before.full.uppercased()) ?? [] == change.parts)
        #expect(after.changes(since: before.short) == nil)
    }

    @Test func `under reach first the order of channels is approved as well`() {
        var announcement = Self.announcement
        announcement.reach = .first
        let digests = [[ChannelFacts.sms, .email], [.email, .sms]].map {
            PreviewDigest(of: announcement, over: $0)
        }
        #expect(digests[1].changes(since: digests[0].full) == [.channels])
    }

    @Test func `what is no digest says nothing of changes`() {
        let digest = Self.digest()
        let garbled = digest.short + String(repeating: "0", count: 48)
        for text in ["", "zz", String(repeating: "z", count: 60), digest.full + "0", digest.full, garbled] {
            #expect(digest.changes(since: text) == nil, "\(text)")
        }
    }

    @Test(arguments: [(12, true), (60, true), (13, true), (11, false), (8, false), (0, false)])
    func `people name a digest by its first digits`(count: Int, isNamed: Bool) {
        let digest = Self.digest()
        #expect(digest.isNamed(by: digest.full.prefix(count).uppercased()) == isNamed)
        #expect(!digest.isNamed(by: "zzzzzzzzzzzz"))
        #expect(digest.short == digest.full.prefix(12) && digest.full.utf8.count == 60)
    }
}
