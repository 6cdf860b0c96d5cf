import Broadcast
import Templating

/// The values that somebody lacks, and how many do.
struct Lacks {
    private var people: [UnfitValue: Int] = [:]
    private var places: Set<UnfitValue> = []

    /// Takes in what one person lacks.
    mutating func add(_ values: Set<UnfitValue>) {
        for value in values { people[value, default: 0] += 1 }
    }

    /// Takes in what a public place lacks.
    mutating func add(ofPlace values: [UnfitValue]) { places.formUnion(values) }

    /// Each once, the most wanted first; `selected` people were looked at.
    func values(of selected: Int) -> [MissingValue] {
        let sorted = people.sorted { ($1.value, $0.key.description) < ($0.value, $1.key.description) }
        let ofPlaces = "so for public places, which are nobody's; give it a default, or leave them out"
        return sorted.map {
            let people = "\(CountText.grouped($1)) of \(CountText.people(selected))"
            return $0.missing(for: $1, "so for \(people); \($0.mend)")
        }
            + places.sorted { $0.description < $1.description }.map {
                $0.missing(for: nil, ofPlaces)
            }
    }
}

extension UnfitValue {
    fileprivate func missing(for people: Int?, _ more: String) -> MissingValue {
        MissingValue(
            name, file: file, line: line, reason: reason.rawValue, people: people, message: "\(self): \(more)"
        )
    }
}
