/// Finds the name somebody meant when they mistyped one.
public enum NearestName {
    /// The candidate fewest typing slips away from `name`, capitals aside; nil when none is near.
    ///
    /// A slip is a letter missing, added, changed, or swapped with its neighbour. Two are forgiven; one where either
    /// name has at most four letters, because two slips make another word of them (`zip` is not `id`, nor `note`
    /// `name`). Of equally near candidates the first in the order of their bytes is taken.
    public static func of(_ name: String, in candidates: some Sequence<String>) -> String? {
        let typed = Array(name.lowercased())
        var nearest: (name: String, slips: Int)?
        for candidate in candidates {
            let meant = Array(candidate.lowercased())
            let forgiven = min(typed.count, meant.count) <= 4 ? 1 : 2
            guard abs(typed.count - meant.count) <= forgiven else { continue }
            let slips = slips(from: typed, to: meant)
            guard slips <= forgiven else { continue }
            if let best = nearest, (best.slips, best.name) <= (slips, candidate) { continue }
            nearest = (candidate, slips)
        }
        return nearest?.name
    }

    /// The Damerau-Levenshtein distance in its "optimal string alignment" form.
    ///
    /// Source: https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance (2026-11).
    static func slips(from left: [Character], to right: [Character]) -> Int {
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var twoBack: [Int] = []
        var back = Array(0...right.count)
        for row in 1...left.count {
            var current = [row]
            for column in 1...right.count {
                let changed = back[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1)
                var least = min(back[column] + 1, current[column - 1] + 1, changed)
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1]
                {
                    least = min(least, twoBack[column - 2] + 1)
                }
                current.append(least)
            }
            (twoBack, back) = (back, current)
        }
        return back[right.count]
    }
}
