import Broadcast
import Dispatching
import Foundation
import Storage

extension Commands {
    private static let assignments = CommandSpec.Operand(
        name: "KEY=VALUE", help: "a column of a list and its value; KEY=- clears it", count: .many)

    /// Adds one person.
    static let contactsAdd = CommandSpec(
        path: ["contacts", "add"], summary: "Add one person", operands: [contactOperand, assignments],
        options: [countryOption],
        details: ["Keys are the columns of a list: see tocsin contacts import --help."],
        examples: ["tocsin contacts add anna-1 name='Anna Rossi' email=anna@acme.example"]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        try await session.apply(invocation, to: .new, in: try session.store())
    }

    /// Changes one person.
    static let contactsSet = CommandSpec(
        path: ["contacts", "set"], summary: "Change one person", operands: [contactOperand, assignments],
        options: [countryOption],
        details: [
            "Keys are the columns of a list: see tocsin contacts import --help. Consent was given for an address: "
                + "another address inherits none."
        ],
        examples: ["tocsin contacts set anna-1 phone='+39 333 1234567' locale=it-IT plan=-"]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        try await session.apply(invocation, to: .existing, in: try session.existingStore())
    }

    /// Takes one person out.
    static let contactsRemove = CommandSpec(
        path: ["contacts", "remove"], summary: "Take a person out; what was sent stays in the reports",
        operands: [contactOperand]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let id = try contactID(invocation.required(0))
        let store = try session.existingStore()
        let now = session.clock.now().wall
        try await session.translating { () async throws(StoreError) in try await store.remove(id, now: now) }
        session.output.say(
            "\(Plain.text(id.rawValue)) is removed; tocsin contacts erase takes the history too")
        if session.output.isJSON { session.output.result(json: ["removed": id.rawValue]) }
        return .success
    }

    /// Forgets one person.
    static let contactsErase = CommandSpec(
        path: ["contacts", "erase"], summary: "Leave nothing of a person in the store, for good",
        operands: [contactOperand], options: [.flag("yes", "do not ask")],
        details: [
            "What stays is a keyed hash of each suppressed address, so that nothing is ever sent to it, and the "
                + "counts of reports. Lists and backups that you keep elsewhere are yours to clean."
        ]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let id = try contactID(invocation.required(0))
        let store = try session.existingStore()
        let (member, isKnown) = try await session.translating { () async throws(StoreError) in
            (try await store.member(id), try await store.remembers(id))
        }
        guard isKnown else {
            // Erasing again wipes what could not be wiped before.
            let wasLoose = try await session.translating { () async throws(StoreError) in
                let wasLoose = try await store.isLoose()
                _ = try await store.erase(id)
                return wasLoose
            }
            if wasLoose {
                session.output.say("what was left behind of those erased before is wiped")
            }
            throw CommandFailure(.notFound, "there is and was no contact \(Plain.text(id.rawValue))")
        }
        let name = member.map { $0.contact.name.isEmpty ? "" : " (\(Plain.text($0.contact.name)))" }
        let question = "Erase \(Plain.text(id.rawValue))\(name ?? "")? Nothing brings it back."
        guard try session.output.confirms(question, saysYes: invocation.isSet("yes")) else { return .usage }
        try await session.translating { () async throws(StoreError) in _ = try await store.erase(id) }
        session.output.say("\(Plain.text(id.rawValue)) is erased; lists and backups may still hold them")
        if session.output.isJSON { session.output.result(json: ["erased": id.rawValue]) }
        return .success
    }
}

extension Session {
    /// `contacts add` and `contacts set`: one row of a list, given as words.
    fileprivate func apply(
        _ invocation: Invocation, to presence: Store.Presence, in store: Store
    ) async throws(CommandFailure) -> ExitCode {
        let channels = try knownChannels()
        let change = try Self.change(invocation, channels)
        let now = clock.now().wall
        let (outcome, member) = try await translating { () async throws(StoreError) in
            let outcome = try await store.apply(change, to: presence, channels: channels, now: now)
            return (outcome, try await store.member(change.id))
        }
        let id = Plain.text(change.id.rawValue)
        output.say(
            presence == .new
                ? "\(id) is added" : "\(id) \(outcome.isChanged ? "is changed" : "was so already")")
        if outcome.withdrewConsent {
            output.say("consent falls: it was given for an address that is another now")
        }
        if case .set(let phone)? = change.addresses[.phone], let doubt = phone.doubt {
            output.say("warning: \(doubt)")
        }
        if outcome.contact.addresses.isEmpty {
            output.say("\(id) has no address: nothing can reach them directly")
        }
        if output.isJSON, let member {
            output.result(
                .object([
                    "contact": ContactJSON.value(of: member), "isChanged": .bool(outcome.isChanged),
                    "withdrewConsent": .bool(outcome.withdrewConsent),
                ]))
        }
        return .success
    }

    private static func change(
        _ invocation: Invocation, _ channels: KnownChannels
    ) throws(CommandFailure) -> ContactChange {
        let id = try Commands.contactID(invocation.required(0))
        let region = try invocation.region()
        do throws(ContactReader.Problem) {
            return try ContactAssignments.change(
                of: id, Array(invocation.operands.dropFirst()), channels: channels, region: region)
        } catch {
            let value = error.value.isEmpty ? "" : " \"\(error.value)\""
            let place = error.column.isEmpty ? "" : "\(error.column)\(value): "
            throw CommandFailure(.badContent, Plain.text("\(place)\(error.problem)", limit: 500))
        }
    }
}
