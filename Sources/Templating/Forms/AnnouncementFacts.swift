public import Broadcast
public import Foundation

/// What a text may say about the announcement it belongs to.
public struct AnnouncementFacts: Sendable, Hashable {
    /// The announcement.
    public var id: Announcement.ID
    /// When it was accepted; `announcement.date` and its like.
    public var date: Date

    /// The facts of one announcement; `date` must be the same for every attempt.
    public init(id: Announcement.ID, date: Date) {
        self.id = id
        self.date = date
    }
}
