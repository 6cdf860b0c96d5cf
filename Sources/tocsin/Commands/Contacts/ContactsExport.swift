import Broadcast
import Foundation
import Glibc
import Storage

extension Commands {
    /// Writes people down so that an import reads them back.
    static let contactsExport = CommandSpec(
        path: ["contacts", "export"], summary: "Write people as CSV, suppressions included",
        operands: [audienceOperand],
        options: [
            .value("output", "FILE", "write to FILE, which only you can read, instead of standard output")
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
        let store = try session.storeForReading()
        let selection = try await session.selection(invocation.operands, in: store)
        let sink =
            try path.map { (path) throws(CommandFailure) in try ListSink(path: path) } ?? .standardOutput
        let count = try await session.export(selection, from: store, to: sink)
        try sink.finish()
        session.output.say("\(count) contacts" + (path.map { " in \(Plain.text($0))" } ?? ""))
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

/// Where an export goes: standard output, or a file that stands under its name only when it is whole.
private struct ListSink {
    static let standardOutput = ListSink(handle: .standardOutput, path: nil)

    private let handle: FileHandle
    /// The file's own name, links followed; nil for standard output.
    private let path: String?

    private init(handle: FileHandle, path: String?) {
        self.handle = handle
        self.path = path
    }

    /// Begins a file of mode 0600 beside the one called `name`.
    init(path name: String) throws(CommandFailure) {
        let path = URL(filePath: name).resolvingSymlinksInPath().path(percentEncoded: false)
        if FileManager.default.fileExists(atPath: path) {
            let facts = try? FileManager.default.attributesOfItem(atPath: path)
            guard facts?[.type] as? FileAttributeType == .typeRegular else {
                throw CommandFailure(
                    .notFound,
                    "\(Plain.text(name)) is no file that could be replaced; give the name of a file")
            }
        }
        // What an export that was killed left behind; nothing is there as a rule.
        unsafe unlink(Self.partial(path))
        let file = unsafe open(Self.partial(path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw CommandFailure(
                .notFound,
                "\(Plain.text(name)) cannot be made; check its directory: is it there, and may you write to it?"
            )
        }
        self.init(handle: FileHandle(fileDescriptor: file, closeOnDealloc: true), path: path)
    }

    /// Appends `bytes`.
    ///
    /// - Throws: `storeFailed` when the disk is full; a reader who went away is no failure.
    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        do {
            try handle.write(contentsOf: Data(bytes))
        } catch {
            if path == nil, errno == EPIPE { return }
            if let path { unsafe unlink(Self.partial(path)) }
            let name = path.map { Plain.text($0) } ?? "standard output"
            throw CommandFailure(.storeFailed, "\(name) cannot be written; is the disk full?")
        }
    }

    /// Puts the whole file under its name.
    func finish() throws(CommandFailure) {
        guard let path else { return }
        guard unsafe rename(Self.partial(path), path) == 0 else {
            throw CommandFailure(.storeFailed, "\(Plain.text(path)) cannot be replaced")
        }
    }

    private static func partial(_ path: String) -> String { path + ".partial" }
}
