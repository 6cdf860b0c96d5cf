import Broadcast
import Foundation
import Templating

/// How many people get a text in another language than theirs.
struct ForeignReaders: Sendable {
    private struct Pair: Hashable {
        let own: String
        let given: String
    }

    private var people = 0
    private var counts: [Pair: Int] = [:]

    /// Takes in somebody who gets a text in the locale `given`; `own` is nil where theirs is not known.
    mutating func add(_ own: String?, given: String) {
        people += 1
        // Nearly all have the very locale of their text, or one of its language.
        guard let own, own != given else { return }
        counts[Pair(own: own, given: given), default: 0] += 1
    }

    /// A warning for each language that `template` does not speak, that of most people first.
    func warnings(of template: CompiledTemplate) -> [PlanWarning] {
        let foreign = Set(template.unspoken(Set(counts.keys.map(\.own))))
        var languages: [Pair: Int] = [:]
        for (pair, count) in counts where foreign.contains(pair.own) {
            languages[Pair(own: Self.language(pair.own), given: Self.language(pair.given)), default: 0] +=
                count
        }
        let sorted = languages.sorted {
            ($1.value, $0.key.own, $0.key.given) < ($0.value, $1.key.own, $1.key.given)
        }
        return sorted.map { pair, count in
            PlanWarning(
                "locale-missing",
                "\(CountText.grouped(count)) of \(CountText.people(people)) read it in \(Self.name(pair.given)), "
                    + "theirs is \(Self.name(pair.own)) (\(pair.own)): there is no "
                    + "\(template.name)/message.\(pair.own).md")
        }
    }

    private static func language(_ locale: String) -> String {
        String(locale.prefix { $0.isLetter }).lowercased()
    }

    private static func name(_ language: String) -> String {
        Locale(identifier: "en").localizedString(forLanguageCode: language) ?? language
    }
}
