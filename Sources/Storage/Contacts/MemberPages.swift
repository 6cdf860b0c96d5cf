/// The members an audience selects, page by page, in memory of one page and without a transaction between pages.
///
/// Contacts that are added meanwhile come too, those that are removed do not.
public struct MemberPages: AsyncSequence, Sendable {
    /// One page; never empty.
    public typealias Element = [Member]
    /// A page that cannot be read.
    public typealias Failure = StoreError

    let store: Store
    let selection: AudienceSelection
    let size: Int

    /// Begins with the first member.
    public func makeAsyncIterator() -> Iterator {
        Iterator(store: store, selection: selection, size: size)
    }

    /// Where a reader stands.
    public struct Iterator: AsyncIteratorProtocol {
        let store: Store
        let selection: AudienceSelection
        let size: Int
        private var after: Int64 = 0

        init(store: Store, selection: AudienceSelection, size: Int) {
            self.store = store
            self.selection = selection
            self.size = size
        }

        /// The next page; nil after the last.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(StoreError) -> [Member]? {
            let page = try await store.members(selection, after: after, limit: size)
            guard let last = page.last else { return nil }
            after = last.seq
            return page
        }
    }
}
