/// Puts a program together; what is known already becomes literal bytes.
struct ProgramBuilder: Sendable {
    private(set) var program = Program()
    private var literalStart = 0
    private var wrapStart: (step: Int, byte: Int)?

    /// Bytes that stand as they are.
    mutating func literal(_ bytes: some Sequence<UInt8>) { program.bytes.append(contentsOf: bytes) }

    /// Text of ours that stands as it is.
    mutating func literal(_ text: String) { literal(text.utf8) }

    /// The author's text, escaped.
    mutating func text(_ text: String, as escape: Escape) { program.bytes.append(text, as: escape) }

    /// A value: one that is known is written down here and now.
    mutating func value(_ use: ValueUse, as escape: Escape) {
        switch use.content {
        case .fixed(let text): program.bytes.append(CleanText.oneLine(text), as: escape)
        case .part(let part): self.part(part)
        case .slot(let slot, let fallback):
            let fallback = fallback.map(CleanText.oneLine)
            program.uses.append(SlotUse(slot: slot, name: use.name, fallback: fallback, place: use.place))
            step(.value(program.uses.count - 1, escape))
        }
    }

    /// A part of the text around this one.
    mutating func part(_ part: Part) { step(.part(part)) }

    /// Begins what only some readers see; answers a mark for ``close(_:)``.
    mutating func open(_ condition: SlotUse, isInverted: Bool) -> Int {
        program.uses.append(condition)
        let use = program.uses.count - 1
        step(isInverted ? .whenFilled(use, to: 0) : .whenEmpty(use, to: 0))
        return program.steps.count - 1
    }

    /// Ends what began at `mark`.
    mutating func close(_ mark: Int) {
        flush()
        switch program.steps[mark] {
        case .whenEmpty(let use, _): program.steps[mark] = .whenEmpty(use, to: program.steps.count)
        case .whenFilled(let use, _): program.steps[mark] = .whenFilled(use, to: program.steps.count)
        default: break
        }
    }

    /// Begins a paragraph that is folded; never inside `open`.
    mutating func startWrap() {
        flush()
        wrapStart = (program.steps.count, program.bytes.count)
    }

    /// Ends it.
    ///
    /// A paragraph without a reader's value is folded here and now.
    mutating func endWrap(width: Int, indent: [UInt8]) {
        guard let start = wrapStart else { return }
        wrapStart = nil
        if program.steps.count == start.step {
            Wrapping.fold(&program.bytes, from: start.byte, width: width, indent: indent)
        } else {
            flush()
            program.steps.insert(.startWrap, at: start.step)
            program.steps.append(.endWrap(width: width, indent: indent))
        }
    }

    /// The program so far, complete.
    func built() -> Program {
        var copy = self
        copy.flush()
        return copy.program.joiningLiterals()
    }

    private mutating func step(_ step: Program.Step) {
        flush()
        program.steps.append(step)
    }

    private mutating func flush() {
        guard literalStart < program.bytes.count else { return }
        program.steps.append(.literal(literalStart..<program.bytes.count))
        literalStart = program.bytes.count
    }
}

extension Program {
    /// Neighbouring literals as one, in programs without jumps.
    fileprivate func joiningLiterals() -> Program {
        var joined = self
        joined.steps = []
        for step in steps {
            switch (joined.steps.last, step) {
            case (_, .whenEmpty), (_, .whenFilled): return self
            case (.literal(let left), .literal(let right)):
                joined.steps[joined.steps.count - 1] = .literal(left.lowerBound..<right.upperBound)
            default: joined.steps.append(step)
            }
        }
        return joined
    }
}
