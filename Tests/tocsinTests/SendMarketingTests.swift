import Broadcast
import Foundation
import TestPeers
import Testing

/// What marketing needs before it leaves: consent, a way out, and an offer of the sender's own.
@Suite(.serialized) struct SendMarketingTests {
    private func marketing(_ sms: String = "Offer! STOP to end") async throws -> Stage {
        let stage = try await Stage(["email", "sms"])
        try stage.template("offer", "subject: Offer\npurpose: marketing\nsms: \"\(sms)\"", "Buy.")
        try await stage.program.takeOver(
            """
            id,email,phone,consent,consentSource,consentDate
            yes,yes@acme.example,+393331000001,all,form,2026-01-01
            mail,mail@acme.example,+393331000002,email,form,2026-01-01
            no,no@acme.example,+393331000003,none,form,2026-01-01
            asked,asked@acme.example,+393331000004,,,

            """)
        return stage
    }

    @Test func `marketing goes only where consent is, and says why not elsewhere`() async throws {
        let stage = try await marketing()
        let outcome = try await stage.run("send", "offer", "--to", "all", "--yes", "--json")
        #expect(outcome.exit == 1, "\(outcome.errors)")
        let channels = try outcome.json()["channels"]
        #expect(channels["email"]["skipped"]["no-consent"].text == "2")
        #expect(channels["sms"]["skipped"]["no-consent"].text == "3")
        #expect(try await stage.mailed().sorted() == ["mail@acme.example", "yes@acme.example"])
        let bodies = try await stage.posted().map(\.body)
        #expect(bodies.count == 1 && bodies[0].contains("+393331000001"))
        let mails = try await stage.mail.entries("mail")
        #expect(
            mails.allSatisfy { $0["message", default: .null].text.contains("List-Unsubscribe: <mailto:") })
    }

    @Test func `marketing is never urgent`() async throws {
        let stage = try await marketing()
        let outcome = try await stage.run("send", "offer", "--to", "all", "--yes", "--priority", "urgent")
        #expect(outcome.exit == 65 && outcome.errors.contains("cannot be urgent"), "\(outcome.errors)")
        #expect(try await stage.isUntouched())
    }

    @Test func `a way to unsubscribe that the cut takes away is told as that`() async throws {
        let stage = try await Stage(
            ["sms"],
            more: [
                "sms": #""overflow": "cut-with-link", "maxSegments": 1"#,
                "sender": #", "page": "https://acme.example/n/{{announcement.id}}""#,
            ])
        let long = String(repeating: "word ", count: 40)
        try stage.template(
            "offer",
            "subject: Offer\npurpose: marketing\nsms: \"Offer {{contact.note}} STOP to end\"\n"
                + "variables: {contact.note: {default: now}}", "Buy.")
        try await stage.program.takeOver(
            "id,phone,note,consent,consentSource,consentDate\na,+393331000001,\(long),all,form,2026-01-01\n"
                + "b,+393331000002,x,all,form,2026-01-01\n")
        let refused = try await stage.run("send", "offer", "--to", "all", "--yes")
        #expect(refused.exit == 65, "\(refused.errors)")
        #expect(
            refused.errors.contains("the cut takes away how to unsubscribe from 1 of 2 on sms"),
            "\(refused.errors)")
        #expect(try await stage.run("send", "offer", "--to", "id:b", "--yes").exit == 0)
    }

    @Test func `marketing without a way to unsubscribe is refused, whichever language lacks it`() async throws
    {
        let stage = try await marketing("Offer!")
        let outcome = try await stage.run("send", "offer", "--to", "all", "--yes")
        #expect(outcome.exit == 65 && outcome.errors.contains("no reader on sms how to unsubscribe"))
        #expect(try await stage.isUntouched())
        #expect(try await stage.run("send", "offer", "--to", "all", "--yes", "--channels", "email").exit == 1)

        let half = try await marketing()
        try half.program.write(
            "templates/offer/message.it.md", "---\nsubject: Offerta\nsms: Offerta!\n---\nCompra.\n")
        try await half.program.takeOver(
            "id,phone,locale,consent,consentSource,consentDate\nit,+393331000009,it,all,form,2026-01-01\n")
        let refused = try await half.run("send", "offer", "--to", "all", "--yes")
        #expect(refused.exit == 65 && refused.errors.contains("no reader on sms how to unsubscribe"))
        #expect(try await half.isUntouched())
    }

    @Test(arguments: [("", 65, ""), (#", "website": "https://acme.example""#, 0, "acme.example")])
    func `the campaign that init makes tells readers of an SMS how to opt out when there is a website`(
        website: String, exit: Int32, told: String
    ) async throws {
        let stage = try await Stage(["sms"], more: ["sender": website])
        try await stage.run("init", stage.program.folder.path)
        try await stage.program.takeOver(
            """
            id,phone,locale,consent,consentSource,consentDate
            e,+393331000001,en,all,form,2026-01-01
            i,+393331000002,it,all,form,2026-01-01

            """)
        let send = ["send", "campaign", "--to", "all", "--yes"]
        let offer = ["--set", "offer=Two for one"]
        let outcome = try await stage.run(send + offer + ["--max-cost", "1EUR"])
        #expect(outcome.exit == exit, "\(outcome.errors)")
        let bodies = try await stage.posted().map(\.body)
        #expect(
            bodies.count == (exit == 0 ? 2 : 0) && bodies.allSatisfy { told.isEmpty || $0.contains(told) })
        let page = ["--set", "optout=https://acme.example/stop"]
        #expect(try await stage.run(send + offer + page).exit == 0)
    }

    @Test func `the campaign that init makes offers nothing that nobody has said`() async throws {
        let stage = try await Stage()
        try await stage.run("init", stage.program.folder.path)
        try await stage.program.takeOver(
            "id,email,consent,consentSource,consentDate\na,a@acme.example,all,form,2026-01-01\n")
        let send = ["send", "campaign", "--to", "all", "--yes"]
        let refused = try await stage.run(send)
        #expect(refused.exit == 65 && refused.complaints.count == 1, "\(refused.errors)")
        #expect(refused.errors.contains("give --set offer=…"), "\(refused.errors)")
        #expect(try await stage.isUntouched())
        #expect(try await stage.run(send + ["--set", "offer=Two for one"]).exit == 0)
        #expect(try await stage.mailed() == ["a@acme.example"])
    }
}
