/// A compiled text: literal bytes, and between them the values of one reader.
///
/// It runs from front to back.
struct Program: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        /// A piece of ``Program/bytes``.
        case literal(Range<Int>)
        /// The value of ``Program/uses`` at that index.
        case value(Int, Escape)
        /// Goes on at another step when the value is empty.
        case whenEmpty(Int, to: Int)
        /// Goes on at another step when the value is not empty.
        case whenFilled(Int, to: Int)
        case part(Part)
        /// What is written from here on is folded into lines, until `endWrap`.
        case startWrap
        /// Folds at `width` columns; each line after the first begins with the bytes given.
        case endWrap(width: Int, indent: [UInt8])
    }

    var bytes: [UInt8] = []
    var steps: [Step] = []
    var uses: [SlotUse] = []

    /// Whether it asks for that part of the text around it.
    func uses(_ part: Part) -> Bool { steps.contains(.part(part)) }
}

/// A place where a program takes a reader's value.
struct SlotUse: Sendable, Hashable {
    let slot: Slot
    /// As problems call it.
    let name: String
    /// What stands when the reader has none; nil means that the value is required.
    let fallback: String?
    let place: Place

    /// What stands here for a reader without values; `x` for one that everybody has, or without which nothing is made.
    fileprivate var leastText: String { isOfEverybody ? "x" : fallback.map(CleanText.oneLine) ?? "x" }

    /// Whether a section sees it filled for every reader.
    fileprivate var isNeverEmpty: Bool { isOfEverybody || !CleanText.oneLine(fallback ?? "").isEmpty }

    /// Whether `text`, its value, may stand for a link; the page's address was looked at when it was configured.
    fileprivate func isLink(_ text: String) -> Bool { slot == .page || LinkPolicy.link(text) != nil }

    private var isOfEverybody: Bool {
        switch slot {
        case .announcement, .local(.announcement, _), .local(.given, _), .page, .contact(.locale),
            .contact(.timezone):
            true
        case .contact, .attribute, .local(.attribute, _): false
        }
    }
}

extension Program {
    /// Writes the text for one reader.
    ///
    /// - Throws: when a required value is missing, or a link is none.
    func append(to out: inout [UInt8], for reader: Reader, parts: Parts) throws(UnfitValue) {
        var index = 0
        var wrapStart = 0
        while index < steps.count {
            var next = index + 1
            switch steps[index] {
            case .literal(let range): out.append(contentsOf: bytes[range])
            case .value(let use, let escape): try append(uses[use], escape, to: &out, reader)
            case .whenEmpty(let use, let target): if reader.text(of: uses[use]).isEmpty { next = target }
            case .whenFilled(let use, let target): if !reader.text(of: uses[use]).isEmpty { next = target }
            case .part(let part): try parts.append(part, to: &out, for: reader)
            case .startWrap: wrapStart = out.count
            case .endWrap(let width, let indent):
                Wrapping.fold(&out, from: wrapStart, width: width, indent: indent)
            }
            index = next
        }
    }

    /// What is written for a reader who has every value, or only those that everybody has.
    ///
    /// `x` stands for each value, unless `shown` says what does.
    func outline(hasValues: Bool, showing shown: ((SlotUse) -> String)? = nil) -> [UInt8] {
        outline(showing: { shown?($0) ?? (hasValues ? "x" : $0.leastText) }, where: { _ in hasValues })
    }

    /// What is written for a reader who has the values for which `has` says so.
    func outline(showing shown: (SlotUse) -> String, where has: (SlotUse) -> Bool) -> [UInt8] {
        var outline: [UInt8] = []
        var index = 0
        while index < steps.count {
            var next = index + 1
            switch steps[index] {
            case .literal(let range): outline += bytes[range]
            // A required value that is missing keeps the message from being made at all.
            case .value(let use, _):
                outline += shown(uses[use]).utf8
            case .part: outline += "x".utf8
            case .whenEmpty(let use, let target):
                if !(has(uses[use]) || uses[use].isNeverEmpty) { next = target }
            case .whenFilled(let use, let target):
                if has(uses[use]) || uses[use].isNeverEmpty { next = target }
            case .startWrap, .endWrap: break
            }
            index = next
        }
        return outline
    }

    private func append(
        _ use: SlotUse, _ escape: Escape, to out: inout [UInt8], _ reader: Reader
    ) throws(UnfitValue) {
        let text = reader.text(of: use)
        if text.isEmpty, let reason = reader.fault(of: use) { throw UnfitValue(use, reason) }
        if escape.needsLink, !use.isLink(text) { throw UnfitValue(use, .notALink) }
        out.append(text, as: escape)
    }

    /// Adds every value this reader lacks, without writing anything.
    func collectUnfit(for reader: Reader, parts: Parts, into unfit: inout [UnfitValue]) {
        var index = 0
        while index < steps.count {
            var next = index + 1
            switch steps[index] {
            case .value(let use, let escape):
                let text = reader.text(of: uses[use])
                if text.isEmpty, let reason = reader.fault(of: uses[use]) {
                    unfit.append(UnfitValue(uses[use], reason))
                } else if escape.needsLink, !uses[use].isLink(text) {
                    unfit.append(UnfitValue(uses[use], .notALink))
                }
            case .whenEmpty(let use, let target): if reader.text(of: uses[use]).isEmpty { next = target }
            case .whenFilled(let use, let target): if !reader.text(of: uses[use]).isEmpty { next = target }
            case .part(let part):
                parts.programs[part]?.collectUnfit(for: reader, parts: parts, into: &unfit)
            case .literal, .startWrap, .endWrap: break
            }
            index = next
        }
    }
}
