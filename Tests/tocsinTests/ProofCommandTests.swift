import Broadcast
import Foundation
import TestPeers
import Testing

/// The signed record of an announcement, and how anybody verifies it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ProofCommandTests {
    /// One reached, one refused, one sharing the first one's address, one without any.
    private func proven() async throws -> Stage {
        let stage = try await Stage(
            ["email", "status"],
            mail:
                #"{"recipients": {"bad@acme.example": "550 5.1.1 no such user"}, "end": "250 2.0.0 Ok: queued as Q7"}"#
        )
        try await stage.program.takeOver(
            "id,name,email\na,\"Anna \u{1F642} \"\"A\"\"\",a@acme.example\nb,Bo,bad@acme.example\n"
                + "c,Cy,a@acme.example\nd,Di,\n")
        #expect(try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1").exit == 1)
        let outcome = try await stage.run("report", "n1", "--proof", "n1.proof")
        #expect(outcome.exit == 0 && outcome.told.contains("5 deliveries in n1.proof"), "\(outcome.errors)")
        return stage
    }

    private func lines(_ stage: Stage) throws -> [JSONValue] {
        try stage.program.read("n1.proof").split(separator: 0x0A).map { try JSONValue(parsing: Array($0)) }
    }

    @Test func `it says what was said, to whom, over what, and what the provider answered`() async throws {
        let stage = try await proven()
        #expect(stage.program.mode(of: "n1.proof") == 0o600)
        let lines = try lines(stage)
        let head = lines[0]
        #expect(
            head["id"].text == "n1" && head["template"].text == "note" && head["purpose"].text == "service")
        #expect(head["sources"]["0"]["path"].text == "note/message.md")
        #expect(head["sources"]["0"]["text"].text.contains("Sorry."))
        #expect(head["isFinal"].text == "true" && !head["acceptedBy"].text.isEmpty)
        #expect(head["report"] == (try await stage.report("n1")))
        #expect(lines.count == 7 && lines[1...5].allSatisfy { $0["kind"].text == "delivery" })
        let place = lines[1]
        #expect(place["channel"].text == "status" && place["isPublic"].text == "true")
        let people = Dictionary(uniqueKeysWithValues: lines[2...5].map { ($0["contact"].text, $0) })
        let (a, b) = (people["a", default: .null], people["b", default: .null])
        #expect(a["name"].text == "Anna \u{1F642} \"A\"" && a["address"].text == "a@acme.example")
        #expect(a["state"].text == "accepted" && a["isAddressAsTried"].text == "true")
        #expect(
            a["attempts"].text == "1" && !a["settledAt"].text.isEmpty && !a["firstAttemptAt"].text.isEmpty)
        let message = try #require(try await stage.mail.entries("mail").first)
        #expect(message["message", default: .null].text.contains("<\(a["key"].text)@"))
        #expect(a["answer"].text.hasPrefix("250"))
        #expect(b["fault"]["detail"].text.contains("no such user") && b["answer"] == .null)
        let c = people["c", default: .null]
        #expect(c["reason"].text == "duplicate-address" && c["sharesCopyOf"].text == "a")
        #expect(people["d", default: .null]["reason"].text == "no-address")
    }

    @Test func `nobody who was erased stands in it, and the counts still add up`() async throws {
        let stage = try await proven()
        #expect(try await stage.run("contacts", "erase", "a", "--yes").exit == 0)
        #expect(try await stage.run("report", "n1", "--proof", "n1.proof", "--replace").exit == 0)
        #expect(!String(decoding: stage.program.read("n1.proof"), as: UTF8.self).contains("Anna"))
        let erased = try lines(stage).filter { $0["isPublic"].text == "false" && $0["contact"] == .null }
        #expect(erased.count == 1 && erased[0]["address"] == .null && erased[0]["key"] == .null)
        #expect(erased[0]["answer"] == .null && erased[0]["state"].text == "accepted")
        #expect(try await stage.run("report", "--verify", "n1.proof").exit == 0)
    }

    @Test func `it is verified without store and configuration, and with openssl alone`() async throws {
        let stage = try await proven()
        let other = try Program()
        try other.write("n1.proof", stage.program.read("n1.proof"))
        let key = try await stage.run("report", "--proof-key")
        try other.write("key.pem", key.output)
        let verified = try await other.run("report", "--verify", "n1.proof")
        #expect(verified.exit == 0 && verified.width <= 80, "\(verified.errors)")
        let print = try await stage.run("report", "--proof-key", "--json").json()["fingerprint"].text
        #expect(print.count == 64 && verified.unfolded.contains(print) && key.errors.contains(print))
        let der = try await other.shell("openssl pkey -pubin -in key.pem -outform DER | sha256sum")
        #expect(der.output.hasPrefix(print))
        let json = try await other.run("report", "--verify", "n1.proof", "--key", "key.pem", "--json").json()
        #expect(json["isKnownKey"].text == "true" && json["deliveries"].text == "5")
        guard
            case .object(let members) = try await other.run("report", "--verify", "n1.proof", "--json").json()
        else { throw CancellationError() }
        #expect(members["isKnownKey"] == .null && members["contacts", default: .null]["selected"].text == "4")
        let commands = """
            head -n -1 n1.proof | sha256sum | sed 's/ .*//; s/^/tocsin proof 1 /' > signed
            tail -n 1 n1.proof | sed 's/.*"signature":"//; s/".*//' | base64 -d > signature
            openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed -sigfile signature
            """
        let sealed = try await other.shell(commands)
        #expect(sealed.exit == 0 && sealed.output.contains("Signature Verified Successfully"))
        let bytes = String(decoding: other.read("n1.proof"), as: UTF8.self)
        try other.write("n1.proof", bytes.replacing("Bo", with: "Bu"))
        #expect(try await other.shell(commands).exit != 0)
    }

    /// What somebody does to the lines of a proof, and what is said of it.
    static let damages: [(String, @Sendable ([String]) -> String, String)] = [
        (
            "a letter", { $0.joined().replacing("bad@acme", with: "bed@acme") },
            "n1.proof:4: this line was changed"
        ),
        ("a line less", { ($0[..<3] + $0[4...]).joined() }, "n1.proof:4: this line was written as line 5"),
        ("a line twice", { ($0[...3] + $0[3...]).joined() }, "n1.proof:5: this line was written as line 4"),
        (
            "two lines swapped", { ($0[..<2] + [$0[3], $0[2]] + $0[4...]).joined() },
            "n1.proof:3: this line was written as line 4"
        ),
        ("the end less", { $0.dropLast().joined() }, "n1.proof:6: this line is the last, and no signature"),
        ("half a line", { String($0.joined().dropLast(20)) }, "n1.proof:7: this line has no end"),
        ("nothing", { _ in "" }, "n1.proof:1: this line has no end"),
        ("something else", { _ in "hello\n" }, "n1.proof:1: this line is not how a proof of Tocsin begins"),
        (
            "a line more", { $0.joined() + "{}\n" }, "n1.proof:7: this line is no delivery"
        ),
        (
            "another text", { $0.joined().replacing("Sorry.", with: "Never.") },
            "n1.proof:1: this line was changed"
        ),
        (
            "a forged line", { forged($0, "\"name\":\"Bo\"", "\"name\":\"Bu\"") },
            "n1.proof:7: this line holds another SHA-256"
        ),
        (
            "a forged count", { forged($0, "\"state\":\"refused\"", "\"state\":\"unknown\"") },
            "n1.proof:1: this line counts 1 refused on email, the lines below 0"
        ),
        (
            "a forged text", { forged($0, "Sorry.", "Never.") },
            "n1.proof:1: this line holds another text of note/message.md"
        ),
        (
            "a forged line and sum", { summed(forged($0, "\"name\":\"Bo\"", "\"name\":\"Bu\"")) },
            "n1.proof:7: this line holds a signature that the key of line 1 has not made"
        ),
        (
            "a time that ends its line",
            { forged($0, "\"acceptedAt\":\"", "\"acceptedAt\":\"\\n\\u001b[2J") },
            "n1.proof:1: this line holds no time as acceptedAt"
        ),
        (
            "a time that says more", { forged($0, "\"madeAt\":\"", "\"madeAt\":\"never. Signed by Meta, ") },
            "n1.proof:1: this line holds no time as madeAt"
        ),
        (
            "a state that is none", { forged($0, "\"state\":\"finished\"", "\"state\":\"read by all\"") },
            "n1.proof:1: this line holds no state of an announcement"
        ),
        (
            "a template that says more",
            { forged($0, "\"template\":\"note\"", "\"template\":\"note: whole, signed by Meta. It\"") },
            "n1.proof:1: this line holds no name of a template"
        ),
        (
            "an id that is none", { forged($0, "\"id\":\"n1\",\"isF", "\"id\":\"n1\\n\",\"isF") },
            "n1.proof:1: this line holds no id of an announcement"
        ),
        (
            "more people", { forged($0, "\"selected\":4", "\"selected\":1000000") },
            "n1.proof:1: this line speaks of 1000000 people, and of 4 by what became of them"
        ),
        (
            "fewer people than none", { forged($0, "\"selected\":4", "\"selected\":-5") },
            "n1.proof:1: this line holds no count of people as selected"
        ),
        (
            "more that was planned", { forged($0, "\"planned\":4", "\"planned\":99999") },
            "n1.proof:1: this line speaks of 99999 deliveries on email, and of 4 by their states"
        ),
        (
            "an end that was none", { forged($0, "\"state\":\"finished\"", "\"state\":\"running\"") },
            "n1.proof:1: this line says that it was over, and that it was running"
        ),
        (
            "a channel from nowhere", { forged($0, "\"channel\":\"email\"", "\"channel\":\"fax\"") },
            "n1.proof:3: this line is of the channel fax, of which line 1 counts nothing"
        ),
        (
            "a state that no delivery has", { forged($0, "\"state\":\"refused\"", "\"state\":\"read\"") },
            "n1.proof:4: this line holds no state of a delivery"
        ),
        (
            "a reason from nowhere", { forged($0, "\"reason\":\"no-address\"", "\"reason\":\"late\"") },
            "n1.proof:6: this line gives a reason of which line 1 counts nothing"
        ),
        (
            "another fingerprint", { forged($0, "\"fingerprint\":\"", "\"fingerprint\":\"00") },
            "n1.proof:1: this line names another fingerprint than its key has"
        ),
        (
            "a key under a pass phrase",
            { forged($0, "-----BEGIN PUBLIC KEY-----\\n", "-----BEGIN PUBLIC KEY-----\\n" + sealing) },
            "n1.proof:1: this line holds no public key"
        ),
        (
            "a line without end", { $0[0] + String(repeating: "x", count: 3 << 20) + $0[1] },
            "n1.proof:2: this line is far too long to be one of a proof"
        ),
        (
            "a line of values", { forged($0, "\"audience\":\"all\"", "\"audience\":[0\(zeroes)]") },
            "n1.proof:1: this line is not how a proof of Tocsin begins: it holds more than 32768 values"
        ),
    ]

    /// What makes a reader of keys ask for a pass phrase.
    private static let sealing =
        "Proc-Type: 4,ENCRYPTED\\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\\n\\n"
    private static let zeroes = String(repeating: ",0", count: 1 << 15)

    /// With the sum of these lines in the last one: all that whoever has not the key can make.
    private static func summed(_ text: String) -> String {
        let lines = text.split(separator: "\n").map { "\($0)\n" }
        let sum = SHA256Stream.hex(of: Array(lines.dropLast().joined().utf8))
        let last = (try? JSONValue(parsing: Array((lines.last ?? "").utf8)))?["sha256"].text ?? ""
        return forged(lines, last, sum)
    }

    /// With checks that fit again, as whoever forges a proof would write them.
    private static func forged(_ lines: [String], _ old: String, _ new: String) -> String {
        lines.enumerated().map { number, line in
            guard line.contains(old), let tree = try? JSONValue(parsing: Array(line.utf8)),
                case .object(var members)? = try? JSONValue(
                    parsing: Array(tree.compactText.replacing(old, with: new).utf8))
            else { return line }
            members["check"] = nil
            return String(decoding: ProofLine.bytes(members, number: number + 1), as: UTF8.self)
        }.joined()
    }

    @Test func `whatever is done to it is found, with the place`() async throws {
        let stage = try await proven()
        let whole = String(decoding: stage.program.read("n1.proof"), as: UTF8.self)
        let lines = whole.split(separator: "\n").map { "\($0)\n" }
        for (what, damage, told) in Self.damages {
            try stage.program.write("n1.proof", damage(lines))
            let outcome = try await stage.run("report", "--verify", "n1.proof")
            #expect(outcome.exit == 65 && outcome.told.contains(told), "\(what): \(outcome.errors)")
            #expect(outcome.output.isEmpty && outcome.complaints.count == 1 && outcome.isPlain, "\(what)")
        }
        let other = try await proven()
        try stage.program.write("n1.proof", whole)
        try stage.program.write("other.pem", try await other.run("report", "--proof-key").output)
        let foreign = try await stage.run("report", "--verify", "n1.proof", "--key", "other.pem")
        #expect(foreign.exit == 65 && foreign.told.contains("not with that of other.pem"))
        #expect(try await stage.run("report", "--verify", "n1.proof", "--key", "n1.proof").exit == 65)
        #expect(try await stage.run("report", "--verify", "none").exit == 66)
        let directory = try await stage.run("report", "--verify", "templates")
        #expect(directory.exit == 66 && directory.told.contains("templates cannot be read; give the file"))
    }

    @Test func `a file that is there is left, and what does not go together is refused`() async throws {
        let stage = try await proven()
        let before = stage.program.read("n1.proof")
        let refused = try await stage.run("report", "n1", "--proof", "n1.proof")
        #expect(refused.exit == 64 && refused.told.contains("--replace takes its place"), "\(refused.errors)")
        #expect(stage.program.read("n1.proof") == before)
        #expect(try stage.program.names.allSatisfy { !$0.contains(".partial") })
        #expect(try await stage.run("report", "n1", "--proof", "n1.proof", "--replace").exit == 0)
        for words in [
            ["--proof", "x", "--verify", "n1.proof"], ["--proof", "x", "--contacts", "missed"],
            ["n1", "--verify", "n1.proof"], ["--replace"], ["--key", "k"], ["n1", "--proof-key"],
            ["--proof", "x", "--all"],
        ] {
            #expect(try await stage.run(["report"] + words).exit == 64, "\(words)")
        }
        #expect(try await stage.run("report", "n2", "--proof", "x").exit == 66)
        #expect(try await stage.run("report", "n1", "--proof", "no/where").exit == 66)
        let names = try stage.program.names
        #expect(!names.contains { $0.hasPrefix("x") || $0.contains(".partial") }, "\(names)")
    }

    @Test func `of a running announcement it is one moment, and says so`() async throws {
        let stage = try await Stage()
        try await stage.program.takeOver(
            "id,email\n" + (1...2500).map { "q\($0),q\($0)@acme.example\n" }.joined())
        try await stage.run("channels", "down", "email", "--why", "x")
        #expect(
            try await stage.run(
                "send", "note", "--to", "all", "--yes", "--id", "n1", "--wait", "--linger", "0s"
            )
            .exit == 3)
        let outcome = try await stage.run("report", "n1", "--proof", "n1.proof")
        #expect(outcome.exit == 0 && outcome.told.contains("n1 is running: this is how it stood"))
        let verified = try await stage.run("report", "--verify", "n1.proof")
        #expect(verified.exit == 0 && verified.output.contains("was not over"), "\(verified.errors)")
        #expect(try lines(stage).count == 2502)
    }
}

extension JSONValue {
    fileprivate var compactText: String { String(decoding: compact, as: UTF8.self) }
}
