import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage
import Templating

extension Draft {
    /// What of a message there is advice on.
    func measure(
        of message: FittedContent, _ channel: ConfiguredChannel, _ contact: Contact?
    ) -> LengthPlan.Measure {
        let limits = channel.facts.traits.limits
        let bytes = limits.advisedBytes.map {
            (edition.bodyBytes(of: message.content, over: channel.channel, for: contact), $0)
        }
        let subject = limits.advisedSubject.map {
            (String(decoding: message.content.title, as: UTF8.self).count, $0)
        }
        return LengthPlan.Measure(body: bytes, subject: subject)
    }

    /// What a daily limit means for the channel of `facts`; nil when it has none.
    func day(of facts: ChannelFacts) -> DayPlan? {
        days[facts.name].map { DayPlan($0.quota, ahead: $0.ahead) }
    }
}

extension LengthPlan {
    /// What of a message there is advice on: how long it is, and how long it should be.
    struct Measure {
        let body: (length: Int, advised: Int)?
        let subject: (length: Int, advised: Int)?
    }

    /// Counts a message that is sent.
    mutating func add(_ message: FittedContent, _ measure: Measure) {
        if message.isCut { cut += 1 }
        if let sms = message.sms {
            // Without it, what is cut would have been cut sooner.
            let isRewritten = !sms.replacements.isEmpty && !message.isCut
            add(saving: isRewritten ? max(0, sms.saved) : nil)
        }
        if let body = measure.body { add(body: body.length, advised: body.advised) }
        if let subject = measure.subject { add(subject: subject.length, advised: subject.advised) }
    }
}

extension Session {
    /// What the providers of `channels` take in a day, reckoned from now, and what waits for them already.
    func days(
        _ channels: [ChannelFacts], in store: Store
    ) async throws(CommandFailure) -> [ChannelName: (quota: DayQuota, ahead: Int)] {
        let now = Moment(wall: clock.now().wall, uptime: .zero)
        return try await translating { () async throws(StoreError) in
            var days: [ChannelName: (quota: DayQuota, ahead: Int)] = [:]
            for facts in channels where facts.perDay != nil {
                guard let quota = try await store.dayQuota(of: facts, at: now) else { continue }
                days[facts.name] = (quota, try await store.backlog()[facts.name]?.queued ?? 0)
            }
            return days
        }
    }
}
