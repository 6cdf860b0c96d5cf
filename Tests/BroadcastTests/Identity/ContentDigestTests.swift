import Broadcast
import Testing

@Suite struct ContentDigestTests {
    private static let content = FrozenContent(
        template: "outage", files: ["outage/message.md": "Hello", "outage/message.it.md": "Ciao"],
        variables: ["service": "web", "eta": "18:00"], sender: Sender(name: "Acme"))

    private static func digest(
        _ content: FrozenContent = content, audience: String = "all", channels: [ChannelName] = []
    ) -> ContentDigest {
        ContentDigest(of: content, audience: audience, channels: channels)
    }

    private static func changed(_ change: (inout FrozenContent) -> Void) -> FrozenContent {
        var content = content
        change(&content)
        return content
    }

    @Test func `equal contents have one digest, whatever the order of their parts`() {
        let names = ["b", "a"].map(ChannelName.init(valid:))
        #expect(Self.digest(channels: names) == Self.digest(channels: names.reversed() + names))
        #expect(Self.digest().full == "fb0354ce5f0268470cfcd11cb09195653bb9cf7d3daa904fa273cf66f1458aa6")
    }

    @Test func `whatever differs, the digest differs`() {
        let digests = [
            Self.digest(), Self.digest(audience: "tag:vip"),
            Self.digest(channels: [ChannelName(valid: "email")]),
            Self.digest(Self.changed { $0.template = "campaign" }),
            Self.digest(Self.changed { $0.files["outage/message.md"] = "Hello!" }),
            Self.digest(Self.changed { $0.files["outage/message.it.md"] = nil }),
            Self.digest(Self.changed { $0.variables = ["service": "webeta", "": "18:00"] }),
            Self.digest(Self.changed { $0.attachments["outage/a.pdf"] = FrozenFile([1], type: "x/y") }),
            Self.digest(Self.changed { $0.attachments["outage/a.pdf"] = FrozenFile([2], type: "x/y") }),
            Self.digest(Self.changed { $0.attachments["outage/b.pdf"] = FrozenFile([1], type: "x/y") }),
            Self.digest(Self.changed { $0.sender.name = "Acme Srl" }),
            Self.digest(Self.changed { $0.sender.timezone = "Europe/Rome" }),
            Self.digest(Self.changed { $0.sender.website = "https://acme.example/" }),
            Self.digest(Self.changed { $0.sender.page = "https://acme.example/" }),
        ]
        #expect(Set(digests).count == digests.count)
    }
}
