import Broadcast
import Dispatching
import Foundation
import Storage
import Templating

extension Session {
    /// Those whom the words of an audience select; no words select everybody.
    ///
    /// Says whom it names and nobody is, and the tags and attributes that nobody has.
    /// - Throws: `usage` for what is no audience, `notFound` for an announcement or a file of ids that does not exist.
    func selection(
        _ words: [String], in store: Store
    ) async throws(CommandFailure) -> AudienceSelection {
        let text = words.isEmpty ? "all" : words.joined(separator: " ")
        let audience = try Self.audience(text, try knownChannels())
        let (selection, strangers, unmatched) = try await resolved(audience, in: store)
        if strangers.count > 0 { output.say(Plain.text("\(strangers)", limit: 500)) }
        for term in unmatched { output.say(Plain.text("\(term)", limit: 500)) }
        return selection
    }

    /// Reads an audience.
    ///
    /// - Throws: `usage` with the column at fault.
    static func audience(
        _ text: String, _ known: KnownChannels
    ) throws(CommandFailure) -> Audience {
        do throws(AudienceProblem) {
            return try Audience(parsing: text, channels: known)
        } catch {
            throw CommandFailure(.usage, Plain.text(error.description, limit: 500))
        }
    }

    /// What `audience` selects, whom it names and nobody is, and which of its tags and attributes nobody has.
    ///
    /// - Throws: `notFound` for an announcement or a file of ids that does not exist.
    func resolved(
        _ audience: Audience, in store: Store
    ) async throws(CommandFailure) -> (AudienceSelection, Strangers, [UnmatchedTerm]) {
        let lists = try Self.lists(audience)
        return try await translating { () async throws(StoreError) in
            let named = audience.files.flatMap { lists[$0] ?? [] } + audience.contacts
            let strangers = Strangers(try await store.unknown(among: named))
            return (
                try await store.selection(audience, lists: lists), strangers,
                try await store.unmatched(in: audience)
            )
        }
    }

    /// What `template` asks of contacts and none of them has.
    func findings(
        ofAttributesIn template: CompiledTemplate, nobodyHasIn store: Store
    ) async throws(CommandFailure) -> [TemplateProblem] {
        let unknown = try await translating { () async throws(StoreError) in
            try await store.unknownAttributes(among: template.attributes)
        }
        return template.findings(of: unknown)
    }

    /// The ids that the audience's `ids:FILE` terms name.
    private static func lists(_ audience: Audience) throws(CommandFailure) -> [String: [Contact.ID]] {
        var lists: [String: [Contact.ID]] = [:]
        for file in audience.files {
            let handle = file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
            guard let handle, let bytes = try? handle.readToEnd() ?? Data() else {
                throw CommandFailure(.notFound, "ids:\(Plain.text(file)): there is no such file to read")
            }
            do throws(ContactIDList.Problem) {
                lists[file] = try ContactIDList.ids(in: Array(bytes))
            } catch {
                throw CommandFailure(.badContent, Plain.text("\(file), \(error)", limit: 500))
            }
        }
        return lists
    }
}
