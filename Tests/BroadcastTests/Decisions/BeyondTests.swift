import Broadcast
import Testing

/// What a process leaves to another that read the configuration later.
struct BeyondTests {
    private func facts(_ name: ChannelName, _ settings: String, missing: Bool = false) -> ChannelFacts {
        var facts = ChannelFacts.sample(name)
        facts.settings = settings
        if missing { facts.missing = "export TOKEN" }
        return facts
    }

    @Test(
        arguments: [
            // Accepted here, or before the configuration was read.
            ([:], nil, ""),
            (["email": "a", "sms": "b"], nil, "sms"), (["email": "a"], nil, ""),
            (["email": "z"], nil, "email"), (["push": "a"], nil, "push"),
            (["hook": "c"], nil, "hook"),
            // What nobody chose stands in nobody's way.
            (["email": "a", "sms": "z", "push": "p"], ["email"], ""),
            (["email": "a", "sms": "z", "push": "p"], ["email", "push"], "push"),
        ] as [([ChannelName: String], [ChannelName]?, String)])
    func `is what it has not, has with other settings, or lacks the secret of`(
        accepted: [ChannelName: String], chosen: [ChannelName]?, expected: String
    ) {
        let known = [facts("email", "a"), facts("sms", "x"), facts("hook", "c", missing: true)]
        let beyond = known.beyond(among: accepted, chosen: chosen)
        #expect(beyond == Set(expected.channels))
    }
}
