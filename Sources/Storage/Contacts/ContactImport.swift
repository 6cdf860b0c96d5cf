public import Broadcast
public import Foundation

/// A list of contacts to be taken over, and how.
public struct ContactImport: Sendable {
    /// The CSV file.
    public var path: String
    /// The list's own names of columns → ours.
    public var map: [String: String]
    /// Whose national phone numbers are understood; nil means that all are international.
    public var region: PhoneRegion?
    /// What names of channels mean in consent and preferences.
    public var channels: KnownChannels
    /// Whether bad rows go to a file of their own instead of stopping everything.
    public var skipsInvalid: Bool
    /// Whether it is only to be said what would change.
    public var isDryRun: Bool
    /// Told after every few thousand rows: how many have been read, and which part of the file, 0 to 1, that is.
    public var whileReading: (@Sendable (_ rows: Int, _ part: Double) -> Void)?

    /// An import that takes all rows or none.
    public init(
        path: String, map: [String: String] = [:], region: PhoneRegion? = nil, channels: KnownChannels,
        skipsInvalid: Bool = false, isDryRun: Bool = false
    ) {
        self.path = path
        self.map = map
        self.region = region
        self.channels = channels
        self.skipsInvalid = skipsInvalid
        self.isDryRun = isDryRun
    }

    /// Where bad rows go: `customers.rejected.csv` for `customers.csv`; while that stands, `customers.rejected-2.csv`.
    public var rejectedPath: String { RejectedRows.paths(for: path).free }
}

/// What an import did, or would do.
public struct ImportReport: Sendable, Hashable, Codable {
    /// Something that a person should look at, though the row was taken.
    public struct Warning: Sendable, Hashable, Codable {
        /// The line, from 1.
        public var line: Int
        /// What is odd about it.
        public var message: String
    }

    /// A row that was not taken.
    public struct Rejection: Sendable, Hashable, Codable {
        /// The line, from 1.
        public var line: Int
        /// Column, value, and what is wrong with it.
        public var reason: String
    }

    /// How many rows the list has.
    public var rows = 0
    /// Contacts that are new.
    public var added = 0
    /// Contacts of which something changes, a new suppression included.
    public var changed = 0
    /// Contacts that stay as they are.
    public var unchanged = 0
    /// Rows that were not taken.
    public var rejected = 0
    /// The first of them, at most as many as there can be ``warnings``.
    public var rejections: [Rejection] = []
    /// Contacts whose consent falls because the address it was given for is another now.
    public var consentWithdrawn = 0
    /// The first warnings, at most ``maxWarnings``.
    public var warnings: [Warning] = []
    /// How many warnings there are in all.
    public var warningCount = 0
    /// The encoding that was found, such as `UTF-8`.
    public var encoding = ""
    /// The delimiter that was found: `comma`, `semicolon`, `tab` or `pipe`.
    public var delimiter = ""
    /// The columns that became attributes.
    public var attributes: [String] = []
    /// Where the rejected rows are; nil when there are none, and in a dry run.
    public var rejectedPath: String?

    /// Enough to see what is the matter.
    public static let maxWarnings = 20

    mutating func reject(_ error: ContactListError) {
        rejected += 1
        guard rejections.count < Self.maxWarnings, let line = error.line else { return }
        rejections.append(Rejection(line: line, reason: error.reason))
    }

    mutating func warn(_ line: Int, _ message: String) {
        warningCount += 1
        if warnings.count < Self.maxWarnings { warnings.append(Warning(line: line, message: message)) }
    }
}

extension Store {
    /// Takes over a list of contacts: all of it or nothing.
    ///
    /// Reading and checking happens in temporary tables and locks nobody out; then one transaction merges the result.
    /// A contact that somebody else changes meanwhile makes it read the list again. Everything else on this `Store`
    /// waits until it has finished: beside a running dispatcher, give it one of its own.
    ///
    /// - Throws: a ``ContactListError`` naming file, line, column and value; nothing has changed then.
    public func importContacts(_ order: ContactImport, now: Date) throws(ContactListError) -> ImportReport {
        for _ in 1...Self.maxPasses {
            var pass = try ContactImportPass(order, self, now: now)
            let report = try pass.run()
            if order.isDryRun { return try finished(report, pass, order) }
            let isMerged: Bool
            do throws(StoreError) {
                isMerged = try connection.write { () throws(StoreError) in try pass.staging.merge() }
            } catch {
                pass.discardRejected()
                throw ContactListError(error, list: order.path)
            }
            if isMerged { return try finished(report, pass, order) }
            pass.discardRejected()
        }
        throw ContactListError(
            StoreError(.busy, path: path, "contacts keep changing while they are imported; try again later"),
            list: order.path)
    }

    private static let maxPasses = 5

    private func finished(
        _ report: ImportReport, _ pass: ContactImportPass, _ order: ContactImport
    ) throws(ContactListError) -> ImportReport {
        do throws(StoreError) {
            try pass.staging.clear()
        } catch {
            throw ContactListError(error, list: order.path)
        }
        return report
    }
}
