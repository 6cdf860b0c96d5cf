import Broadcast
import Foundation
import Testing

@testable import Templating

/// The templates that come with the program, as their readers get them.
struct ShippedTemplateTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "templates").path

    private static let variables = [
        "outage": [
            "service": "Webmail", "details": "Signing in fails with \"error 503\".", "eta": "18:00",
            "status": "https://status.acme.example/?a=1&b=2", "workaround": "Use the app on your phone.",
        ],
        "resolved": [
            "service": "Webmail", "cause": "A disk had failed.", "action": "Sign in again.",
            "status": "https://status.acme.example/?a=1&b=2",
        ],
        "campaign": [
            "offer": "10% off everything", "details": "It is taken off when you pay.", "code": "AUTUMN10",
            "until": "30/11", "link": "https://www.acme.example/autumn?from=mail",
        ],
    ]

    private func template(_ name: String) throws -> CompiledTemplate {
        let content = try TemplateFolder(Self.folder).load(
            name, variables: Self.variables[name] ?? [:], sender: .sample)
        return try CompiledTemplate(content)
    }

    @Test(arguments: ["outage", "resolved", "campaign"], ["en", "it"])
    func `every form reads as the golden file has it`(name: String, locale: String) throws {
        let template = try template(name)
        let contact = Contact.sample(name: "Zoë <Rossi> & figli", locale: locale)
        for form in ContentForm.allCases {
            let content = try template.rendered(form, for: contact)
            #expect(content.locale == locale)
            let parts = [("title", content.title), ("text", content.text), ("html", content.html)]
            let shown =
                parts.map { "== \($0)\n" + String(decoding: $1, as: UTF8.self) }.joined(separator: "\n")
                + "\n"
            try Golden.compare(shown, with: "\(name).\(form.rawValue).\(locale).golden")
        }
    }

    @Test(arguments: ["outage", "resolved", "campaign"], ["en", "it"])
    func `a list of mails shows the beginning of the text, and nothing of the frame around it`(
        name: String, locale: String
    ) throws {
        let html = try template(name).html(.email, for: .sample(name: "Zoë & figli", locale: locale))
        let opening = try listed(html)
        #expect(opening.count > 40, "\(opening)")
    }

    @Test(arguments: ["x", "Gone.", String(repeating: "word ", count: 9)])
    func `a list of mails shows of a short text nothing of the frame around it either`(body: String) throws {
        let layout = try String(contentsOfFile: "\(Self.folder)/layouts/email.html", encoding: .utf8)
        let template = try CompiledTemplate(.sample(body, files: ["layouts/email.html": layout]))
        let words = body.trimmingCharacters(in: .whitespaces)
        #expect(try listed(template.html(.email)) == words)
    }

    /// What lists show of a mail, which is all of its preheader.
    private func listed(_ html: String) throws -> String {
        let start = try #require(html.range(of: "mso-hide:all;\">")).upperBound
        let end = try #require(html[start...].range(of: "&#8199;")).lowerBound
        let opening = InertHTML(html).opening
        #expect(opening == InertHTML(String(html[start..<end])).opening)
        return opening
    }

    @Test(arguments: ["outage", "resolved", "campaign"], ["en", "it"])
    func `every short form is one segment of GSM 7-bit`(name: String, locale: String) throws {
        let length = SMSLength(try template(name).text(.sms, for: .sample(locale: locale)))
        #expect(length.encoding == .gsm7)
        #expect(length.segments == 1)
    }

    /// What a template says of its own accord has to be true whoever sends it: no offer is.
    @Test(arguments: [
        ("outage", []), ("resolved", []),
        (
            "campaign",
            [
                "campaign/message.md:9: offer (The offer in a few words; it is the subject as well) has no value; "
                    + "give --set offer=…"
            ]
        ),
    ])
    func `nothing must be given but what nobody else can know`(name: String, lacking: [String]) throws {
        let folder = TemplateFolder(Self.folder)
        let bare = try folder.load(name, variables: [:], sender: .sample)
        var told: [String] = []
        do throws(TemplateProblems) {
            _ = try CompiledTemplate(bare)
        } catch {
            told = error.all.map(\.description)
        }
        #expect(told == lacking)
        let needed = lacking.isEmpty ? [:] : ["offer": "Two for one"]
        let template = try CompiledTemplate(try folder.load(name, variables: needed, sender: .sample))
        for form in ContentForm.allCases {
            for contact in [Contact.sample(), .sample(name: ""), .sample(locale: "it-IT"), nil] {
                #expect(template.unfit(form, for: contact, announcement: .sample).isEmpty)
                let text = String(decoding: try template.rendered(form, for: contact).text, as: UTF8.self)
                #expect(!text.isEmpty && !text.contains("\n\n\n"), "\(text)")
                #expect(!text.contains("%"), "\(text)")
            }
        }
    }

    @Test func `their front matter says what the design asks`() throws {
        let outage = try template("outage").frontMatter
        #expect(outage.purpose == .service && outage.priority == .urgent)
        let resolved = try template("resolved").frontMatter
        #expect(resolved.purpose == .service && resolved.priority == .urgent)
        let campaign = try template("campaign").frontMatter
        #expect(campaign.purpose == .marketing && campaign.priority == .bulk)
        for front in [outage, resolved, campaign] { #expect(front.reach == nil && front.channels == nil) }
        #expect(TemplateFolder(Self.folder).names() == ["campaign", "outage", "resolved"])
    }
}
