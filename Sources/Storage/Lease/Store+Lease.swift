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
    /// - Throws: ``StoreError/Code/leaseHeld`` while another one lives.
    public func acquireLease(
        as owner: String, at now: BootTime, for length: Duration
    ) throws(StoreError) -> Lease {
        if path != ":memory:", lock == nil { lock = try StoreLock.take(for: path) }
        let isAlone = path == ":memory:" || lock != nil
        let deadline = now.uptime + length
        return try connection.write { () throws(StoreError) in
            if !isAlone { try refuseUnlessLapsed(at: now) }
            let token = try connection.first(
                """
                UPDATE lease SET token = token + 1, owner = :owner, boot = :boot, deadline = :deadline
                RETURNING token
                """,
                [
                    "owner": .text(owner), "boot": .text(now.boot),
                    "deadline": .integer(deadline.milliseconds),
                ]
            ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
            return Lease(token: token ?? 0, deadline: deadline)
        }
    }

    /// A stopped process keeps its lock; its lease runs out all the same, and the token keeps it from writing.
    private func refuseUnlessLapsed(at now: BootTime) throws(StoreError) {
        let held = try connection.first("SELECT owner, boot, deadline FROM lease") {
            (row: borrowing Row) throws(StoreError) in
            (owner: row.text(0), boot: row.text(1), deadline: row.integer(2))
        }
        if let held, held.boot == now.boot, held.deadline < now.uptime.milliseconds { return }
        let owner = held.flatMap { $0.owner.isEmpty ? nil : " (\($0.owner))" } ?? ""
        throw StoreError(.leaseHeld, path: path, "is served by another dispatcher\(owner); follow that one")
    }

    /// Keeps being the dispatcher for another `length`.
    ///
    /// - Throws: ``StoreError/Code/leaseLost`` when another one has taken over.
    public func renew(_ lease: Lease, at now: BootTime, for length: Duration) throws(StoreError) -> Lease {
        let deadline = now.uptime + length
        let changed = try connection.execute(
            "UPDATE lease SET deadline = :deadline WHERE token = :token",
            ["deadline": .integer(deadline.milliseconds), "token": .integer(lease.token)])
        guard changed == 1 else { throw leaseLost }
        // Taken over from a stopped owner, which held the lock: it is ours as soon as that one is gone.
        if path != ":memory:", lock == nil { lock = try StoreLock.take(for: path) }
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

    /// Who is the dispatcher; nil when nobody is.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func leaseOwner() throws(StoreError) -> String? {
        let owner = try connection.first("SELECT owner FROM lease") {
            (row: borrowing Row) throws(StoreError) in row.text(0)
        }
        return owner.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Changes when another connection has committed: a dispatcher looks at it to see new work, 2 us a look.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func dataVersion() throws(StoreError) -> Int64 {
        try connection.first("PRAGMA data_version") { (row: borrowing Row) throws(StoreError) in
            row.integer(0)
        } ?? 0
    }

    /// Ends the transaction unless `token` is the present dispatcher's.
    func requireLease(_ token: Int64) throws(StoreError) {
        let present = try connection.first("SELECT token FROM lease") {
            (row: borrowing Row) throws(StoreError) in row.integer(0)
        }
        guard present == token else { throw leaseLost }
    }

    private var leaseLost: StoreError {
        StoreError(.leaseLost, path: path, "is served by another dispatcher by now; this one stops")
    }
}
