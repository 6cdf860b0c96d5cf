import Broadcast
import Storage

extension Commands {
    /// Writes people down so that an import reads them back.
    static let contactsExport = CommandSpec(
        path: ["contacts", "export"], summary: "Write people as CSV, suppressions included",
        operands: [audienceOperand],
        options: [
            .value("output", "FILE", "write to FILE, which only you can read, instead of standard output"),
            .flag("replace", "with --output: take the place of an earlier list in FILE"),
        ],
        details: [
            audienceDetails,
            "An import reads the same people back. What a spreadsheet would run as a formula is disarmed.",
        ],
        examples: ["tocsin contacts export --output customers.csv", "tocsin contacts export tag:vip"]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let path = invocation.value("output")
        if path == nil, session.output.isJSON {
            throw CommandFailure(
                .usage, "an export is CSV: give --output FILE beside --json, or use contacts list --json")
        }
        if path == nil, invocation.isSet("replace") {
            throw CommandFailure(.usage, "--replace goes with --output")
        }
        if path == "-" {
            throw CommandFailure(.usage, "--output -: leave --output out for standard output")
        }
        let store = try session.storeForReading()
        let selection = try await session.selection(invocation.operands, in: store)
        let count = try await ListSink.fill(path, as: .list, replaces: invocation.isSet("replace")) {
            (sink) async throws(CommandFailure) in
            try await session.export(selection, from: store, to: sink)
        }
        session.output.say(
            CountText.text(count, "contact", "contacts") + (path.map { " in \(Plain.text($0))" } ?? ""))
        if session.output.isJSON {
            session.output.result(json: ExportResult(contacts: count, file: path ?? ""))
        }
        return .success
    }
}

private struct ExportResult: Encodable {
    let contacts: Int
    let file: String
}

extension Session {
    fileprivate func export(
        _ selection: AudienceSelection, from store: Store, to sink: ListSink
    ) async throws(CommandFailure) -> Int {
        let attributes = try await translating { () async throws(StoreError) in
            try await store.attributeNames(selection)
        }
        let writer = ContactListWriter(attributes: attributes)
        try sink.write(writer.header)
        var count = 0
        var pages = store.pages(selection).makeAsyncIterator()
        while let page = try await pages.page() {
            try sink.write(writer.lines(page))
            count += page.count
        }
        return count
    }
}
