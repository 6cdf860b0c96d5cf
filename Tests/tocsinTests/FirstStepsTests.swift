import Foundation
import Testing
import TestPeers

struct FirstStepsTests {
    @Test func `before any secret is set, customers come in and a dry run shows what they would get`()
        async throws
    {
        let program = try Program()
        #expect(try await program.run("init", ".").exit == 0)
        try program.write("people.csv", "id,name,email,telegram\na,Ada,ada@example.org,7\n")
        #expect(try await program.run("contacts", "import", "people.csv").exit == 0)
        let preview = try await program.run("send", "outage", "--to", "all", "--dry-run")
        #expect(preview.exit == 0, "\(preview.errors)")
        #expect(preview.errors.contains("would be refused: channels.json: channels.email.password: "))
        #expect(preview.output.contains("POST /bot[secret]/sendMessage HTTP/1.1"))
        let send = try await program.run("send", "outage", "--to", "all", "--yes")
        #expect(send.exit == 78)
        #expect(!send.errors.contains("would be refused"))
    }
}
