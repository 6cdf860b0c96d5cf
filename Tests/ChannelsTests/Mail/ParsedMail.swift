import Foundation
import TestPeers
import Testing

/// A message as Python's own e-mail package reads it under its strictest policy.
struct ParsedMail: Decodable, Equatable {
    /// Everything the parser found wrong, in the message, its parts and its headers.
    let defects: [String]
    /// Name and decoded value of each header, in order.
    let headers: [[String]]
    /// Type and decoded text of each part.
    let parts: [[String]]
    /// Display name and address of `To`.
    let to: [[String]]
    /// Display name and address of `From`.
    let from: [[String]]

    /// The values of the headers called `name`.
    func values(_ name: String) -> [String] {
        headers.filter { $0[0].lowercased() == name.lowercased() }.map { $0[1] }
    }

    /// Parses all messages in one run of the interpreter.
    static func parsing(_ messages: [[UInt8]]) async throws -> [ParsedMail] {
        let scratch = try ScratchDirectory()
        let (input, output) = (scratch.file("mails"), scratch.file("parsed"))
        try JSONEncoder().encode(messages.map { Data($0) }).write(to: URL(filePath: input))
        try Data().write(to: URL(filePath: output))
        let process = try ChildProcess(
            ["/usr/bin/python3", "-c", script],
            input: try FileHandle(forReadingFrom: URL(filePath: input)),
            output: try FileHandle(forWritingTo: URL(filePath: output)))
        try #require(await process.end() == 0)
        return try JSONDecoder().decode([ParsedMail].self, from: Data(contentsOf: URL(filePath: output)))
    }

    private static let script = #"""
        import base64, email, email.policy, json, sys
        def pairs(message, name):
            header = message[name]
            return [[a.display_name, a.addr_spec] for a in header.addresses] if header is not None else []
        found = []
        for text in json.load(sys.stdin):
            message = email.message_from_bytes(base64.b64decode(text), policy=email.policy.SMTP)
            defects = []
            for part in message.walk():
                defects += [repr(d) for d in part.defects]
                for name, value in part.items():
                    defects += [name + ": " + repr(d) for d in value.defects]
            parts = [[p.get_content_type(), p.get_content()] for p in message.walk() if not p.is_multipart()]
            found.append({"defects": defects, "headers": [[n, str(v)] for n, v in message.items()], "parts": parts,
                          "to": pairs(message, "To"), "from": pairs(message, "From")})
        json.dump(found, sys.stdout)
        """#
}
