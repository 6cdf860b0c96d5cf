public import Broadcast
public import Foundation

extension Store {
    // Rows that are skipped do not count towards the limit of a claim, but keep its transaction short all the same.
    private static let examinedLimit = 20_000

    /// Hands out at most `limit` deliveries of a channel, marked `sending` and their attempt counted on disk.
    ///
    /// On a channel that leaves an unknown outcome, each must be begun before its request may leave: ``settle``.
    /// Urgent announcements come before normal before bulk ones, then those due earlier. Deliveries whose contact was
    /// removed, suppressed, or withdrew consent since planning are skipped, those past their expiry expire. Of an
    /// announcement named in `caps` at most so many are handed out, of one not named there none; nil is no bound.
    /// - Throws: ``StoreError/Code/leaseLost`` when `token` is no longer the dispatcher's.
    public func claim(
        _ channel: ChannelName, limit: Int, caps: [Announcement.ID: Int]? = nil, token: Int64, now: Date
    ) throws(StoreError) -> [ClaimedDelivery] {
        // Looked at without the write lock: most looks at an idle channel find nothing.
        guard limit > 0, try !sources(channel, now: now).isEmpty else { return [] }
        return try connection.write { () throws(StoreError) in
            try requireLease(token)
            var claim = Claim(channel: channel, token: token, now: now, limit: limit)
            for source in try sources(channel, now: now) where claim.claimed.count < limit {
                let cap = caps.map { $0[source.id] ?? 0 } ?? limit
                guard cap > 0 else { continue }
                try begin(source, now: now)
                try take(from: source, atMost: cap, into: &claim)
            }
            try claim.tally.write(to: connection)
            for seq in claim.tally.announcements { _ = try finishIfDone(seq, now: now) }
            return claim.claimed
        }
    }

    private func sources(_ channel: ChannelName, now: Date) throws(StoreError) -> [ClaimSource] {
        try connection.rows(ClaimSource.sql, ["channel": .text(channel.rawValue), "now": .time(now)]) {
            (row: borrowing Row) throws(StoreError) in ClaimSource(row)
        }
    }

    private func begin(_ source: ClaimSource, now: Date) throws(StoreError) {
        try connection.execute(
            "UPDATE announcements SET state = 'running' WHERE seq = :seq AND state = 'scheduled'",
            ["seq": .integer(source.seq)])
    }

    private func take(
        from source: ClaimSource, atMost cap: Int, into claim: inout Claim
    ) throws(StoreError) {
        let end = min(claim.limit, claim.claimed.count + cap)
        while claim.claimed.count < end, claim.examined < Self.examinedLimit {
            let wanted = end - claim.claimed.count
            let candidates = try candidates(of: source, claim, limit: wanted)
            claim.examined += candidates.count
            for candidate in candidates { try settle(candidate, of: source, in: &claim) }
            if candidates.count < wanted { return }
        }
    }

    private func candidates(
        of source: ClaimSource, _ claim: Claim, limit: Int
    ) throws(StoreError) -> [ClaimCandidate] {
        try connection.rows(
            ClaimCandidate.sql(of: source),
            [
                "announcement": .integer(source.seq), "channel": .text(claim.channel.rawValue),
                "now": .time(claim.now), "limit": .integer(Int64(limit)),
                "marketing": .flag(source.purpose == .marketing), "closes": .integer(orNull: source.closes),
            ]
        ) { (row: borrowing Row) throws(StoreError) in ClaimCandidate(row) }
    }

    private func settle(
        _ candidate: ClaimCandidate, of source: ClaimSource, in claim: inout Claim
    ) throws(StoreError) {
        var candidate = candidate
        if let seq = candidate.contactSeq, let revision = candidate.revision, candidate.contact != nil,
            revision != candidate.currentRevision
        {
            try restore(&candidate, seq: seq, since: revision, source)
        }
        switch candidate.admission(for: source, over: claim.channel, now: claim.now) {
        case .send(let address): try send(candidate, to: address, of: source, in: &claim)
        case .skip(.notTold): try leaveOut(candidate, of: source, in: &claim)
        case .skip(let reason): try end(candidate, as: .skipped(reason), of: source, in: &claim)
        case .expire: try end(candidate, as: .expired, of: source, in: &claim)
        }
    }

    /// Puts the values of the first attempt in place of the present ones, consent and removal excepted.
    private func restore(
        _ candidate: inout ClaimCandidate, seq: Int64, since revision: Int64, _ source: ClaimSource
    ) throws(StoreError) {
        let key = source.kind.map { "r.\($0.rawValue)_key" } ?? "NULL"
        let kept = try connection.first(
            """
            SELECT EXISTS (
                SELECT 1 FROM suppressions s WHERE s.key = \(key) AND s.kind = :kind
                AND s.proposed = 0 AND (s.extent = 'all' OR :marketing)),
              \(ContactRow.columns(of: "r"))
            FROM contact_revisions r WHERE r.contact = :contact AND r.revision >= :revision
            ORDER BY r.revision LIMIT 1
            """,
            [
                "kind": .text(source.kind?.rawValue ?? ""), "marketing": .flag(source.purpose == .marketing),
                "contact": .integer(seq), "revision": .integer(revision),
            ]
        ) { (row: borrowing Row) throws(StoreError) in (row.flag(0), ContactRow.contact(row, from: 1)) }
        guard let (wasSuppressed, old) = kept, let present = candidate.contact else { return }
        candidate.isSuppressed = candidate.isSuppressed || wasSuppressed
        candidate.contact = old
        candidate.contact?.consent = present.consent
        // An address that was taken away is used no more; one that was changed stays for this delivery.
        if let kind = source.kind, present.addresses[kind] == nil { candidate.contact?.addresses[kind] = nil }
    }

    private func send(
        _ candidate: ClaimCandidate, to address: Address?, of source: ClaimSource, in claim: inout Claim
    ) throws(StoreError) {
        let queued = claim.place(source, .queued)
        let isChanged = candidate.revision == nil && candidate.isChanged(since: source.plannedFrom)
        if isChanged, let address, let contact = candidate.contactSeq,
            let leader = try liveLeader(at: address, on: queued.channel, for: contact, source.seq)
        {
            // Somebody else's copy goes, or went, to the address that the contact has by now.
            let isStranded = leader.hasFailed && source.reach == .first
            let follower = Follower(id: candidate.id, leader: leader.id, isStranded: isStranded)
            return try stepBack(follower, from: address, at: queued, &claim.tally, now: claim.now)
        }
        try connection.execute(
            """
            UPDATE deliveries SET state = 'sending', attempts = attempts + 1, token = :token, begun = :begun,
              first_attempt_at = coalesce(first_attempt_at, :now), revision = coalesce(revision, :revision)
            WHERE id = :id
            """,
            [
                "token": .integer(claim.token), "now": .time(claim.now),
                "begun": .flag(source.retriesUnknown),
                "revision": candidate.contact == nil ? .null : .integer(candidate.currentRevision),
                "id": .integer(candidate.id),
            ])
        claim.tally.move(1, from: queued, to: claim.place(source, .sending))
        if isChanged, let address {
            try releaseFollowers(of: candidate.id, from: address, at: queued, &claim.tally)
        }
        claim.claimed.append(
            ClaimedDelivery(
                id: candidate.id, announcement: source.id, contact: candidate.contact, channel: claim.channel,
                address: address, attempt: candidate.attempts + 1,
                firstAttemptAt: candidate.firstAttemptAt ?? claim.now, due: candidate.due,
                expires: candidate.expires, doubts: candidate.doubts,
                originalMayHaveSent: candidate.originalMayHaveSent, afterUnknown: source.afterUnknown,
                isBegun: source.retriesUnknown))
    }

    /// Takes out whoever was on the wire when their announcement was closed, and was not told after all.
    ///
    /// Under reach `first` one who was told elsewhere goes on to there. What was tried already, because it was not known
    /// then, keeps its row: it may have arrived.
    private func leaveOut(
        _ candidate: ClaimCandidate, of source: ClaimSource, in claim: inout Claim
    ) throws(StoreError) {
        let isUntouched = candidate.attempts == 0 && candidate.doubts == 0
        if !isUntouched || source.reach == .first && candidate.isToldElsewhere {
            return try end(candidate, as: .skipped(.notTold), of: source, in: &claim)
        }
        let queued = claim.place(source, .queued)
        try promoteFollower(of: candidate.id, at: queued, &claim.tally)
        try connection.execute(
            "DELETE FROM deliveries WHERE id = :id", ["id": .integer(candidate.id)])
        claim.tally.add(-1, queued)
    }

    private func end(
        _ candidate: ClaimCandidate, as ending: QueueEnding, of source: ClaimSource, in claim: inout Claim
    ) throws(StoreError) {
        let row = try connection.first(
            "UPDATE deliveries SET \(ending.strandingAssignments) WHERE id = :id RETURNING state, stranded",
            [
                "now": .time(claim.now), "first": .flag(source.reach == .first),
                "next": .flag(source.afterUnknown == .next), "id": .integer(candidate.id),
            ]
        ) { (row: borrowing Row) throws(StoreError) in (state: row.text(0), isStranded: row.flag(1)) }
        guard let row else { return }
        let queued = claim.place(source, .queued)
        let ended = ending.place(from: queued, in: row.state)
        claim.tally.move(1, from: queued, to: ended)
        if ended.state == .skipped {
            try promoteFollower(of: candidate.id, at: queued, &claim.tally)
        } else if row.isStranded {
            try strandFollowers(of: candidate.id)
        }
    }
}

/// What one claim has gathered.
private struct Claim {
    let channel: ChannelName
    let token: Int64
    let now: Date
    let limit: Int
    var claimed: [ClaimedDelivery] = []
    var examined = 0
    var tally = Tally()

    func place(_ source: ClaimSource, _ state: DeliveryState) -> Tally.Place {
        Tally.Place(announcement: source.seq, channel: channel.rawValue, state: state)
    }
}
