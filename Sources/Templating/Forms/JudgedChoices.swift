/// The readers for whom a text is looked at before it is sent: there may be thousands of choices of sections.
///
/// Those who see everything and nothing that is conditional, and of each condition those for whom it alone holds, or
/// alone does not: so is every part seen that depends on one condition, or on one and not on another.
enum JudgedChoices {
    /// Sets of `count` conditions, each once.
    static func of(_ count: Int) -> [Set<Int>] {
        let all = Set(0..<count)
        var choices = [all]
        var others: [Set<Int>] = [[]]
        for index in 0..<count { others += [[index], all.subtracting([index])] }
        for choice in others where !choices.contains(choice) { choices.append(choice) }
        return choices
    }
}

extension BodyText {
    /// The choices by which it is judged, everything first.
    var judged: [UInt64] {
        JudgedChoices.of(conditions.count).map { $0.reduce(0) { $0 | 1 << UInt64($1) } }
    }
}

extension Program {
    /// What is written for the readers by whom it is judged, with what `shown` says for each value.
    func judged(showing shown: (SlotUse) -> String) -> [[UInt8]] {
        var slots: [Slot] = []
        for case .whenEmpty(let use, _) in steps where !slots.contains(uses[use].slot) {
            slots.append(uses[use].slot)
        }
        for case .whenFilled(let use, _) in steps where !slots.contains(uses[use].slot) {
            slots.append(uses[use].slot)
        }
        // Of more, what depends on two at once is left out.
        let known = slots.prefix(BodyText.maxConditions)
        return JudgedChoices.of(known.count).map { choice in
            outline(showing: shown) { use in
                known.firstIndex(of: use.slot).map(choice.contains) ?? !choice.isEmpty
            }
        }
    }
}
