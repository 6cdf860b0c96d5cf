internal import Foundation

extension PlanSummary: Encodable {
    private enum Key: String, CodingKey {
        case id, template, purpose, priority, reach, digest, people, reachable, unreachable, deliveries,
            costs, costsAtMost, seconds, late, movingOn, movingOnLate, overLimit
        case channels, strangers, unmatched, oldMarks, closing, missing, warnings, ifDown, attachments
    }

    /// Writes the stable keys of `--json`; times are in seconds.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encodeIfPresent(id?.rawValue, forKey: .id)
        try container.encode(template, forKey: .template)
        try container.encode(purpose, forKey: .purpose)
        try container.encode(priority, forKey: .priority)
        try container.encode(reach, forKey: .reach)
        try container.encode(digest.full, forKey: .digest)
        try container.encode(people, forKey: .people)
        try container.encode(reachable, forKey: .reachable)
        try container.encode(people - reachable, forKey: .unreachable)
        try container.encode(deliveries, forKey: .deliveries)
        let (pace, timely) = (pace, timelyCosts)
        try container.encode(timely, forKey: .costs)
        try container.encodeIfPresent(timely == costs ? nil : costs, forKey: .costsAtMost)
        try container.encode(pace, forKey: .seconds)
        try container.encode(pace.late, forKey: .late)
        try container.encodeIfPresent(reach == .first ? movingOn : nil, forKey: .movingOn)
        try container.encodeIfPresent(movingOnLate > 0 ? movingOnLate : nil, forKey: .movingOnLate)
        try container.encodeIfPresent(overLimit > 0 ? overLimit : nil, forKey: .overLimit)
        let named = channels.map { ($0.facts.name.rawValue, $0) }
        try container.encode(Dictionary(named, uniquingKeysWith: { first, _ in first }), forKey: .channels)
        try container.encode(strangers, forKey: .strangers)
        try container.encode(unmatched, forKey: .unmatched)
        try container.encode(oldMarks, forKey: .oldMarks)
        try container.encodeIfPresent(attachments.isEmpty ? nil : attachments, forKey: .attachments)
        try container.encodeIfPresent(closing, forKey: .closing)
        try container.encode(missing, forKey: .missing)
        try container.encode(warnings, forKey: .warnings)
        try container.encodeIfPresent(losses, forKey: .ifDown)
    }
}

extension ChannelPlan: Encodable {
    private enum Key: String, CodingKey {
        case company, planned, queued, held, rest, tripped, skipped, unmade, segments, cost, costAtMost,
            seconds, mark,
            degraded, locales, segmentsPerMessage, costPerMessage, lengths, savedCost, perDay, expiring,
            leftFiles, fileBytes, takenOver, movingOn, movingOnCosts, movingOnLate, overLimit, segmentsAtMost
    }

    /// Writes what is planned for one channel; reasons that occur only.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(facts.company, forKey: .company)
        try container.encode(planned, forKey: .planned)
        try container.encode(queued, forKey: .queued)
        let reasons = skipped.filter { $0.value != 0 }.map { ($0.key.rawValue, $0.value) }
        try container.encode(Dictionary(uniqueKeysWithValues: reasons), forKey: .skipped)
        let unmade = unmade.map { ($0.key.rawValue, $0.value) }
        try container.encode(Dictionary(uniqueKeysWithValues: unmade), forKey: .unmade)
        try container.encodeIfPresent(takenOver, forKey: .takenOver)
        try container.encodeIfPresent(held, forKey: .held)
        try container.encodeIfPresent(wait, forKey: wait?.trippedSince == nil ? .rest : .tripped)
        try container.encodeIfPresent(timelySegments, forKey: .segments)
        try container.encodeIfPresent(timelySegments == segments ? nil : segments, forKey: .segmentsAtMost)
        try container.encodeIfPresent(segmentsPerMessage, forKey: .segmentsPerMessage)
        try container.encodeIfPresent(timelyCost, forKey: .cost)
        try container.encodeIfPresent(timelyCost == cost ? nil : cost, forKey: .costAtMost)
        try container.encodeIfPresent(costPerMessage, forKey: .costPerMessage)
        try container.encode(locales, forKey: .locales)
        try container.encode(pace, forKey: .seconds)
        try container.encodeIfPresent(mark, forKey: .mark)
        try container.encodeIfPresent(degraded, forKey: .degraded)
        try container.encodeIfPresent(lengths, forKey: .lengths)
        try container.encodeIfPresent(leftFiles.isEmpty ? nil : leftFiles, forKey: .leftFiles)
        try container.encodeIfPresent(fileBytes > 0 ? fileBytes : nil, forKey: .fileBytes)
        try container.encodeIfPresent(savedCost, forKey: .savedCost)
        try container.encodeIfPresent(day, forKey: .perDay)
        try container.encode(expiring, forKey: .expiring)
        try container.encodeIfPresent(moves.count > 0 ? moves.count : nil, forKey: .movingOn)
        try container.encodeIfPresent(moves.count > 0 ? moves.costs : nil, forKey: .movingOnCosts)
        try container.encodeIfPresent(moves.late > 0 ? moves.late : nil, forKey: .movingOnLate)
        try container.encodeIfPresent(moves.lost > 0 ? moves.lost : nil, forKey: .overLimit)
    }
}

extension ChannelPlan.Wait: Encodable {
    private enum Key: String, CodingKey { case since, until, movesOnAt, costs }

    /// Writes `since` for one that is tripped.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encodeIfPresent(trippedSince, forKey: .since)
        try container.encodeIfPresent(until, forKey: .until)
        try container.encodeIfPresent(movesOnAt, forKey: .movesOnAt)
        if movesOnAt != nil { try container.encode(costs, forKey: .costs) }
    }
}

extension Pace: Encodable {
    private enum Key: String, CodingKey { case half, most, all }

    /// Writes whole seconds, rounded up; `null` for what is never reached.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(half?.inSeconds.rounded(.up), forKey: .half)
        try container.encode(most?.inSeconds.rounded(.up), forKey: .most)
        try container.encode(all?.inSeconds.rounded(.up), forKey: .all)
    }
}

extension Mark: Encodable {
    private enum Key: String, CodingKey { case scope, name, word, why, who, since, until }

    /// Writes a mark; dates as RFC 3339.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(scope, forKey: .scope)
        try container.encode(name, forKey: .name)
        try container.encode(word, forKey: .word)
        try container.encode(why, forKey: .why)
        try container.encode(who, forKey: .who)
        try container.encode(TimeText.text(for: since), forKey: .since)
        try container.encodeIfPresent(until.map(TimeText.text(for:)), forKey: .until)
    }
}

extension OutsideWord: Encodable {
    private enum Key: String, CodingKey {
        case company, word, why, who, since, saidAt, until, readAt, trouble
    }

    /// Writes a word under the keys of a mark, and when it was said and asked for; dates as RFC 3339.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(company, forKey: .company)
        try container.encode(word, forKey: .word)
        try container.encode(why, forKey: .why)
        try container.encode(source, forKey: .who)
        try container.encode(TimeText.text(for: since), forKey: .since)
        try container.encode(word.map { _ in TimeText.text(for: saidAt) }, forKey: .saidAt)
        try container.encode(word.map { _ in TimeText.text(for: until) }, forKey: .until)
        try container.encode(TimeText.text(for: readAt), forKey: .readAt)
        try container.encode(trouble, forKey: .trouble)
    }
}
