/// The right to be the one dispatcher of a store until a moment of the boot-time clock.
public struct Lease: Sendable, Hashable {
    /// Goes up with each owner: what carries an older one is not written.
    public let token: Int64
    /// On the clock given with ``BootTime``: nothing may be handed to the wire after it.
    public let deadline: Duration
}

/// A moment on the clock that counts since the machine started, asleep or not, and never jumps.
public struct BootTime: Sendable, Hashable {
    /// Which start of the machine, such as the text of `/proc/sys/kernel/random/boot_id`.
    public var boot: String
    /// How long ago that was.
    public var uptime: Duration

    /// `uptime` after the start called `boot`.
    public init(boot: String, uptime: Duration) {
        self.boot = boot
        self.uptime = uptime
    }
}

extension Store {
    /// Becomes the dispatcher for `length`, at once when the last one is dead or has let its lease run out.
    ///
    /// - Throws: ``StoreError/Code/leaseHeld`` while another one lives; ``StoreError/Code/unadopted`` for a copy.
    public func acquireLease(
        as owner: String, at now: BootTime, for length: Duration
    ) throws(StoreError) -> Lease {
        try requireAdopted()
        // Looked at without the write lock first: whoever follows a living dispatcher asks ten times a second.
        // One that works without the lock file is about to take it: nobody else touches it meanwhile.
        let present = try tenancy()
        if present.isLive(at: now), present.lock.isEmpty, !isInMemory { throw leaseHeld(by: present) }
        if !isInMemory, lock == nil { lock = try StoreLock.take(for: connection.file) }
        do throws(StoreError) {
            if !mayFollow(present, at: now) { throw leaseHeld(by: present) }
            let lease = try connection.write { () throws(StoreError) in
                let present = try tenancy()
                if !mayFollow(present, at: now) { throw leaseHeld(by: present) }
                return try begin(as: owner, at: now, for: length)
            }
            if let identity = FileIdentity(of: path) { lock?.note(identity, token: lease.token) }
            return lease
        } catch {
            lock = nil
            throw error
        }
    }

    /// What the table says of the present dispatcher, or the last one.
    private struct Tenancy {
        var owner: String
        var boot: String
        var deadline: Int64
        /// The lock file that it holds; empty for one that overtook a stopped owner and has none yet.
        var lock: String

        func isLapsed(at now: BootTime) -> Bool { boot == now.boot && deadline < now.uptime.milliseconds }

        func isLive(at now: BootTime) -> Bool { !owner.isEmpty && boot == now.boot && !isLapsed(at: now) }
    }

    private func tenancy() throws(StoreError) -> Tenancy {
        let row = try connection.first("SELECT owner, boot, deadline, lock FROM lease") {
            (row: borrowing Row) throws(StoreError) in
            Tenancy(owner: row.text(0), boot: row.text(1), deadline: row.integer(2), lock: row.text(3))
        }
        return row ?? Tenancy(owner: "", boot: "", deadline: 0, lock: "")
    }

    /// Whether the tenancy is over.
    ///
    /// With its lock file in hand a dispatcher that had it is dead; one that works without it, or has another, such as
    /// one that was deleted since, lives until its lease runs out. Without the lock file it has been stopped, if its
    /// lease ran out; the token keeps it from writing.
    private func mayFollow(_ tenancy: Tenancy, at now: BootTime) -> Bool {
        if isInMemory { return true }
        guard let lock else { return tenancy.isLapsed(at: now) }
        return FileIdentity(tenancy.lock)?.isSame(as: lock.identity) ?? false || !tenancy.isLive(at: now)
    }

    private var isInMemory: Bool { connection.isFileless }

    private func begin(
        as owner: String, at now: BootTime, for length: Duration
    ) throws(StoreError) -> Lease {
        let deadline = now.uptime + length
        let token = try connection.first(
            """
            UPDATE lease SET token = token + 1, owner = :owner, boot = :boot, deadline = :deadline, lock = :lock,
              lacks = ''
            RETURNING token
            """,
            [
                "owner": .text(owner), "boot": .text(now.boot),
                "deadline": .integer(deadline.milliseconds), "lock": .text(lock?.identity.text ?? ""),
            ]
        ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
        return Lease(token: token ?? 0, deadline: deadline)
    }

    private func leaseHeld(by tenancy: Tenancy) -> StoreError {
        let owner = tenancy.owner.isEmpty ? "" : " (\(tenancy.owner))"
        return StoreError(.leaseHeld, path: path, "is served by another dispatcher\(owner); follow that one")
    }

    /// Keeps being the dispatcher for another `length`.
    ///
    /// - Throws: ``StoreError/Code/leaseLost`` when another one has taken over; the lock file is free then.
    public func renew(_ lease: Lease, at now: BootTime, for length: Duration) throws(StoreError) -> Lease {
        // Taken over from a stopped owner, which held the lock: it is ours as soon as that one is gone.
        if !isInMemory, lock == nil { lock = try StoreLock.take(for: connection.file) }
        let deadline = now.uptime + length
        let changed = try connection.execute(
            "UPDATE lease SET deadline = :deadline, lock = :lock WHERE token = :token",
            [
                "deadline": .integer(deadline.milliseconds), "lock": .text(lock?.identity.text ?? ""),
                "token": .integer(lease.token),
            ])
        guard changed == 1 else {
            lock = nil
            throw leaseLost
        }
        return Lease(token: lease.token, deadline: deadline)
    }

    /// Stops being the dispatcher, if it still is; another may take over at once.
    ///
    /// - Throws: a ``StoreError``; the lock is let go all the same.
    public func release(_ lease: Lease) throws(StoreError) {
        defer { lock = nil }
        try connection.execute(
            "UPDATE lease SET deadline = 0, owner = '' WHERE token = :token", ["token": .integer(lease.token)]
        )
    }

    /// Who is the dispatcher; nil when nobody is, as the last one let go, was killed, or has let its lease run out.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func leaseOwner(at now: BootTime) throws(StoreError) -> String? {
        let present = try tenancy()
        guard present.isLive(at: now) else { return nil }
        // What works without its lock file lives, as far as anybody can tell, until its lease runs out.
        guard lock == nil, !isInMemory, let held = FileIdentity(present.lock),
            StoreLock.isFree(for: connection.file, held)
        else { return present.owner }
        return nil
    }

    /// Looks whether `token` is the present dispatcher's; in a transaction, nothing of that is written otherwise.
    ///
    /// - Throws: ``StoreError/Code/leaseLost`` when it is not.
    public func requireLease(_ token: Int64) throws(StoreError) {
        guard try holdsLease(token) else { throw leaseLost }
    }

    func holdsLease(_ token: Int64) throws(StoreError) -> Bool {
        let present = try connection.first("SELECT token FROM lease") {
            (row: borrowing Row) throws(StoreError) in row.integer(0)
        }
        return present == token
    }

    private var leaseLost: StoreError {
        StoreError(.leaseLost, path: path, "is served by another dispatcher by now; this one stops")
    }
}
