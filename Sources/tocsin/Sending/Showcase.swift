import Broadcast

/// Which deliveries a dry run shows, chosen while the audience passes by: as many as there are channels and languages,
/// and those of the people who were asked for.
struct Showcase {
    /// Why a delivery is shown.
    enum Reason: String, Encodable, Sendable {
        /// It is for a public place.
        case place
        /// It is the first on its channel in its language.
        case locale
        /// None on its channel is longer.
        case longest
        /// It is the first on its channel whose message cannot be made.
        case unmade
        /// Its reader was asked for with `--contact`.
        case contact
    }

    /// A planned delivery that is shown.
    struct Shown {
        let delivery: Delivery
        /// Nil for a public place.
        let contact: Contact?
        var why: [Reason]
        /// Whether it leaves only if those before it fail, under reach `first`.
        var isNext = false

        fileprivate func because(_ reason: Reason) -> Shown {
            var shown = self
            shown.why = [reason]
            return shown
        }

        fileprivate func isOf(_ other: Delivery) -> Bool {
            delivery.contact == other.contact && delivery.channel == other.channel
        }
    }

    /// What is shown of one channel.
    private struct Examples {
        var locales: [String: Shown] = [:]
        var longest: (shown: Shown, length: Int)?

        var length: Int { longest?.length ?? -1 }

        /// Most are neither the first nor the longest, and are not even put together.
        mutating func add(_ shown: @autoclosure () -> Shown, in locale: String, length: Int) {
            if locales[locale] == nil { locales[locale] = shown().because(.locale) }
            if length > self.length { longest = (shown().because(.longest), length) }
        }
    }

    private let asked: Set<Contact.ID>
    private var places: [Shown] = []
    private var planned: [ChannelName: Examples] = [:]
    /// What leaves only if a channel before fails.
    private var next: [ChannelName: Examples] = [:]
    private var unmade: [ChannelName: Shown] = [:]
    private var people: [Shown] = []

    /// Shows everything that these people would get, beside what is chosen.
    init(asking asked: Set<Contact.ID>) { self.asked = asked }

    /// A public place is always shown.
    mutating func add(place: Delivery) {
        places.append(Shown(delivery: place, contact: nil, why: [.place]))
    }

    /// Takes in all that is planned for one person, sent or not.
    mutating func add(_ deliveries: [Delivery], of contact: Contact) {
        guard asked.contains(contact.id) else { return }
        people += deliveries.map { Shown(delivery: $0, contact: contact, why: [.contact]) }
    }

    /// Takes in a message in `locale` that is `length` long in its channel's measure.
    mutating func add(_ delivery: Delivery, for contact: Contact, locale: String, length: Int) {
        planned[delivery.channel, default: Examples()].add(
            Shown(delivery: delivery, contact: contact, why: []), in: locale, length: length)
    }

    /// Takes in one that leaves only if a channel before it fails.
    mutating func add(next delivery: Delivery, for contact: Contact, locale: String, length: Int) {
        let shown = { Shown(delivery: delivery, contact: contact, why: [.contact], isNext: true) }
        next[delivery.channel, default: Examples()].add(shown(), in: locale, length: length)
        if asked.contains(contact.id) { people.append(shown()) }
    }

    /// Takes in a message that cannot be made.
    mutating func add(unmade delivery: Delivery, for contact: Contact) {
        guard unmade[delivery.channel] == nil else { return }
        unmade[delivery.channel] = Shown(delivery: delivery, contact: contact, why: [.unmade])
    }

    /// How long the longest message over `channel` is so far; of what leaves only then, of all that are shown.
    func length(over channel: ChannelName, isNext: Bool = false) -> Int {
        let length = planned[channel]?.length ?? -1
        return isNext ? max(length, next[channel]?.length ?? -1) : length
    }

    /// Public places first, then channel by channel and language by language in the order given, then the people asked
    /// for; each once.
    func shown(over channels: [ChannelName], in languages: [String]) -> [Shown] {
        var all = places
        for channel in channels {
            let (planned, next) = (planned[channel], next[channel])
            all += languages.compactMap { planned?.locales[$0] ?? next?.locales[$0] }
            let longer = (next?.length ?? -1) > (planned?.length ?? -1) ? next?.longest?.shown : nil
            all += [planned?.longest?.shown, longer, unmade[channel]].compactMap(\.self)
        }
        return (all + people).reduce(into: []) { merged, next in
            guard let known = merged.firstIndex(where: { $0.isOf(next.delivery) }) else {
                return merged.append(next)
            }
            merged[known].why += next.why
        }
    }

    /// Whether something of the contact was met.
    func holds(_ contact: Contact.ID) -> Bool { people.contains { $0.contact?.id == contact } }
}
