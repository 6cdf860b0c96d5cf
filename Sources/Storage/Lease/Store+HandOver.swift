public import Broadcast

/// What a dispatcher cannot send: everything over one channel, or what one announcement has there.
public struct Lack: Sendable, Hashable {
    /// The channel that it has not, or not as it is needed.
    public var channel: ChannelName
    /// The one announcement for which it has not; nil for all.
    public var announcement: Announcement.ID?

    /// Of `announcement` alone, or of all.
    public init(_ channel: ChannelName, of announcement: Announcement.ID? = nil) {
        self.channel = channel
        self.announcement = announcement
    }
}

/// What whoever had a place could not send.
public struct Lacking: Sendable, Hashable {
    /// Whose place it is, or was.
    public var token: Int64
    /// What that one lacks; empty when it can send everything.
    public var lacks: Set<Lack>
}

// What a dispatcher and those who follow it say to each other: one of them may know, or have, what that one lacks.
extension Store {
    /// Tells the dispatcher that somebody follows who can send what it cannot; returns how often that was ever said.
    ///
    /// - Throws: a ``StoreError`` when it could not be written.
    public func offer() throws(StoreError) -> Int64 {
        try connection.first("UPDATE lease SET offers = offers + 1 RETURNING offers") {
            (row: borrowing Row) throws(StoreError) in row.integer(0)
        } ?? 0
    }

    /// How often somebody has ever offered to send what a dispatcher could not.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func offers() throws(StoreError) -> Int64 {
        try connection.first("SELECT offers FROM lease") {
            (row: borrowing Row) throws(StoreError) in row.integer(0)
        } ?? 0
    }

    /// Writes down what the dispatcher cannot send.
    ///
    /// - Throws: a ``StoreError`` when it could not be written.
    public func lack(_ lacks: Set<Lack>, token: Int64) throws(StoreError) {
        try connection.execute(
            "UPDATE lease SET lacks = :lacks WHERE token = :token",
            ["lacks": .text(ContactRow.text(lacks.map(\.text).sorted())), "token": .integer(token)])
    }

    /// What the present dispatcher cannot send; nothing when nobody is the dispatcher.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func lacks(at now: BootTime) throws(StoreError) -> Set<Lack> {
        let lacks = try lacking().lacks
        if lacks.isEmpty { return [] }
        return try leaseOwner(at: now) == nil ? [] : lacks
    }

    /// What the present dispatcher cannot send, or the last one could not.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func lacking() throws(StoreError) -> Lacking {
        try connection.first("SELECT token, lacks FROM lease") { (row: borrowing Row) throws(StoreError) in
            Lacking(
                token: row.integer(0), lacks: Set(ContactRow.list(row.text(1)).map { Lack(reading: $0) }))
        } ?? Lacking(token: 0, lacks: [])
    }
}

extension Lack {
    /// `sms`, or `sms u1` where only one announcement is meant; names have no space in them.
    fileprivate var text: String {
        [channel.rawValue, announcement?.rawValue].compactMap(\.self).joined(separator: " ")
    }

    fileprivate init(reading text: String) {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        self.init(
            ChannelName(valid: parts.first ?? ""),
            of: parts.count > 1 ? Announcement.ID(valid: parts[1]) : nil)
    }
}
