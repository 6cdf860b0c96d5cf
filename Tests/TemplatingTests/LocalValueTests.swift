import Broadcast
import Foundation
import Testing

@testable import Templating

/// Dates and numbers as readers' locales and zones have them: `{{until.date}}`, `{{price.number}}`.
struct LocalValueTests {
    private static let fields = "{{v.date}}|{{v.short}}|{{v.weekday}}|{{v.time}}|{{v.long}}"

    /// A template whose variable `v` is `value`.
    private func content(_ body: String, _ value: String?, sender: Sender = .sample) -> FrozenContent {
        .sample(
            body, front: "variables: {v: When}\n", files: ["t/message.it.md": body, "t/message.de.md": body],
            variables: value.map { ["v": $0] } ?? [:], sender: sender)
    }

    /// Narrow blanks before AM and PM are for the eye.
    private func shown(_ text: String) -> String { text.replacing("\u{202F}", with: " ") }

    @Test(arguments: [
        (
            "2026-12-01T18:00+01:00", "en-GB", "Europe/Rome",
            "1 December 2026|1 Dec 2026|Tuesday|18:00|Tuesday, 1 December 2026 at 18:00"
        ),
        (
            "2026-12-01T17:00:00Z", "en", "America/New_York",
            "December 1, 2026|Dec 1, 2026|Tuesday|12:00 PM|Tuesday, December 1, 2026 at 12:00 PM"
        ),
        (
            "2026-12-01T18:00:30.5+01:00", "it-IT", "Europe/Rome",
            "1 dicembre 2026|1 dic 2026|martedì|18:00|martedì 1 dicembre 2026 alle ore 18:00"
        ),
        // Without an offset it is the sender's time, whoever reads it; and another day elsewhere.
        (
            "2026-12-01T18:00", "de", "Asia/Tokyo",
            "2. Dezember 2026|02.12.2026|Mittwoch|02:00|Mittwoch, 2. Dezember 2026 um 02:00"
        ),
        (
            "2026-12-01 18:00:00", "de", "Europe/Berlin",
            "1. Dezember 2026|01.12.2026|Dienstag|18:00|Dienstag, 1. Dezember 2026 um 18:00"
        ),
    ])
    func `a date is written as its reader's locale and zone have it`(
        value: String, locale: String, timezone: String, expected: String
    ) throws {
        let template = try CompiledTemplate(content(Self.fields, value))
        let contact = Contact.sample(locale: locale, timezone: timezone)
        #expect(shown(try template.text(.webhook, for: contact)) == expected)
        #expect(shown(try template.text(.webhook, for: contact)) == expected)
    }

    @Test(arguments: [
        ("en-GB", "Pacific/Auckland", "1 December 2026|1 Dec 2026|Tuesday|Tuesday, 1 December 2026"),
        ("it", "America/Los_Angeles", "1 dicembre 2026|1 dic 2026|martedì|martedì 1 dicembre 2026"),
    ])
    func `a day without a time is the same day everywhere`(
        locale: String, timezone: String, expected: String
    ) throws {
        let body = "{{v.date}}|{{v.short}}|{{v.weekday}}|{{v.long}}"
        let template = try CompiledTemplate(content(body, "2026-12-01"))
        #expect(
            try template.text(.webhook, for: .sample(locale: locale, timezone: timezone)) == expected)
    }

    @Test func `a reader of another language gets the dates of the sender's, where the text speaks that`()
        throws
    {
        let sender = Sender(name: "Acme", locale: "en-GB", timezone: "Europe/London")
        let content = FrozenContent.sample(
            "{{v.date}}", front: "locale: en\nvariables: {v: When}\n", variables: ["v": "2026-12-01"],
            sender: sender)
        let template = try CompiledTemplate(content)
        #expect(try template.text(.webhook, for: .sample(locale: "fr")) == "1 December 2026")
        #expect(try template.text(.webhook, for: .sample(locale: "en-US")) == "December 1, 2026")
        #expect(try template.text(.webhook, for: nil) == "1 December 2026")
    }

    @Test(arguments: [
        ("en", "en-GB", "fr", "1 December 2026"), ("en", "en-GB", "en-US", "December 1, 2026"),
        ("en-US", "en-GB", "fr", "December 1, 2026"), ("en", "en", "fr", "December 1, 2026"),
        ("it", "en-GB", "fr", "1 December 2026"),
    ])
    func `a sender without a region takes none from the text that has one`(
        sender: String, text: String, reader: String, expected: String
    ) throws {
        let content = FrozenContent.sample(
            "{{v.date}}", front: "locale: \(text)\nvariables: {v: When}\n", variables: ["v": "2026-12-01"],
            sender: Sender(name: "Acme", locale: sender, timezone: "Europe/London"))
        #expect(try CompiledTemplate(content).text(.webhook, for: .sample(locale: reader)) == expected)
    }

    @Test func `the plain variable stays as it was given`() throws {
        let template = try CompiledTemplate(content("{{v}} {{#v}}{{.}} {{v.date}}{{/v}}", "2026-12-01"))
        #expect(try template.text(.webhook) == "2026-12-01 2026-12-01 December 1, 2026")
    }

    @Test(arguments: [
        ("1234.50", "en", "1,234.50"), ("1234.50", "it", "1.234,50"), ("-0.045", "de", "-0,045"),
        ("49", "de", "49"), ("1000000", "en", "1,000,000"), ("+5.0", "it", "5,0"),
    ])
    func `a number is written as its reader's locale has it`(value: String, locale: String, expected: String)
        throws
    {
        let template = try CompiledTemplate(content("{{v.number}}", value))
        // Four digits are not grouped in every locale.
        let text = try template.text(.webhook, for: .sample(locale: locale))
        #expect(text == expected || text == expected.replacing("1.234", with: "1234"), "\(text)")
    }

    private static let date = "needs a date such as 2026-12-01 or 2026-12-01T18:00+01:00"

    @Test(arguments: [
        ("date", "tomorrow", date), ("date", "2026-02-30", date), ("short", "2026-12-01T25:00Z", date),
        ("weekday", "1/12/2026", date), ("long", "2026-12-01T18:00+1", date), ("date", "20261201", date),
        ("date", "2026-12-01x", date), ("date", "٢٠٢٦-12-01", date),
        // The hour that is left out in spring.
        (
            "date", "2026-03-29T02:30",
            "needs a time that there is: the clocks of Europe/Rome skip that hour on that day"
        ),
        ("date", "2026-03-29T24:30", date),
        ("time", "2026-12-01", "needs a date with its time, such as 2026-12-01T18:00+01:00"),
        ("number", "1,234", "needs a number such as 1234.50"), ("number", "1e3", "needs a number"),
        ("number", "", ""), ("date", "", ""),
    ])
    func `what is no date or number is refused before anything is sent`(
        field: String, value: String, expected: String
    ) {
        var content = content("x\n{{v.\(field)}}", value)
        content.files["t/message.it.md"] = nil
        content.files["t/message.de.md"] = nil
        let front = content.files["t/message.md"] ?? ""
        content.files["t/message.md"] = front.replacing("v: When", with: "v: {default: ''}")
        let found = problems(of: content)
        let isAsExpected =
            expected.isEmpty
            ? found.isEmpty
            : found.count == 1
                && found[0].hasPrefix("t/message.md:7: v is “\(value)”; v.\(field) \(expected)")
        #expect(isAsExpected, "\(found)")
    }

    @Test func `a bad date is told once, however often it stands somewhere`() {
        let body = "{{v.date}} {{v.time}}\n\n{{v.long}} {{w.date}}"
        let content = FrozenContent.sample(
            body, front: "variables: {v: When, w: Then}\nsms: \"{{v.short}}\"\n",
            files: ["t/message.it.md": body, "t/email.txt": body],
            variables: ["v": "Tuesday", "w": "Friday"])
        let found = problems(of: content)
        #expect(found.count == 2, "\(found)")
        #expect(found.contains { $0.contains("v is “Tuesday”; v.") && $0.hasPrefix("t/message.md:") })
        #expect(found.contains { $0.contains("w is “Friday”; w.date needs") })
    }

    @Test(arguments: [
        ("{{v.dat}}", "there is no v.dat; did you mean v.date?"), ("{{v.date.x}}", "there is no v.date.x"),
        ("{{sender.name.date}}", "there is no sender.name.date"),
        ("{{contact.name.date}}", "there is no contact.name.date"),
        ("{{contact.renews.dat}}", "there is no contact.renews.dat; did you mean contact.renews.date?"),
        ("{{contact.plan.x}}", "there is no contact.plan.x"),
        ("{{announcement.sentAt.number}}", "there is no announcement.sentAt.number"),
        ("{{{v.date}}}", "never stands unescaped"),
    ])
    func `a way of writing that is none is named`(body: String, expected: String) {
        let content = FrozenContent.sample(
            body, front: "variables: {v: When}\n", variables: ["v": "2026-12-01"])
        let found = problems(of: content)
        #expect(found.count == 1 && found[0].contains(expected), "\(found)")
    }

    @Test func `a check shows what nobody gave, and refuses a default that is no date`() throws {
        let template = try CompiledTemplate(content("{{v.date}}", nil), unset: .shown)
        #expect(try template.text(.webhook) == "[v.date]")
        let bad = FrozenContent.sample(
            "{{v.date}}{{contact.renews.date}}",
            front: "variables: {v: {default: soon}, contact.renews: {default: later}}\n")
        #expect(
            problems(of: bad, unset: .shown) == [
                "t/message.md:6: v is “soon”; v.date needs a date such as 2026-12-01 or 2026-12-01T18:00+01:00",
                "t/message.md:6: the default of contact.renews is “later”; a date such as 2026-12-01 or "
                    + "2026-12-01T18:00+01:00 expected",
            ])
    }

    @Test func `a contact's date is written in the same way, and a bad one is told per person`() throws {
        let body =
            "{{#contact.renews}}Renews {{contact.renews.date}}.{{/contact.renews}} Bye {{contact.due.number}}"
        let template = try CompiledTemplate(
            .sample(
                body, front: "variables: {contact.due: {default: '0.00'}}\nsubject: \"{{contact.at.time}}\"\n"
            ))
        let unfit = { (attributes: [String: String]) in
            template.unfit(.webhook, for: .sample(attributes: attributes), announcement: .sample)
                .map(\.description)
        }
        let good = ["renews": "2027-01-31", "due": "12.5", "at": "2026-12-01T18:00+01:00"]
        #expect(unfit(good).isEmpty)
        #expect(
            try template.text(.webhook, for: .sample(locale: "en-GB", attributes: good))
                == "Renews 31 January 2027. Bye 12.5")
        let none = ["at": "2026-12-01T18:00+01:00"]
        #expect(try template.text(.webhook, for: .sample(attributes: none)).hasSuffix("Bye 0.00"))
        #expect(
            unfit(["renews": "next May", "due": "much", "at": "2026-12-01"]) == [
                "t/message.md:4: contact.at.time has no time (2026-12-01T18:00+01:00 expected)",
                "t/message.md:6: contact.renews.date is no date (2026-12-01 or 2026-12-01T18:00+01:00 expected)",
                "t/message.md:6: contact.due.number is no number (such as 1234.50)",
            ])
        let endless = ["at": none["at"] ?? "", "renews": String(repeating: "2026-12-01", count: 1_000)]
        #expect(unfit(endless).count == 1)
        #expect(unfit([:]) == ["t/message.md:4: contact.at.time is empty and has no default"])
        let problem = try #require(throws: RenderProblem.self) {
            try template.rendered(.webhook, for: .sample(attributes: ["at": "x"]))
        }
        #expect(problem.code == .valueUnfit)
    }

    @Test func `a bad date is not hidden by a section of its own way of writing`() throws {
        let template = try CompiledTemplate(
            .sample("x {{#contact.renews.date}}{{.}}{{/contact.renews.date}}"))
        let unfit = { (value: String) in
            template.unfit(.webhook, for: .sample(attributes: ["renews": value]), announcement: .sample)
        }
        #expect(unfit("soon").map(\.reason) == [.notADate])
        #expect(unfit("2026-12-01").isEmpty && unfit("").isEmpty)
    }

    @Test func `every way of writing has the announcement's own moment`() throws {
        let template = try CompiledTemplate(
            .sample(
                "{{announcement.date}}|{{announcement.short}}|{{announcement.weekday}}|{{announcement.time}}|"
                    + "{{announcement.long}}|{{announcement.sentAt.date}}|{{announcement.sentAt}}"))
        #expect(
            try template.text(.webhook, for: .sample(locale: "en-GB"))
                == "21 November 2026|21 Nov 2026|Saturday|14:05|Saturday, 21 November 2026 at 14:05|"
                + "21 November 2026|2026-11-21T13:05:00Z")
    }

    @Test func `more dates than are remembered come out right`() throws {
        let texts = LocalTexts()
        let wording = LocalTexts.Wording(field: .short, locale: "en-GB", timezone: "Asia/Tokyo")
        let days = (0...LocalTexts.capacity).map {
            LocalValue.day(Date(timeIntervalSince1970: Double($0) * 86_400))
        }
        let first = texts.text(of: days[0], as: wording)
        #expect(first == "1 Jan 1970")
        #expect(Set(days.map { texts.text(of: $0, as: wording) }).count == days.count)
        #expect(texts.text(of: days[0], as: wording) == first)
        #expect(texts.text(of: days[4_096], as: wording) == "20 Mar 1981")
    }
}
