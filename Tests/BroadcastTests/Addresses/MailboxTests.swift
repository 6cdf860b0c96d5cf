import Broadcast
import Testing

struct MailboxTests {
    @Test(arguments: [
        ("a@b.example", "", "a@b.example"), ("Acme <a@b.example>", "Acme", "\"Acme\" <a@b.example>"),
        ("\"Acme, Inc.\" <a@Büro.example>", "Acme, Inc.", "\"Acme, Inc.\" <a@xn--bro-hoa.example>"),
        (#""A \"B\" \\ <c>" <a@b.example>"#, #"A "B" \ <c>"#, #""A \"B\" \\ <c>" <a@b.example>"#),
        ("<a@b.example>", "", "a@b.example"),
    ])
    func `a mailbox is read, and what is written can be read again`(
        text: String, name: String, written: String
    ) throws {
        let mailbox = try Mailbox(parsing: text)
        #expect(mailbox.name == name)
        #expect(mailbox.text == written)
        #expect(try Mailbox(parsing: mailbox.text) == mailbox)
    }

    @Test(arguments: [
        ("A <a@b.example>, B <c@d.example>", "more than one address"),
        ("a@b.example>", "has < or > elsewhere"),
        ("A <a@b.example> x", "has < or > elsewhere"), ("A", "has no @"), ("A <>", "is empty"),
        ("", "is empty"),
    ])
    func `what is no mailbox is refused in words that fit it`(text: String, reason: String) throws {
        let problem = try #require(throws: ValueProblem.self) { try Mailbox(parsing: text) }
        #expect(problem.reason.contains(reason) && !problem.reason.contains("column"), "\(problem)")
    }

    @Test func `it is taken apart at the last @`() throws {
        let mailbox = try Mailbox(parsing: "a+b@c.example")
        #expect(mailbox.localPart == "a+b" && mailbox.domain == "c.example")
    }
}
