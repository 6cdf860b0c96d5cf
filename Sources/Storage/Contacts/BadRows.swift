/// The rows that an import could not take: all are counted, the first are kept.
struct BadRows {
    /// Enough to see what is the matter.
    static let shown = ImportReport.maxWarnings
    /// Where nobody asked to skip them, reading on after so many helps nobody.
    static let most = 1_000

    private(set) var count = 0
    private(set) var first: [ContactListError] = []

    mutating func take(_ error: ContactListError) {
        count += 1
        if first.count < Self.shown { first.append(error) }
    }

    /// The first of them with the others in it; nil when there are none.
    var error: ContactListError? {
        guard var error = first.first else { return nil }
        error.others = Array(first.dropFirst())
        error.badRows = count
        error.isCutShort = count >= Self.most
        return error
    }
}
