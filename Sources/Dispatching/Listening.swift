public import Broadcast
public import Channels
public import Foundation
public import Storage
public import Wire

/// Hears outside word: asks status pages and probe URLs when that is due, and writes down what they say.
///
/// Nothing waits for it: a page that does not answer costs nobody a delivery, and a store that is busy or cannot be
/// written keeps nobody from using what was heard.
public struct Listening: Sendable {
    private let sources: [OutsideSource]
    private let store: Store
    private let transport: any Transport
    private let clock: Clockwork

    /// Hears `sources` over `transport`.
    public init(
        _ sources: [OutsideSource], store: Store, transport: any Transport, clock: Clockwork
    ) {
        self.sources = sources
        self.store = store
        self.transport = transport
        self.clock = clock
    }

    /// Which sources are asked.
    public enum Choice: Sendable {
        case all
        /// Those whose word is old, and covers one of these channels; who serves the store is left to what it asks.
        case due([ChannelFacts], isServed: Bool = false)
    }

    /// Asks those of the `choice` at once, and waits for `limit` at most.
    ///
    /// The answer is what is known then, of each source of which anything is.
    public func refreshed(_ choice: Choice, atMost limit: Duration) async -> [OutsideWord] {
        var words = await known()
        let now = clock.now()
        let due = sources.filter { $0.canBeAsked && choice.takes($0, amid: words, at: now.wall) }
        guard !due.isEmpty else { return words }
        await withTaskGroup(of: OutsideWord?.self) { group in
            for source in due { group.addTask { await hear(source, from: now.uptime, within: limit) } }
            group.addTask {
                // Cancelled when all have answered.
                do { try await clock.sleep(now.uptime + limit) } catch { return nil }
                return nil
            }
            var open = due.count
            for await heard in group {
                guard let heard else {
                    group.cancelAll()
                    continue
                }
                words.removeAll { $0.company == heard.company }
                words.append(heard)
                open -= 1
                if open == 0 { group.cancelAll() }
            }
        }
        return words.sorted { $0.company < $1.company }
    }

    /// Asks each source whenever its word is due, until the task is cancelled.
    func listen() async {
        await withTaskGroup(of: Void.self) { group in
            for source in sources where source.canBeAsked { group.addTask { await attend(source) } }
        }
    }

    private func attend(_ source: OutsideSource) async {
        let words = await known()
        let now = clock.now()
        var next = now.uptime
        if !source.isDue(amid: words, at: now.wall),
            let word = words.first(where: { $0.company == source.company })
        {
            next += word.pause(source.rhythm)
            next -= .seconds(now.wall.timeIntervalSince(word.readAt))
        }
        while !Task.isCancelled {
            do { try await clock.sleep(next) } catch { return }
            let start = clock.now()
            let word = await hear(source, from: start.uptime, within: source.route.timeout)
            next = start.uptime + word.pause(source.rhythm)
        }
    }

    private func known() async -> [OutsideWord] {
        // What cannot be read holds nothing back.
        sources.heeded((try? await store.outsideWords()) ?? [])
    }

    /// What is known after one more reading, which began at `start`; that nobody answered within `limit` is written down
    /// too, so that the next who asks does not wait as long in vain.
    private func hear(
        _ source: OutsideSource, from start: Duration, within limit: Duration
    ) async -> OutsideWord {
        let reply = await transport.exchange(.http(source.request), over: source.route)
        let (now, uptime) = (clock.now().wall, clock.now().uptime)
        var isKept = !store.isReadOnly
        var reading = source.reading(of: reply)
        if case .failure(let failure) = reply, failure.code == .cancelled {
            // What we broke off before its time says nothing of whom we asked.
            isKept = isKept && uptime >= start + limit
            reading.trouble = "did not answer within \(DurationText.text(for: limit))"
        }
        if isKept {
            do throws(StoreError) {
                return try await store.hear(
                    reading, of: source.company, from: source.host, source.rhythm, now: now)
            } catch {
                // Heard all the same, by this process alone.
            }
        }
        let before = await known().first { $0.company == source.company }
        return reading.heard(
            of: source.company, from: source.host, after: before, source.rhythm, at: now)
    }
}

extension Listening.Choice {
    /// How late a dispatcher may be with what it asks.
    private static let delay = Duration.seconds(1)

    fileprivate func takes(_ source: OutsideSource, amid words: [OutsideWord], at now: Date) -> Bool {
        switch self {
        case .all: return true
        case .due(let channels, let isServed):
            guard channels.contains(where: source.covers) else { return false }
            // A dispatcher asks what its own configuration names: only word of late shows that it asks this one.
            let grace = isServed ? source.route.timeout + Self.delay : .zero
            return source.isDue(amid: words, at: now, late: grace)
        }
    }
}

extension [OutsideSource] {
    /// Those of `words` that come from where the configuration says.
    public func heeded(_ words: [OutsideWord]) -> [OutsideWord] {
        words.filter { word in contains { $0.company == word.company && $0.host == word.source } }
    }
}

extension Store {
    /// All that people and `sources` say at `now`, as far as it is known here.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func markings(heeding sources: [OutsideSource], at now: Date) throws(StoreError) -> Markings {
        let outside = sources.isEmpty ? [] : sources.heeded(try outsideWords())
        return Markings(said: try marks(at: now), outside: outside, at: now)
    }
}
