import Broadcast
import Channels
import Foundation
import Templating
import TestPeers
import Testing

@Suite(.timeLimit(.minutes(5)))
struct TelegramPeerTests {
    private static let path = "/bot123456:secret-of-telegram/sendMessage"

    private static func bot(_ peer: PeerProcess, _ more: String = "") throws -> any Channel {
        try configured(
            """
            {"type":"telegram","token":{"env":"TELEGRAM_TOKEN"},"private":true,\
            "api":"http://127.0.0.1:\(try peer.port("http"))"\(more)}
            """)
    }

    @Test(
        arguments: [
            (200, #"{"ok":true,"result":{"message_id":4711}}"#, "", "accepted 4711"),
            (
                429, #"{"ok":false,"error_code":429,"parameters":{"retry_after":17}}"#, "",
                "deferred channel rate-limited 17.0 seconds"
            ),
            (429, "", #""Retry-After": "9""#, "deferred channel rate-limited 9.0 seconds"),
            (
                403, #"{"ok":false,"description":"Forbidden: bot was blocked by the user"}"#, "",
                "refused recipient blocked-by-recipient"
            ),
            (
                403, #"{"ok":false,"description":"Forbidden: user is deactivated"}"#, "",
                "refused recipient blocked-by-recipient"
            ),
            (
                403, #"{"ok":false,"description":"Forbidden: bot was kicked from the group chat"}"#, "",
                "refused recipient blocked-by-recipient"
            ),
            (
                400, #"{"ok":false,"description":"Bad Request: chat not found"}"#, "",
                "refused recipient address-unknown"
            ),
            (
                400, #"{"ok":false,"description":"Bad Request: can't parse entities: Unmatched end tag"}"#,
                "",
                "refused message message-refused"
            ),
            (
                400,
                #"{"ok":false,"description":"upgraded","parameters":{"migrate_to_chat_id":-1009007199254740}}"#,
                "",
                "moved -1009007199254740"
            ),
            (
                401, #"{"ok":false,"description":"Unauthorized"}"#, "",
                "deferred channel credentials-refused"
            ),
            (404, #"{"ok":false,"description":"Not Found"}"#, "", "deferred channel credentials-refused"),
            (502, "<html><h1>502 Bad Gateway</h1></html>", "", "deferred channel service-failed"),
        ])
    func `the Bot API's replies have their meaning`(
        status: Int, body: String, header: String, meaning: String
    ) async throws {
        let text = String(decoding: JSONValue.string(body).compact, as: UTF8.self)
        let peer = try await PeerProcess.web(
            #"{"script": {"\#(Self.path)": [{"status": \#(status), "body": \#(text), "headers": {\#(header)}}]}}"#
        )
        #expect(try await outcome(.sample(.telegram), over: Self.bot(peer)) == meaning)
    }

    @Test func `a moved chat gets the message under its new number`() async throws {
        let moved =
            #"{"status": 400, "body": "{\"ok\":false,\"description\":\"x\",\"parameters\":{\"migrate_to_chat_id\":-1001234567890}}"}"#
        let peer = try await PeerProcess.web(
            #"{"script": {"*": [\#(moved), {"body": "{\"ok\":true,\"result\":{\"message_id\":1}}"}]}}"#)
        let bot = try Self.bot(peer)
        guard case .moved(let address)? = try await verdicts(on: .sample(.telegram), over: bot).first else {
            Issue.record("not moved")
            return
        }
        #expect(try await outcome(.sample(address), over: bot) == "accepted 1")
        let pointer = try #require(JSONPointer("/chat_id"))
        let chats = try await peer.requests().map {
            try JSONValue(parsing: Array(($0["body"]?.text ?? "").utf8)).value(at: pointer)
        }
        #expect(chats == [.number("987654321012"), .number("-1001234567890")])
    }

    @Test func `a rendered notice arrives whole, its names made safe for Telegram's HTML`() async throws {
        let peer = try await PeerProcess.web(#"{"script": {"*": [{"body": "{\"ok\":true}"}]}}"#)
        let contact = Contact.sample(name: "<Anna> & 🚒")
        let delivery = try Notice().delivery(.telegram, to: contact, at: .telegram)
        #expect(try await outcome(delivery, over: Self.bot(peer)) == "accepted")
        let request = try #require(try await peer.requests().first)
        #expect(request["path"]?.text == Self.path)
        let tree = try JSONValue(parsing: Array((request["body"]?.text ?? "").utf8))
        let pointer = try #require(JSONPointer("/text"))
        let text = tree.value(at: pointer)?.scalarText ?? ""
        #expect(
            text.contains("&lt;Anna&gt; &amp; 🚒</b>") || text.contains("&lt;Anna&gt; &amp; 🚒</strong>"),
            "\(text)")
        #expect(text.contains("perché è così"))
    }

    @Test(arguments: [400, 401, 403, 429, 500])
    func `a server that echoes the request gets no token into the report`(status: Int) async throws {
        let peer = try await PeerProcess.web(#"{"script": {"*": [{"status": \#(status), "echo": true}]}}"#)
        let verdict = "\(try await verdicts(on: .sample(.telegram), over: Self.bot(peer)))"
        #expect(verdict.contains("[secret]") && !verdict.contains("secret-of-telegram"), "\(verdict)")
    }

    // MARK: Field names

    /// `sendMessage` as far as it is used, and what may stand there.
    private static let fields = [
        "chat_id": ["Integer", "String"], "text": ["String"], "parse_mode": ["String"],
        "link_preview_options": ["LinkPreviewOptions"],
    ]
    private static let previewFields = ["is_disabled": ["Boolean"]]

    @Test func `only fields that sendMessage has are sent, and all that it must have`() async throws {
        let peer = try await PeerProcess.web("{}")
        _ = try await verdicts(on: .sample(.telegram), over: Self.bot(peer))
        _ = try await verdicts(on: .sample(nil), over: Self.bot(peer, #","chat":"@acme_news""#))
        let bodies = try await peer.requests().map { $0["body"]?.text ?? "" }
        #expect(bodies.count == 2)
        for body in bodies {
            guard case .object(let members) = try JSONValue(parsing: Array(body.utf8)) else {
                Issue.record("no object: \(body)")
                continue
            }
            #expect(Set(members.keys) == Set(Self.fields.keys))
            guard case .object(let preview)? = members["link_preview_options"] else {
                Issue.record("no options: \(body)")
                continue
            }
            #expect(Set(preview.keys) == Set(Self.previewFields.keys))
        }
    }

    /// Where `TOCSIN_TELEGRAM_API` names the published interface, our table of its fields is held against that.
    @Test func `our table of fields agrees with the published interface`() throws {
        guard let file = ProcessInfo.processInfo.environment["TOCSIN_TELEGRAM_API"] else { return }
        let tree = try JSONDecoder().decode(Interface.self, from: Data(contentsOf: URL(filePath: file)))
        let message = try #require(tree.methods["sendMessage"]).fields ?? []
        let preview = try #require(tree.types["LinkPreviewOptions"]).fields ?? []
        let reply = try #require(tree.types["ResponseParameters"]).fields ?? []
        for (name, types) in Self.fields {
            #expect(message.first { $0.name == name }?.types == types, "\(name)")
        }
        for (name, types) in Self.previewFields {
            #expect(preview.first { $0.name == name }?.types == types, "\(name)")
        }
        #expect(Set(message.filter(\.required).map(\.name)).isSubset(of: Self.fields.keys))
        #expect(Set(reply.map(\.name)).isSuperset(of: ["migrate_to_chat_id", "retry_after"]))
    }

    private struct Interface: Decodable {
        struct Shape: Decodable {
            let fields: [Field]?
        }
        struct Field: Decodable {
            let name: String
            let types: [String]
            let required: Bool
        }
        let methods: [String: Shape]
        let types: [String: Shape]
    }
}
