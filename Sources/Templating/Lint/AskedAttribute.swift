public import Broadcast

/// An attribute of the reader that a text asks for.
struct AskedAttribute: Sendable, Hashable {
    let name: String
    let place: Place

    /// Nil for a value that is no attribute.
    init?(_ value: ContextValue, at place: Place) {
        switch value {
        case .slot(.attribute(let name)), .slot(.local(.attribute(let name), _)): self.name = name
        default: return nil
        }
        self.place = place
    }
}

extension CompiledTemplate {
    /// The names of the readers' attributes that any of its texts asks for, without `contact.`.
    public var attributes: Set<String> { Set(asked.map(\.name)) }

    /// What is told of attributes that no contact has: nobody would get what depends on them.
    public func findings(of unknown: [UnknownAttribute]) -> [TemplateProblem] {
        let byName = Dictionary(unknown.map { ($0.name, $0) }) { first, _ in first }
        var seen: Set<TemplateProblem> = []
        return asked.compactMap { asked in
            byName[asked.name].map { unknown in
                TemplateProblem(
                    .nameUnknown, asked.place, "no contact has contact.\(asked.name)",
                    nearest: unknown.nearest.map { "contact.\($0)" })
            }
        }.filter { seen.insert($0).inserted }
    }
}
