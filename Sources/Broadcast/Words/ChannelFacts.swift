/// What a kind of channel is, apart from how it talks.
public struct ChannelTraits: Sendable, Hashable {
    /// Whom one delivery is for.
    public enum Audience: Sendable, Hashable {
        /// One delivery per contact, to an address of this kind.
        case direct(AddressKind)
        /// One delivery per contact, filled from the contact's fields; no address is needed.
        case perContact
        /// One delivery per announcement.
        case `public`

        /// The kind of address it needs; nil when it needs none.
        public var addressKind: AddressKind? {
            if case .direct(let kind) = self { kind } else { nil }
        }
    }

    /// Whom one delivery is for.
    public var audience: Audience
    /// The form in which it takes a message.
    public var form: ContentForm
    /// How long a message may be.
    public var limits: ContentLimits
    /// Deliveries a second it takes by default, and how many at once; nil means as fast as it answers.
    public var defaultRate: Rate?
    /// What happens by default to an outcome that was never learnt.
    public var unknown: UnknownPolicy
    /// How often at most what may have arrived is sent again; nil where receivers drop copies by their key.
    ///
    /// Mail programs show each copy, whatever its Message-ID.
    public var mostRepeats: Int?
    /// How it is tried again by default.
    public var retry: RetryPolicy

    /// The facts of a kind of channel.
    public init(
        audience: Audience, form: ContentForm, limits: ContentLimits = ContentLimits(),
        defaultRate: Rate? = nil, unknown: UnknownPolicy, mostRepeats: Int? = 2, retry: RetryPolicy
    ) {
        self.audience = audience
        self.form = form
        self.limits = limits
        self.defaultRate = defaultRate
        self.unknown = unknown
        self.mostRepeats = mostRepeats
        self.retry = retry
    }
}

/// A rate limit: a token bucket's refill and size.
public struct Rate: Sendable, Hashable {
    /// Tokens a second.
    public var perSecond: Double
    /// How many may go at once after a rest, at least 1.
    public var burst: Int

    /// `perSecond` tokens a second, `burst` at once.
    public init(perSecond: Double, burst: Int = 1) {
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// When a deferred delivery is tried again: exponential, with full jitter.
public struct RetryPolicy: Sendable, Hashable {
    /// The longest first wait.
    public var first: Duration
    /// What each wait grows by.
    public var factor: Double
    /// No wait is longer, unless the provider asks for it.
    public var cap: Duration
    /// How long after its due time a delivery is given up; an announcement's own expiry shortens it.
    public var within: Duration

    /// A policy; all durations are positive, `factor` is at least 1.
    public init(first: Duration, factor: Double = 2, cap: Duration, within: Duration) {
        self.first = first
        self.factor = factor
        self.cap = cap
        self.within = within
    }
}

/// Who runs a channel, what else it stands on, and the owner's choices for it: all that planning and retrying ask.
public struct ChannelFacts: Sendable, Hashable {
    /// The configured name.
    public var name: ChannelName
    /// The configured kind, such as `smtp`.
    public var kind: String
    /// Who runs it; channels of one company fall together.
    public var company: String
    /// What else it stands on, such as a data centre.
    public var depends: [String]
    /// What its kind is.
    public var traits: ChannelTraits
    /// Tokens; nil means as fast as it answers.
    public var rate: Rate?
    /// How many messages its provider takes in any 24 hours; nil means all.
    public var perDay: Int?
    /// Requests at once.
    public var connections: Int
    /// When a deferred delivery is tried again.
    public var retry: RetryPolicy
    /// When its own faults take it down; nil means the standard one over its ``retry``.
    public var breaker: BreakerPolicy?
    /// What happens to an outcome that was never learnt.
    public var unknown: UnknownPolicy
    /// Whether reach `first` goes on after an outcome that is left unknown; nil means only when urgent.
    public var afterUnknown: AfterUnknown?
    /// How long a tripped channel keeps reach `first` waiting; nil means 30 s when urgent, else 5 min.
    public var failoverAfter: Duration?
    /// Per message, or per segment on SMS; nil means free.
    public var price: Money?
    /// The hours in which it is silent; nil means none.
    public var quietHours: QuietHours?
    /// What has to be done before anything can go over it, such as `export SMS_TOKEN`; nil when its secrets are there.
    public var missing: String?
    /// Whether every secret that keeps it from being used is there, and of ill form: then nothing is missing.
    public var hasFlawedSecret = false
    /// A digest of its settings as they were read, the texts of secrets left out; empty when they were not read.
    public var settings = ""
    /// A digest of those of its settings that shape what is sent and say whereto; empty when they were not read.
    public var shaping = ""

    /// A channel as configured.
    public init(
        name: ChannelName, kind: String, company: String, depends: [String] = [], traits: ChannelTraits,
        rate: Rate? = nil, connections: Int = 8, retry: RetryPolicy? = nil, unknown: UnknownPolicy? = nil,
        afterUnknown: AfterUnknown? = nil, failoverAfter: Duration? = nil, price: Money? = nil,
        quietHours: QuietHours? = nil, breaker: BreakerPolicy? = nil
    ) {
        self.name = name
        self.kind = kind
        self.company = company
        self.depends = depends
        self.traits = traits
        self.rate = rate ?? traits.defaultRate
        self.connections = connections
        self.retry = retry ?? traits.retry
        self.breaker = breaker
        self.unknown = unknown ?? traits.unknown
        self.afterUnknown = afterUnknown
        self.failoverAfter = failoverAfter
        self.price = price
        self.quietHours = quietHours
    }

    /// Whether `company` runs it; capitals do not matter.
    public func isRun(by company: String) -> Bool { self.company.lowercased() == company.lowercased() }

    /// Whether it depends on `what`; capitals do not matter.
    public func depends(on what: String) -> Bool { depends.contains { $0.lowercased() == what.lowercased() } }

    /// Whether it falls with `name`, which runs it or is something it depends on.
    public func stands(on name: String) -> Bool { isRun(by: name) || depends(on: name) }

    /// What is wrong with its secrets, in two words: nobody looks for one that is there.
    public var lack: String { hasFlawedSecret ? "secret unusable" : "secret missing" }

    /// What is to be done about them, in two words.
    public var lackRemedy: String { hasFlawedSecret ? "mend it" : "set it" }

    /// How often at most what may have arrived is sent again; nil is no bound but the delivery's expiry.
    public var repeats: Int? { unknown == .retry ? traits.mostRepeats : 0 }
}

/// The hours of a day, by the reader's own clock, in which a channel is silent for everything not urgent.
public struct QuietHours: Sendable, Hashable {
    /// Minutes after midnight at which silence begins; may be later than `end`, over midnight.
    public var start: Int
    /// Minutes after midnight at which it ends.
    public var end: Int

    /// From `start` to `end`, minutes after midnight, 0 to 1439.
    public init(start: Int, end: Int) {
        self.start = start
        self.end = end
    }
}
