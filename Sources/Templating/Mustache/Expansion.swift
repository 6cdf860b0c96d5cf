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
    /// Whether it only stands for what nobody gave yet, and may become anything.
    var isPlaceholder = false
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
    var problems: [TemplateProblem] = []
    /// The readers' attributes that were met.
    var asked: [AskedAttribute] = []
    /// Where the text at hand was written.
    var scope = Scope()
    /// The blocks of the parents that were met, so that each is looked over once.
    var blockNames: [String: Set<String>] = [:]
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
                var use = ValueUse(
                    name: fullName(name, content), content: content, isRaw: isRaw, place: place)
                if case .variable(let variable)? = lookUp(name, in: stack) {
                    use.isPlaceholder = variable.isPlaceholder
                }
                sink.value(use)
            case .section(let name, let isInverted, let children, let place):
                let section = Section(name: name, isInverted: isInverted, children: children, place: place)
                expand(section, in: stack, into: &sink)
            case .partial(let name, let indent, let place):
                let partial = Partial(name: name, indent: indent ?? [], place: place)
                expand(partial, taking: scope.blocks, in: stack, into: &sink)
            case .parent(let parent): expand(parent, in: stack, into: &sink)
            case .block(let block): expand(block, in: stack, into: &sink)
            }
        }
    }

    struct Partial {
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
        nest(at: section.place) { $0.expandNested(section, in: stack, into: &sink) }
    }

    private mutating func expandNested(
        _ section: Section, in stack: [ContextValue], into sink: inout some ExpansionSink
    ) {
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
        case .slot(.local(.attribute(let name), _)): slot = .attribute(name)
        // Every reader has these.
        case .slot(.local), .slot(.page): return nil
        case .slot(let asked): slot = asked
        default: return nil
        }
        return SlotUse(slot: slot, name: slot.name, fallback: fallbacks[slot], place: place)
    }

    private func isTrue(_ value: ContextValue) -> Bool {
        switch value {
        case .null, .absent, .faulty: false
        case .bool(let flag): flag
        case .text(let text): !text.isEmpty
        case .variable(let variable): !variable.text.isEmpty
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
        case .variable(let variable): return .fixed(variable.text)
        case .slot(let slot): return .slot(slot, fallback: fallbacks[slot.whole])
        case .part(let part): return .part(part)
        case .absent(let reason):
            problems.append(TemplateProblem(.variableMissing, place, reason))
            return nil
        case .faulty: return nil
        case .list, .object, .contact:
            guard rules == .strict else { return nil }
            problems.append(TemplateProblem(.nameUnknown, place, "\(name) is a group; write \(name).NAME"))
            return nil
        }
    }

    private func fullName(_ name: MustacheName, _ content: ValueUse.Content) -> String {
        if case .slot(let slot, _) = content { slot.name } else { name.description }
    }

    /// Sends what a partial says, with `blocks` in the place of its own.
    mutating func expand(
        _ partial: Partial, taking blocks: [String: GivenBlock], in stack: [ContextValue],
        into sink: inout some ExpansionSink
    ) {
        let (name, place, outer) = (partial.name, partial.place, scope)
        if rules == .strict, let first = outer.partials.firstIndex(of: name) {
            let cycle = (outer.partials[first...] + [name]).joined(separator: " → ")
            problems.append(TemplateProblem(.partialCycle, place, "partials contain each other: \(cycle)"))
            return
        }
        guard outer.partials.count < Self.maxPartials else {
            problems.append(
                TemplateProblem(.tooComplex, place, "partials nest deeper than \(Self.maxPartials)"))
            return
        }
        nest(at: place) { expansion in
            do throws(TemplateProblem) {
                let nodes = try expansion.partials.nodes(
                    of: name, indent: partial.indent, at: place, rules: expansion.rules)
                guard let nodes else { return }
                expansion.scope = Scope(blocks: blocks, partials: outer.partials + [name])
                expansion.expand(nodes, in: stack, into: &sink)
                expansion.scope = outer
            } catch {
                expansion.problems.append(error)
            }
        }
    }

    /// Does what stands one level deeper, unless that is too deep.
    mutating func nest(at place: Place, _ work: (inout Self) -> Void) {
        guard nesting < Self.maxNesting else {
            let what = "sections, blocks and partials nest deeper than \(Self.maxNesting)"
            return problems.append(TemplateProblem(.tooComplex, place, what))
        }
        nesting += 1
        work(&self)
        nesting -= 1
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
