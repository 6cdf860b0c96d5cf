import Broadcast
import Dispatching
import Storage

/// A send that leaves no trace in the store: all of it as files, or a test that goes to ourselves.
enum Trial: Sendable {
    /// Every request as a file in `folder`; an earlier rehearsal there it `replaces`, or leaves.
    case rehearsal(folder: String, replaces: Bool)
    /// Really sent, to these contacts of ours only.
    case test([Contact.ID])

    /// What the options ask for; nil when it is neither.
    ///
    /// - Throws: `usage` for options that do not go together.
    init?(_ invocation: Invocation) throws(CommandFailure) {
        let folder = invocation.value("rehearse")
        let contacts = invocation.values("test-to")
        let kinds = [invocation.isSet("dry-run"), folder != nil, !contacts.isEmpty]
        guard kinds.count(where: \.self) < 2 else {
            throw CommandFailure(
                .usage, "--dry-run shows, --rehearse writes files, --test-to sends a test: give one of them")
        }
        guard folder != nil || invocation.value("html") != nil || !invocation.isSet("replace") else {
            throw CommandFailure(.usage, "--replace goes with --html FILE or --rehearse DIR")
        }
        if let folder {
            guard !folder.isEmpty else {
                throw CommandFailure(.usage, "--rehearse is empty: give the path of a folder, new or empty")
            }
            self = .rehearsal(folder: folder, replaces: invocation.isSet("replace"))
        } else if !contacts.isEmpty {
            self = .test(try Self.contacts(contacts))
        } else {
            return nil
        }
    }

    private static func contacts(_ texts: [String]) throws(CommandFailure) -> [Contact.ID] {
        var contacts: [Contact.ID] = []
        for text in texts {
            guard let id = Contact.ID(rawValue: text) else {
                throw CommandFailure(
                    .usage, "--test-to \(Plain.text(text)): expected the id of a contact, such as C0001")
            }
            if !contacts.contains(id) { contacts.append(id) }
        }
        return contacts
    }

    /// Who gets it, whatever else is said; nil for the audience of the announcement.
    var audience: Audience? {
        guard case .test(let contacts) = self else { return nil }
        return contacts.count == 1 ? .id(contacts[0]) : .or(contacts.map(Audience.id))
    }
}

extension Trial {
    /// Does it; signals are heard.
    func run(_ order: SendOrder, _ session: Session) async throws(CommandFailure) -> ExitCode {
        try await Interruption.heard(by: session) { (session) async throws(CommandFailure) in
            switch self {
            case .rehearsal(let folder, let replaces):
                try await Rehearsal.play(order, into: folder, replacing: replaces, session)
            case .test(let contacts): try await TestSend.send(order, to: contacts, session)
            }
        }
    }
}

/// Says nothing of what it hears, but what would have kept a send waiting for a person.
struct TrialListener: DispatchListener {
    /// Takes one line for people.
    let halt: @Sendable (String) -> Void

    func recovered(_ recovery: Recovery) async {}
    func settled(_ settled: Settled, _ outcomes: [Outcome]) async {}
    func healthChanged(_ note: HealthNote) async {}
    func markChanged(_ channel: ChannelName, _ mark: Mark?) async {}
    func clockSet(by step: Duration) async {}
    func finishing(_ channels: [ChannelName]) async {}
    func halted(_ line: String) async { halt(line) }
}
