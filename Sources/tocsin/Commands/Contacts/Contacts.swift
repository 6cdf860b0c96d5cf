import Broadcast
import Configuration
import Storage

extension Commands {
    /// The commands on people, in the order `--help` lists them.
    static let contacts: [CommandSpec] = [
        contactsImport, contactsExport, contactsList, contactsShow, contactsAdd, contactsSet, contactsRemove,
        contactsErase, contactsSuppress, contactsUnsuppress,
    ]

    static let countryOption = CommandSpec.Option.value(
        "country", "CC", "whose national phone numbers are understood, such as IT")

    static let contactOperand = CommandSpec.Operand(name: "ID", help: "the contact's id")

    static let audienceOperand = CommandSpec.Operand(
        name: "AUDIENCE", help: "who, such as tag:vip and not locale:it (default: all)", count: .any)

    static let audienceDetails =
        "An audience is made of all, id:X, ids:FILE, tag:X, locale:it, has:sms, only:email, attr.plan:gold, "
        + "reached:ID, told:ID and missed:ID, joined with and, or, not and parentheses."

    /// Reads the id of a contact.
    ///
    /// - Throws: `usage` when it can be none.
    static func contactID(_ text: String) throws(CommandFailure) -> Contact.ID {
        if let id = Contact.ID(parsing: text) { return id }
        throw CommandFailure(
            .usage, "\(Excerpt.of(text)) cannot be the id of a contact: 1 to 200 characters without controls")
    }
}

extension Invocation {
    /// The country of `--country`; nil when it was not given.
    func region() throws(CommandFailure) -> PhoneRegion? {
        try value("country") { (text) throws(ValueProblem) in try PhoneRegion(text) }
    }
}

extension Session {
    /// A store that stands already; commands that only make sense on one do not make an empty one.
    func existingStore() throws(CommandFailure) -> Store {
        _ = try storeForReading()
        return try store()
    }
}

extension MemberPages.Iterator {
    /// The next page, its failure being the command's.
    mutating func page() async throws(CommandFailure) -> [Member]? {
        do throws(StoreError) { return try await next() } catch { throw CommandFailure(error) }
    }
}
