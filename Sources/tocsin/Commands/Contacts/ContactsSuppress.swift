import Broadcast
import Dispatching
import Foundation
import Storage

extension Commands {
    private static let whoOperand = CommandSpec.Operand(
        name: "WHO", help: "a contact's id, or an address, whether a contact has it or not")

    private static let kindOption = CommandSpec.Option.value(
        "address", "KIND", "of a contact, only this address: email, phone or telegram")

    /// Orders not to send.
    static let contactsSuppress = CommandSpec(
        path: ["contacts", "suppress"], summary: "Never send to an address again, whatever an import says",
        operands: [
            CommandSpec.Operand(name: whoOperand.name, help: whoOperand.help, count: .optional)
        ],
        options: [
            .value("extent", "WHAT", "all (if not given), or marketing, which lets service notices through"),
            .value("reason", "WHY", "opt-out, bounce, complaint or manual (if not given)"), kindOption,
            countryOption,
            .flag(
                "proposed", "show what providers' replies suggest beyond 1 % of an announcement, and apply it"
            ),
            .flag("yes", "with --proposed: do not ask"),
        ],
        examples: ["tocsin contacts suppress anna@acme.example --extent marketing --reason opt-out"]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let asksForProposed = invocation.isSet("proposed")
        guard asksForProposed != (invocation.operand(0) != nil) else {
            throw CommandFailure(.usage, "tocsin contacts suppress takes either WHO or --proposed")
        }
        if asksForProposed { return try await session.decideProposals(saysYes: invocation.isSet("yes")) }
        let extent: Suppression.Extent = try invocation.choice("extent") ?? .all
        let reason: Suppression.Reason = try invocation.choice("reason") ?? .manual
        let store = try session.store()
        var orders: [StandingOrder] = []
        for address in try await session.addresses(invocation, in: store) {
            let suppression = Suppression(
                kind: address.kind, extent: extent, reason: reason,
                source: "contacts suppress by \(session.user)",
                since: session.clock.now().wall)
            let isNew = try await session.translating { () async throws(StoreError) in
                try await store.suppress(address, suppression)
            }
            orders.append(StandingOrder(address, extent, isChanged: isNew))
            let what = extent == .all ? "nothing" : "no marketing"
            session.output.say(
                isNew
                    ? "\(address.display): \(what) is sent there any more"
                    : "\(address.display) was suppressed so already")
        }
        if session.output.isJSON { session.output.result(json: orders) }
        return .success
    }

    /// Lifts such orders.
    static let contactsUnsuppress = CommandSpec(
        path: ["contacts", "unsuppress"], summary: "Lift what stands against sending to an address",
        operands: [whoOperand],
        options: [
            .value("extent", "WHAT", "only orders of this extent: all or marketing (if not given: both)"),
            kindOption, countryOption,
        ],
        details: ["Who opted out must have asked to be told again. Consent to marketing is another matter."]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let extent: Suppression.Extent? = try invocation.choice("extent")
        let store = try session.existingStore()
        var orders: [StandingOrder] = []
        for address in try await session.addresses(invocation, in: store) {
            let count = try await session.translating { () async throws(StoreError) in
                try await store.unsuppress(address, extent)
            }
            orders.append(StandingOrder(address, extent, isChanged: count > 0))
            session.output.say("\(address.display): \(count > 0 ? "lifted" : "nothing stood against it")")
        }
        if session.output.isJSON { session.output.result(json: orders) }
        return .success
    }
}

/// What a command did about one address.
private struct StandingOrder: Encodable {
    let kind: AddressKind
    let address: String
    /// Nil for orders of any extent.
    let extent: Suppression.Extent?
    let isChanged: Bool

    init(_ address: Address, _ extent: Suppression.Extent?, isChanged: Bool) {
        kind = address.kind
        self.address = address.value
        self.extent = extent
        self.isChanged = isChanged
    }
}

extension Session {
    /// The addresses meant: those of the contact with that id, else the address itself.
    ///
    /// - Throws: `notFound` when it is neither. A bare number is a chat id only when a contact has it: a mistyped id
    ///   must not silence a stranger.
    fileprivate func addresses(
        _ invocation: Invocation, in store: Store
    ) async throws(CommandFailure) -> [Address] {
        let text = invocation.required(0)
        let kind: AddressKind? = try invocation.choice("address")
        let region = try invocation.region()
        let found = try await translating { () async throws(StoreError) in
            try await store.find(text, region: region)
        }
        if let id = Contact.ID(parsing: text), let member = found.first(where: { $0.contact.id == id }) {
            let addresses = member.contact.addresses.filter { kind == nil || $0.key == kind }.values
            guard !addresses.isEmpty else {
                let what = kind.map { "address of kind \($0.rawValue)" } ?? "address"
                throw CommandFailure(.notFound, "\(Plain.text(text)) has no \(what)")
            }
            return addresses.sorted { $0.kind < $1.kind }
        }
        let kinds = kind.map { [$0] } ?? (found.isEmpty ? [.email, .phone] : AddressKind.allCases)
        for kind in kinds {
            if let address = try? Address(kind, parsing: text, region: region) { return [address] }
        }
        throw CommandFailure(
            .notFound,
            "there is no contact \(Excerpt.of(text)), and it is no address: expected an id, an e-mail address or "
                + "a phone number such as +39 333 1234567, or --country with a national one")
    }

    /// Who gives the command, for the record.
    var user: String {
        let name = environment["SUDO_USER"] ?? ProcessInfo.processInfo.userName
        return Plain.text(name.isEmpty ? "somebody" : name, limit: 64)
    }
}
