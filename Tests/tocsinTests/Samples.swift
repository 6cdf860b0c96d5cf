import Broadcast
import Foundation
import TestPeers
import Testing

extension Program {
    /// A folder with a configuration: mail on which a data centre's loss tells, two channels of one company, and SMS.
    static func configured(mail: Int = 9, http: Int = 9, health: String = "") throws -> Program {
        let program = try Program()
        try program.write(
            "channels.json",
            """
            { "sender": { "name": "Acme", "locale": "it", "timezone": "Europe/Rome", "website": "https://acme.example" },
              "store": "tocsin.db", "order": ["email", "sms"],
              "channels": {
                "email": { "type": "smtp", "company": "Acme", "depends": ["Milan data centre"], "private": true,
                           "url": "smtp://127.0.0.1:\(mail)", "tls": "none", "from": "notices@acme.example" },
                "sms": { "type": "sms", "company": "Example SMS", "private": true, \(health)
                         "url": "http://127.0.0.1:\(http)/sms", "body": { "json": { "to": "{{to}}", "text": "{{text}}" } } },
                "messenger": { "type": "webhook", "company": "Meta", "private": true,
                               "url": "http://127.0.0.1:\(http)/messenger" },
                "whatsapp": { "type": "webhook", "company": "Meta", "private": true,
                              "url": "http://127.0.0.1:\(http)/whatsapp" } } }
            """)
        return program
    }

    /// Imports `list`, which must be taken.
    func takeOver(_ list: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try write("people.csv", list)
        let outcome = try await run("contacts", "import", "people.csv", environment: Stage.secrets)
        #expect(outcome.exit == 0, "\(outcome.errors)", sourceLocation: sourceLocation)
    }
}

extension Program.Outcome {
    /// Standard output as JSON.
    func json() throws -> JSONValue { try JSONValue(parsing: bytes, maxBytes: 1 << 26) }

    /// Standard output with its folded lines made one again.
    var unfolded: String { output.replacing(/\n +/, with: " ") }

    /// Standard error as running text, however it was folded.
    var told: String { errors.replacing(/\s+/, with: " ") }

    /// Whether neither stream tells a terminal anything but text and line ends.
    var isPlain: Bool {
        !(output + errors).unicodeScalars.contains { $0 != "\n" && $0.isControl }
    }

    /// The lines of standard error.
    var complaints: [String] { errors.split(separator: "\n").map(String.init) }
}

extension JSONValue {
    /// A member of an object, or an element of an array; null when there is none.
    subscript(_ key: String) -> JSONValue {
        switch self {
        case .object(let members): members[key] ?? .null
        case .array(let items): Int(key).flatMap { items.indices.contains($0) ? items[$0] : nil } ?? .null
        default: .null
        }
    }

    var keys: [String] {
        if case .object(let members) = self { members.keys.sorted() } else { [] }
    }

    var text: String {
        switch self {
        case .string(let text), .number(let text): text
        case .bool(let flag): flag ? "true" : "false"
        default: ""
        }
    }

    var items: [JSONValue] {
        if case .array(let items) = self { items } else { [] }
    }
}
