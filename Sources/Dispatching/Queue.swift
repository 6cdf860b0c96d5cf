/// First in, first out, without moving what waits.
struct Queue<Element> {
    private var elements: [Element] = []
    private var head = 0

    var count: Int { elements.count - head }
    var isEmpty: Bool { head == elements.count }

    mutating func append(contentsOf more: some Sequence<Element>) { elements.append(contentsOf: more) }

    /// The oldest; nil when there is none.
    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        defer { advance() }
        return elements[head]
    }

    /// Takes out all that fits `isWanted`, oldest first.
    mutating func remove(where isWanted: (Element) -> Bool) -> [Element] {
        let waiting = elements[head...]
        let removed = waiting.filter(isWanted)
        elements = waiting.filter { !isWanted($0) }
        head = 0
        return removed
    }

    private mutating func advance() {
        head += 1
        // Half of the memory is the most that may lie behind the head.
        if head == elements.count {
            elements.removeAll(keepingCapacity: true)
            head = 0
        }
    }
}
