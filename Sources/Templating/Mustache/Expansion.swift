import Broadcast

/// Where the pieces of an expanded text go.
protocol ExpansionSink {
    /// Takes the author's own text.
    mutating func literal(_ bytes: [UInt8])
    /// Takes a value.
    mutating func value(_ use: ValueUse)
    /// Begins a section that depends on the reader; nil when its content shall be left out.
    mutating func open(_ condition: SlotUse, isInverted: Bool) -> Int?
    /// Ends the section that `open` answered with `mark`.
    mutating func close(_ mark: Int)
}

/// One interpolation of a template.
struct ValueUse: Sendable, Hashable {
    enum Content: Sendable, Hashable {
        case fixed(String)
        case slot(Slot, fallback: String?)
        case part(Part)
    }

    var name: String
    var content: Content
    /// Written as `{{{name}}}` or `{{&name}}`.
    var isRaw: Bool
    var place: Place
}

/// Works a parsed text off against a context: what is known becomes text, what a reader gives is left to the sink.
///
/// With a context without slots this is a whole Mustache engine, and is held to the specification's own tests.
struct Expansion {
    /// What an unknown name means.
    enum Rules {
        /// An error, and so is a partial that contains itself: templates are held to this.
        case strict
        /// Nothing, as the specification has it; a partial may contain itself as long as the data nests.
        case specification
    }

    /// Deeper partials are refused also where they may contain themselves.
    static let maxPartials = 64
    /// Sections and partials within each other, together: each costs stack.
    static let maxNesting = 128
    /// The most bytes that come of one source, so that partials within partials cannot multiply without end.
    static let maxBytes = 4 << 20

    let rules: Rules
    let partials: PartialShelf
    /// The defaults that front matter gives for values of the reader.
    let fallbacks: [Slot: String]
    private(set) var problems: [TemplateProblem] = []
    private var openPartials: [String] = []
    private var nesting = 0
    private var spent = 0

    init(rules: Rules, partials: PartialShelf, fallbacks: [Slot: String] = [:]) {
        self.rules = rules
        self.partials = partials
        self.fallbacks = fallbacks
    }

    /// Sends the pieces of `nodes` to `sink`; the last value of `stack` is asked first.
    mutating func expand(
        _ nodes: [MustacheNode], in stack: [ContextValue], into sink: inout some ExpansionSink
    ) {
        for node in nodes {
            guard mayGoOn(with: node) else { return }
            switch node {
            case .text(let bytes): sink.literal(bytes)
            case .value(let name, let isRaw, let place):
                guard let content = content(of: name, in: stack, at: place) else { continue }
                sink.value(
                    ValueUse(name: fullName(name, content), content: content, isRaw: isRaw, place: place))
            case .section(let name, let isInverted, let children, let place):
                let section = Section(name: name, isInverted: isInverted, children: children, place: place)
                expand(section, in: stack, into: &sink)
            case .partial(let name, let indent, let place):
                expand(Partial(name: name, indent: indent, place: place), in: stack, into: &sink)
            }
        }
    }

    private struct Partial {
        var name: String
        var indent: [UInt8]
        var place: Place
    }

    private struct Section {
        var name: MustacheName
        var isInverted: Bool
        var children: [MustacheNode]
        var place: Place
    }

    private mutating func expand(
        _ section: Section, in stack: [ContextValue], into sink: inout some ExpansionSink
    ) {
        guard mayNest(at: section.place) else { return }
        nesting += 1
        defer { nesting -= 1 }
        let value = value(of: section.name, in: stack, at: section.place)
        if let condition = condition(value, at: section.place) {
            guard let mark = sink.open(condition, isInverted: section.isInverted) else { return }
            expand(section.children, in: section.isInverted ? stack : stack + [value], into: &sink)
            sink.close(mark)
        } else if section.isInverted {
            if !isTrue(value) { expand(section.children, in: stack, into: &sink) }
        } else if case .list(let items) = value {
            for item in items { expand(section.children, in: stack + [item], into: &sink) }
        } else if isTrue(value) {
            expand(section.children, in: stack + [value], into: &sink)
        }
    }

    /// The slot on which a section depends; nil when its value is known.
    private func condition(_ value: ContextValue, at place: Place) -> SlotUse? {
        let slot: Slot
        switch value {
        case .contact: slot = .contact(.id)
        // Every reader has the page.
        case .slot(.page): return nil
        case .slot(let asked): slot = asked
        default: return nil
        }
        return SlotUse(slot: slot, name: slot.name, fallback: fallbacks[slot], place: place)
    }

    private func isTrue(_ value: ContextValue) -> Bool {
        switch value {
        case .null, .absent: false
        case .bool(let flag): flag
        case .text(let text): !text.isEmpty
        case .list(let items): !items.isEmpty
        case .object, .contact, .slot, .part: true
        }
    }

    private mutating func content(
        of name: MustacheName, in stack: [ContextValue], at place: Place
    ) -> ValueUse.Content? {
        switch value(of: name, in: stack, at: place) {
        case .null: return rules == .strict ? nil : .fixed("")
        case .bool(let flag): return .fixed(flag ? "true" : "false")
        case .text(let text): return .fixed(text)
        case .slot(let slot): return .slot(slot, fallback: fallbacks[slot])
        case .part(let part): return .part(part)
        case .absent(let reason):
            problems.append(TemplateProblem(.variableMissing, place, reason))
            return nil
        case .list, .object, .contact:
            guard rules == .strict else { return nil }
            problems.append(TemplateProblem(.nameUnknown, place, "\(name) is a group; write \(name).NAME"))
            return nil
        }
    }

    private func fullName(_ name: MustacheName, _ content: ValueUse.Content) -> String {
        if case .slot(let slot, _) = content { slot.name } else { name.description }
    }

    private mutating func value(of name: MustacheName, in stack: [ContextValue], at place: Place)
        -> ContextValue
    {
        if let found = lookUp(name, in: stack) { return found }
        if rules == .strict {
            let known = stack.flatMap { $0.names() }
            let nearest = NearestName.of(name.description, in: known)
            problems.append(TemplateProblem(.nameUnknown, place, "there is no \(name)", nearest: nearest))
        }
        return .null
    }

    private func lookUp(_ name: MustacheName, in stack: [ContextValue]) -> ContextValue? {
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
            let name = path.joined(separator: ".")
            return isMisspelt(name) ? nil : .slot(.ofContact(name))
        default: return nil
        }
    }

    /// A name this near a known field is taken for a slip, as the import of contacts does, unless front matter names it.
    private func isMisspelt(_ name: String) -> Bool {
        guard ContactField(rawValue: name) == nil, fallbacks[.attribute(name)] == nil else { return false }
        return NearestName.of(name, in: ContactField.allCases.map(\.rawValue)) != nil
    }

    private mutating func expand(
        _ partial: Partial, in stack: [ContextValue], into sink: inout some ExpansionSink
    ) {
        let (name, place) = (partial.name, partial.place)
        if rules == .strict, let first = openPartials.firstIndex(of: name) {
            let cycle = (openPartials[first...] + [name]).joined(separator: " → ")
            problems.append(TemplateProblem(.partialCycle, place, "partials contain each other: \(cycle)"))
            return
        }
        guard openPartials.count < Self.maxPartials else {
            problems.append(
                TemplateProblem(.tooComplex, place, "partials nest deeper than \(Self.maxPartials)"))
            return
        }
        guard mayNest(at: place) else { return }
        nesting += 1
        defer { nesting -= 1 }
        do throws(TemplateProblem) {
            let nodes = try partials.nodes(of: name, indent: partial.indent, at: place, rules: rules)
            guard let nodes else { return }
            openPartials.append(name)
            expand(nodes, in: stack, into: &sink)
            openPartials.removeLast()
        } catch {
            problems.append(error)
        }
    }

    private mutating func mayNest(at place: Place) -> Bool {
        guard nesting >= Self.maxNesting else { return true }
        let what = "sections and partials nest deeper than \(Self.maxNesting)"
        problems.append(TemplateProblem(.tooComplex, place, what))
        return false
    }

    /// Counts what is written; a tag counts as some bytes as well.
    private mutating func mayGoOn(with node: MustacheNode) -> Bool {
        guard spent <= Self.maxBytes else { return false }
        if case .text(let bytes) = node { spent += bytes.count } else { spent += 64 }
        guard spent > Self.maxBytes else { return true }
        let what = "more than \(Self.maxBytes) bytes come of its sections and partials"
        problems.append(TemplateProblem(.tooComplex, Place(file: node.file ?? "templates"), what))
        return false
    }
}

extension ContextValue {
    /// Every full name below this value.
    fileprivate func names(below prefix: String = "") -> [String] {
        switch self {
        case .object(let members): members.flatMap { $0.value.names(below: prefix + $0.key + ".") }
        case .contact: ContactField.allCases.map { prefix + $0.rawValue }
        default: prefix.isEmpty ? [] : [String(prefix.dropLast())]
        }
    }
}
