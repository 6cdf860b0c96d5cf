import Broadcast
import Storage

extension Commands {
    /// Lists people, however many.
    static let contactsList = CommandSpec(
        path: ["contacts", "list"], summary: "List people",
        operands: [audienceOperand],
        details: [audienceDetails],
        examples: [
            "tocsin contacts list tag:vip and not has:sms", "tocsin contacts list --json missed:outage-42",
        ]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let store = try session.storeForReading()
        let selection = try await session.selection(invocation.operands, in: store)
        var printer = ContactPrinter(session.output)
        var pages = store.pages(selection).makeAsyncIterator()
        while let page = try await pages.page() { printer.take(page) }
        printer.finish()
        return .success
    }
}

/// Prints people page by page: a table, or one JSON array.
private struct ContactPrinter {
    private let output: Output
    private var count = 0
    private var table = TextTable([
        ("ID", .left), ("Name", .left), ("E-mail", .left), ("Phone", .left), ("Telegram", .left),
        ("Locale", .left), ("Suppressed", .left),
    ])

    init(_ output: Output) { self.output = output }

    mutating func take(_ page: [Member]) {
        if output.isJSON {
            var bytes: [UInt8] = []
            for (index, member) in page.enumerated() {
                bytes += Array((count + index == 0 ? "[\n  " : ",\n  ").utf8)
                ContactJSON.value(of: member).append(to: &bytes)
            }
            output.result(bytes: bytes)
        } else {
            for member in page { table.add(Self.cells(member)) }
            output.result(table.takeText())
        }
        count += page.count
    }

    func finish() {
        if output.isJSON { output.result(count == 0 ? "[]" : "\n]") }
        output.say(CountText.text(count, "contact", "contacts"))
    }

    private static func cells(_ member: Member) -> [String] {
        let contact = member.contact
        return [contact.id.rawValue, contact.name]
            + [.email, .phone, .telegram].map { contact.addresses[$0]?.display ?? "" }
            + [
                contact.locale ?? "",
                member.suppressions.keys.sorted().map(\.rawValue).joined(separator: " "),
            ]
    }
}
