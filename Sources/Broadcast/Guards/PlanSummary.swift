/// What is about to leave, shown before it does: the same for a dry run and for a send.
public struct PlanSummary: Sendable, Hashable {
    /// The announcement; nil in a dry run without an id.
    public var id: Announcement.ID?
    /// The template's name.
    public var template: String
    /// Why it is sent.
    public var purpose: Purpose
    /// Whose deliveries are claimed first.
    public var priority: Priority
    /// Over how many of a contact's channels.
    public var reach: Reach
    /// What is previewed, and approved, is known by.
    public var digest: PreviewDigest
    /// Whether its audience is everybody, or whoever was told of what it closes.
    public var isForAll: Bool
    /// Contacts selected.
    public var people: Int
    /// Contacts with at least one queued delivery, or whose address gets another contact's copy, in time or not.
    public var reachable: Int
    /// The chosen channels, and those whose being left out leaves somebody out, in the configured order.
    public var channels: [ChannelPlan]
    /// Contacts that the audience names and nobody is.
    public var strangers: Strangers
    /// Tags and attributes that the audience asks for and nobody has.
    public var unmatched: [UnmatchedTerm]
    /// What people marked down of these channels.
    public var marks: [Mark]
    /// Marks that were set so long ago that somebody may have forgotten them.
    public var oldMarks: [Mark]
    /// The files that go along, by their path from the templates directory.
    public var attachments: [String: FrozenFile]
    /// What it ends; nil when it ends nothing.
    public var closing: Closing?
    /// Values that somebody lacks; a send does not begin then.
    public var missing: [MissingValue] = []
    /// Who hears over what, by which the pace is reckoned.
    public var hearers = Hearers()
    /// What is advised of what people get; it stops nothing.
    public var warnings: [PlanWarning] = []
    /// What it would cost if a company were down; nil where that was not reckoned.
    public var losses: [Loss]?

    /// How far the bound of what it costs goes; nil where it leaves nobody behind.
    var reserve: Reserve?

    /// What an announcement ends that tells how something ended.
    public struct Closing: Sendable, Hashable, Encodable {
        /// The announcement that is ended.
        public var id: Announcement.ID
        /// How many of its deliveries wait, as it stands, and will not leave.
        public var waiting: Int
        /// How many people were told its end already, by one that was then cancelled.
        public var again: Int

        /// Ends `id`.
        public init(_ id: Announcement.ID, waiting: Int, again: Int = 0) {
            self.id = id
            self.waiting = waiting
            self.again = again
        }
    }

    /// The plan of `announcement` over `channels`.
    public init(
        of announcement: Announcement, digest: PreviewDigest, people: Int, reachable: Int,
        channels: [ChannelPlan], strangers: Strangers = Strangers(), unmatched: [UnmatchedTerm] = [],
        marks: [Mark] = [], oldMarks: [Mark] = []
    ) {
        id = announcement.id
        template = announcement.content.template
        attachments = announcement.content.attachments
        purpose = announcement.purpose
        priority = announcement.priority
        reach = announcement.reach
        isForAll = announcement.isForAll
        self.digest = digest
        self.people = people
        self.reachable = reachable
        self.channels = channels
        self.strangers = strangers
        self.unmatched = unmatched
        self.marks = marks
        self.oldMarks = oldMarks
    }

    /// The channels it goes over.
    public var chosen: [ChannelPlan] { channels.filter(\.isChosen) }

    /// Deliveries that will be tried.
    public var deliveries: Int { channels.reduce(0) { $0 + $1.queued } }

    /// Those of them that are for one person each.
    public var direct: Int { channels.reduce(0) { $0 + ($1.isPublic ? 0 : $1.queued) } }

    /// Whether so little happens that nobody is asked: one person is told once, nothing is public, nothing is lost.
    public var isLittle: Bool {
        people == 1 && direct == 1 && deliveries == 1 && closing?.waiting ?? 0 == 0
            && !chosen.contains(where: \.isLacking)
    }

    /// The sum of what the queued deliveries cost, one amount for each currency: the most that it comes to.
    public var costs: [Money] { Money.sums(channels.compactMap(\.cost)) }

    /// The sum of what those of them cost that leave in time.
    public var timelyCosts: [Money] { Money.sums(channels.compactMap(\.timelyCost)) }

    /// The same without what people cost on channels that take them over: that is counted when they move there.
    public var firstCosts: [Money] { Money.sums(channels.compactMap(\.firstCost)) }

    /// What it costs beyond that when all who wait on channels that stand still, or expire on slow ones, go on to their
    /// next one.
    public var moreCosts: [Money] {
        Money.sums(channels.flatMap { ($0.wait?.costs ?? []) + $0.moves.costs })
    }

    /// How long it takes until people are told, each over whichever channel comes first; or public places, where nobody
    /// is told in person.
    ///
    /// What is marked down or stands still is left out. Who would be led on to another channel when they expire is never
    /// told here: ``movingOn`` counts them.
    public var pace: Pace {
        let open = openChannels
        var ways: [Departure] = []
        var places: [Hearers.Way: Int] = [:]
        for channel in open where !channel.isPublic {
            for departure in channel.departures {
                places[Hearers.Way(channel.facts.name, after: departure.wait)] = ways.count
                ways.append(departure)
            }
        }
        let people = hearers.groups.map { (count: $0.count, ways: $0.ways.compactMap { places[$0] }) }
        guard people.contains(where: { !$0.ways.isEmpty }) else {
            let late = open.reduce(0) { $0 + $1.expiring }
            return Pace(of: open.flatMap(\.departures.joined), late: late)
        }
        return Pace(of: people, over: ways)
    }

    /// How many go on to another channel, as this one is too slow for them or rests for the day.
    public var movingOn: Int { openChannels.reduce(0) { $0 + $1.moves.count } }

    /// How many of them expire there too.
    public var movingOnLate: Int { openChannels.reduce(0) { $0 + $1.moves.late } }

    private var openChannels: [ChannelPlan] { channels.filter { $0.mark == nil && $0.wait == nil } }
}
