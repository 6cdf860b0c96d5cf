import Broadcast
import Templating

/// How many people get a text in another language than theirs, or in another script of it.
struct ForeignReaders: Sendable {
    private struct Pair<Language: Hashable & Sendable>: Hashable {
        let own: Language
        let given: Language
    }

    private var people = 0
    private var counts: [Pair<String>: Int] = [:]

    /// Takes in somebody of the locale `own` who gets a text in the locale `given`.
    mutating func add(_ own: String, given: String) {
        people += 1
        // Nearly all have the very locale of their text, or one of its language.
        guard own != given else { return }
        counts[Pair(own: own, given: given), default: 0] += 1
    }

    /// A warning for each language that `template` does not speak, that of most people first.
    func warnings(of template: CompiledTemplate) -> [PlanWarning] {
        let foreign = Set(template.unspoken(Set(counts.keys.map(\.own))))
        var languages: [Pair<ReaderLanguage>: Int] = [:]
        for (pair, count) in counts where foreign.contains(pair.own) {
            guard let own = ReaderLanguage(pair.own), let given = ReaderLanguage(pair.given) else { continue }
            languages[Pair(own: own, given: given), default: 0] += count
        }
        let sorted = languages.sorted {
            ($1.value, $0.key.own.tag, $0.key.given.tag) < ($0.value, $1.key.own.tag, $1.key.given.tag)
        }
        return sorted.map { pair, count in
            let (own, given) = (pair.own, pair.given)
            return PlanWarning(
                "locale-missing",
                "\(CountText.grouped(count)) of \(CountText.people(people)) read it in "
                    + "\(given.name(besides: own)), theirs is \(own.name(besides: given)) (\(own.tag)): there is no "
                    + "\(template.name)/message.\(own.tag).md")
        }
    }
}
