/// First in, first out, without moving what waits.
struct Queue<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { elements.count - head }
    var isEmpty: Bool { head == elements.count }

    mutating func append(contentsOf more: some Sequence<Element>) {
        // What waits is seldom gone altogether when more comes: the room before it is used again all the same.
        if head > count {
            elements.removeFirst(head)
            head = 0
        }
        elements.append(contentsOf: more.lazy.map(Optional.some))
    }

    /// The oldest, which stays; nil when there is none.
    var first: Element? { head < elements.count ? elements[head] : nil }

    /// The oldest; nil when there is none.
    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        defer {
            elements[head] = nil
            head += 1
        }
        return elements[head]
    }

    /// Takes out all that fits `isWanted`, oldest first.
    mutating func remove(where isWanted: (Element) -> Bool) -> [Element] {
        let waiting = elements[head...].compactMap { $0 }
        let removed = waiting.filter(isWanted)
        if removed.isEmpty { return [] }
        elements = waiting.filter { !isWanted($0) }
        head = 0
        return removed
    }
}
