import Broadcast
import Channels
import Configuration
import Dispatching
import Foundation
import Storage
import Templating
import Wire

/// What one person, or public place, would get over one channel: the exact request, its secrets hidden.
struct Sample: Encodable {
    let channel: String
    /// Nil for a public place.
    let contact: String?
    let locale: String
    /// Of an SMS; nil elsewhere.
    let sms: SMS?
    /// The request as it goes out; nil when there is none.
    let request: String?
    /// Why there is no request.
    let problem: String?

    /// The length of an SMS as it will be charged.
    struct SMS: Encodable {
        let encoding: String
        let units: Int
        let segments: Int
    }

    /// Makes the sample with the very code that sends.
    init(_ draft: Draft, _ channel: any Channel, _ facts: ChannelFacts, to contact: Contact?, key: String, now: Date) {
        let edition = draft.edition
        let delivery = ClaimedDelivery(
            id: 0, announcement: edition.announcement.id, contact: contact, channel: facts.name,
            address: facts.traits.audience.addressKind.flatMap { contact?.addresses[$0] }, attempt: 1,
            firstAttemptAt: now, due: now, expires: .distantFuture)
        self.channel = facts.name.rawValue
        self.contact = contact?.id.rawValue
        locale = edition.template.locale(for: contact)
        sms = facts.traits.form == .sms ? Self.sms(edition, contact) : nil
        do throws(Fault) {
            request = try edition.request(for: delivery, over: channel, key: key, at: now)
                .preview(redactor: channel.route.redactor)
            problem = nil
        } catch {
            request = nil
            problem = error.detail
        }
    }

    private static func sms(_ edition: Edition, _ contact: Contact?) -> SMS? {
        guard let content = try? edition.template.render(.sms, for: contact, announcement: edition.facts) else {
            return nil
        }
        let length = SMSLength(String(decoding: content.text, as: UTF8.self))
        return SMS(encoding: length.encoding.rawValue, units: length.units, segments: length.segments)
    }

    /// For people: a heading, then the request.
    var text: String {
        var head = "── \(channel)" + (contact.map { " to \(Plain.text($0))" } ?? " (public)") + ", \(locale)"
        if let sms { head += ", \(sms.encoding), \(sms.units) units, \(sms.segments) segment(s)" }
        return head + "\n" + Plain.lines(request ?? "(cannot be made: \(problem ?? ""))")
    }
}

extension Draft {
    /// What the given contacts would get over every chosen channel they can be reached on.
    func samples(
        for members: [Member], firsts: [ChannelName: Member], key: DeliveryKey, now: Date
    ) -> [Sample] {
        channels.filter { isChosen($0.facts) }.flatMap { channel -> [Sample] in
            let facts = channel.facts
            let make = { (contact: Contact?) in
                Sample(
                    self, channel.channel, facts, to: contact,
                    key: key.text(for: edition.announcement.id, to: contact?.id, over: facts.name), now: now)
            }
            if facts.traits.audience == .public { return [make(nil)] }
            let wanted = members.isEmpty ? [firsts[facts.name]].compactMap(\.self) : members
            return wanted.map(\.contact).filter { contact in
                facts.traits.audience.addressKind.map { contact.addresses[$0] != nil } ?? true
            }.map(make)
        }
    }
}
