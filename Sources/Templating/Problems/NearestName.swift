/// Finds what a person most likely meant to write.
enum NearestName {
    /// The name with the fewest edits to `word`, at most a third of its length; nil when none is that near.
    static func of(_ word: String, in names: some Sequence<String>) -> String? {
        let limit = max(1, min(3, word.count / 3))
        let ranked = names.map { (edits(from: word.lowercased(), to: $0.lowercased(), limit: limit), $0) }
        return ranked.filter { $0.0 <= limit }.min { $0 < $1 }?.1
    }

    /// The number of letters inserted, removed, replaced or swapped; `limit` + 1 when it is certainly more.
    static func edits(from left: String, to right: String, limit: Int) -> Int {
        let left = Array(left.unicodeScalars)
        let right = Array(right.unicodeScalars)
        guard abs(left.count - right.count) <= limit, left.count <= 200 else { return limit + 1 }
        var before: [Int] = []
        var above = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let isSame = left[row] == right[column]
                var best = min(above[column + 1] + 1, current[column] + 1, above[column] + (isSame ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, before[column - 1] + 1)
                }
                current.append(best)
            }
            before = above
            above = current
        }
        return above[right.count]
    }
}
