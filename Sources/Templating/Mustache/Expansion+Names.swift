import Broadcast
import Foundation

// What a name stands for.
extension Expansion {
    mutating func value(of name: MustacheName, in stack: [ContextValue], at place: Place)
        -> ContextValue
    {
        if let found = lookUp(name, in: stack) {
            if case .faulty(let given, let expected) = found {
                problems.append(
                    TemplateProblem(.valueInvalid, place, "\(given); \(expected)", cause: given))
            }
            if let attribute = AskedAttribute(found, at: place) { asked.append(attribute) }
            return found
        }
        if rules == .strict {
            let known = stack.flatMap { $0.names() } + fields(besides: name)
            let nearest = NearestName.of(name.description, in: known)
            let isInContact = stack.contains { if case .contact = $0 { true } else { false } }
            let mend = isInContact ? "; an attribute is written contact.\(name)" : ""
            problems.append(
                TemplateProblem(.nameUnknown, place, "there is no \(name)\(mend)", nearest: nearest))
        }
        return .null
    }

    /// What a contact's attribute has, whatever it is called.
    private func fields(besides name: MustacheName) -> [String] {
        guard name.parts.count == 3, name.parts[0] == "contact" else { return [] }
        return LocalField.allCases.map { "contact.\(name.parts[1]).\($0.rawValue)" }
    }

    func lookUp(_ name: MustacheName, in stack: [ContextValue]) -> ContextValue? {
        guard let first = name.parts.first else { return stack.last }
        let found = stack.lazy.reversed().compactMap { frame -> ContextValue? in
            switch frame {
            case .object(let members): members[first]
            case .contact: ContactField(rawValue: first).map { .slot(.contact($0)) }
            default: nil
            }
        }
        guard let value = found.first else { return nil }
        return member(name.parts.dropFirst(), of: value)
    }

    private func member(_ path: ArraySlice<String>, of value: ContextValue) -> ContextValue? {
        guard let first = path.first else { return value }
        switch value {
        case .object(let members):
            guard let next = members[first] else { return nil }
            return member(path.dropFirst(), of: next)
        case .contact:
            if path.count == 1 { return isMisspelt(first) ? nil : .slot(.ofContact(first)) }
            return path.count == 2 ? path.last.flatMap { localValue(of: first, as: $0) } : nil
        case .variable(let variable) where path.count == 1: return variable.local(first)
        case .slot(.announcement(.sentAt)) where path.count == 1:
            return LocalField.ofDates.first { $0.rawValue == first }.map { .slot(.local(.announcement, $0)) }
        default: return nil
        }
    }

    /// An attribute, or its default, as a date or a number.
    private func localValue(of attribute: String, as form: String) -> ContextValue? {
        guard let field = LocalField(rawValue: form), ContactField(rawValue: attribute) == nil,
            !isMisspelt(attribute)
        else { return nil }
        let fallback = fallbacks[.attribute(attribute)].map(CleanText.oneLine) ?? ""
        guard fallback.isEmpty || LocalValue(fallback, for: field, in: .gmt) != nil else {
            return .faulty(
                "the default of contact.\(attribute) is “\(fallback.prefix(80))”",
                expected: "\(field.expected) expected")
        }
        return .slot(.local(.attribute(attribute), field))
    }

    /// A name this near a known field is taken for a slip, as the import of contacts does, unless front matter names it.
    private func isMisspelt(_ name: String) -> Bool {
        guard ContactField(rawValue: name) == nil, fallbacks[.attribute(name)] == nil else { return false }
        return NearestName.of(name, in: ContactField.allCases.map(\.rawValue)) != nil
    }
}
