import Broadcast
import Channels
import Configuration
import Foundation
import Templating
import Wire

// What making one message costs, form by form. It prints numbers and judges none.

/// A notice whose mail has about 2 KB of text and 6 KB of HTML, with four values of its reader.
let paragraph = """
    Since this morning sign-ins to webmail fail for some of you; mail itself arrives and is kept. Our people have
    found the disk that failed and are taking it out of service; nothing is lost, and you need not do anything.
    """
let message = """
    ---
    subject: "{{contact.name}}, webmail is not working right now"
    purpose: service
    sms: "Acme: webmail is down, {{contact.name}}. We write again when it is back. Expected: 18:00."
    ---
    Dear {{contact.name}},

    \(Array(repeating: paragraph, count: 9).joined(separator: "\n\n"))

    - your account: **{{contact.account}}**
    - your plan: *{{contact.plan}}*

    Until then you find the latest on [our status page](https://status.acme.example/?account={{contact.account}}).

    Acme
    """
let settings = """
    { "sender": { "name": "Acme", "locale": "en", "website": "https://www.acme.example" }, "channels": {
      "email": { "type": "smtp", "url": "smtp://mail.acme.example", "from": "Acme <notices@acme.example>" },
      "sms": { "type": "sms", "url": "https://sms.example/v1/messages", "from": "ACME",
               "body": { "json": { "to": "{{to}}", "from": "{{from}}", "text": "{{text}}" } } },
      "telegram": { "type": "telegram", "token": { "env": "TOKEN" } },
      "webhook": { "type": "webhook", "per": "contact", "url": "https://hooks.example/x" } } }
    """

let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 20_000
let date = Date(timeIntervalSince1970: 1_795_266_300)
guard let announcement = Announcement.ID(rawValue: "outage-1") else { exit(70) }

let contacts = (0..<1_000).compactMap { number in
    Contact.ID(rawValue: "c\(number)").map { id in
        Contact(
            id: id, name: "Zoë Rossi \(number)", locale: "en",
            attributes: ["account": "A&B-\(number)", "plan": "Pro"],
            addresses: [
                .email: Address(.email, canonical: "zoe\(number)@example.org"),
                .phone: Address(.phone, canonical: "+39333123\(4_000 + number)"),
                .telegram: Address(.telegram, canonical: "\(987_654_000 + number)"),
            ].compactMapValues { $0 })
    }
}

/// Microseconds a message, the best of five rounds.
func cost(_ body: (Contact) throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<5 {
        let start = ContinuousClock.now
        for number in 0..<count { try body(contacts[number % contacts.count]) }
        let taken = ContinuousClock.now - start
        best = min(best, Double(taken.components.attoseconds) / 1e12 + Double(taken.components.seconds) * 1e6)
    }
    return best / Double(count)
}

func column(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}

let source = SecretSource(
    environment: { _ in "123456:secret" }, file: { _ in .unreadable("does not exist") }, absolutePath: { $0 },
    allowsLiterals: true)
let configured = try ConfigurationReader.configured(
    Array(settings.utf8), file: "channels.json", source: source)
let template = try CompiledTemplate(
    FrozenContent(template: "t", files: ["t/message.md": message], variables: [:], sender: configured.sender))
let facts = AnnouncementFacts(id: announcement, date: date)

print("microseconds a message, best of five rounds of \(count); bytes of the first")
print("form        text   HTML  request   render  request  together")
for channel in configured.channels {
    let (form, limits) = (channel.channel.traits.form, channel.channel.traits.limits)
    let kind = channel.channel.traits.audience.addressKind
    func content(for contact: Contact) throws -> RenderedContent {
        try template.render(form, for: contact, announcement: facts).fitted(to: limits).content
    }
    func bytes(_ content: RenderedContent, for contact: Contact) throws -> Int {
        let delivery = OutboundDelivery(
            key: "00112233445566778899aabbccddeeff", announcement: announcement, purpose: .service,
            template: "t", announcedAt: date, attemptAt: date, contact: contact,
            address: kind.flatMap { contact.addresses[$0] }, content: content)
        switch try channel.channel.request(for: delivery) {
        case .mail(let mail): return mail.message.count
        case .http(let request): return request.body.count
        }
    }
    let first = try content(for: contacts[0])
    var written = 0
    let render = try cost { written += try content(for: $0).text.count }
    let request = try cost { written += try bytes(first, for: $0) }
    let sizes = [first.text.count, first.html.count, try bytes(first, for: contacts[0])]
    let costs = [render, request, render + request].map { String(format: "%.1f", $0) }
    let name = form.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0)
    print(
        name + column("\(sizes[0])", 7) + column("\(sizes[1])", 7) + column("\(sizes[2])", 9)
            + column(costs[0], 9) + column(costs[1], 9) + column(costs[2], 10))
    precondition(written > 0)
}
