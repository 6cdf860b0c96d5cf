import Broadcast
import Channels

extension ConfigurationReader {
    /// Where outside word on the members of `companies` comes from; `isWhole` unless some channel could not be read.
    static func outside(
        _ root: SettingsReader, over channels: [ConfiguredChannel], isWhole: Bool
    ) -> [OutsideSource] {
        guard let companies = root.settings("companies") else { return [] }
        let known = Set(channels.flatMap { [$0.facts.company] + $0.facts.depends }).sorted()
        var seen: [String: String] = [:]
        return companies.keys.compactMap { name in
            if let twin = seen.updateValue(name, forKey: name.lowercased()) {
                companies.report(name, .conflict, "is the same company as \"\(Excerpt.of(twin))\"")
            }
            if companies.value(name) == nil {
                companies.report(name, .wrongType, "expected an object, found null")
            }
            if isWhole, !known.contains(where: { $0.lowercased() == name.lowercased() }) {
                let nearest = NearestName.of(name, in: known).map { " (did you mean \"\($0)\"?)" } ?? ""
                companies.report(
                    name, .invalid,
                    "no channel is run by it or depends on it\(nearest); known: \(known.joined(separator: ", "))"
                )
            }
            return companies.settings(name).flatMap { OutsideSource(of: name, $0) }
        }
    }
}
