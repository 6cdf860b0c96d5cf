import Broadcast
import TestPeers
import Testing

/// What a proof holds of the providers' own words.
@Suite(.timeLimit(.minutes(5))) struct ProofAnswerTests {
    @Test func `it says what each kind of provider answered, and nothing that is secret`() async throws {
        let hello = #"{"body": "\n{\"state\": \"queued\",\t\"token\": \"sms-SECRET-token\"}", "status": 202}"#
        let stage = try await Stage(
            ["email", "sms", "telegram", "push", "status"],
            web:
                #""/sms": [\#(hello)], "/push": [{"status": 204}], "/status": [{"status": 202, "body": "\#(String(repeating: "long ", count: 9000))"}],"#
        )
        try await stage.people(1)
        #expect(try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1").exit == 0)
        #expect(try await stage.run("report", "n1", "--proof", "n1.proof").exit == 0)
        let deliveries = try stage.program.read("n1.proof").split(separator: 0x0A)
            .map { try JSONValue(parsing: Array($0)) }.filter { $0["kind"].text == "delivery" }
        let answers = Dictionary(
            uniqueKeysWithValues: deliveries.map { ($0["channel"].text, $0["answer"].text) })
        #expect(answers["email"]?.hasPrefix("250 ") == true)
        #expect(answers["sms"] == #"HTTP 202: {"state": "queued", "token": "[secret]"}"#)
        #expect(answers["telegram"]?.hasPrefix(#"HTTP 200: {"ok": true"#) == true)
        #expect(answers["push"] == "HTTP 204")
        let long = try #require(answers["status"])
        #expect(long.hasPrefix("HTTP 202: long long ") && (150...200).contains(long.count))
        #expect(deliveries.allSatisfy { $0["isAddressAsTried"].text == "true" })
    }
}
