extension Program {
    /// Both, one behind the other.
    func followed(by next: Program) -> Program {
        var joined = self
        let (byte, step, use) = (bytes.count, steps.count, uses.count)
        joined.bytes += next.bytes
        joined.uses += next.uses
        joined.steps += next.steps.map { item in
            switch item {
            case .literal(let range): .literal(range.lowerBound + byte..<range.upperBound + byte)
            case .value(let index, let escape): .value(index + use, escape)
            case .whenEmpty(let index, let target): .whenEmpty(index + use, to: target + step)
            case .whenFilled(let index, let target): .whenFilled(index + use, to: target + step)
            case .part, .startWrap, .endWrap: item
            }
        }
        return joined
    }

    /// As one paragraph, folded for each reader.
    func folded(at width: Int) -> Program {
        var whole = Program(bytes: bytes, steps: [.startWrap], uses: uses)
        whole.steps += steps.map { item in
            switch item {
            case .whenEmpty(let index, let target): .whenEmpty(index, to: target + 1)
            case .whenFilled(let index, let target): .whenFilled(index, to: target + 1)
            case .literal, .value, .part, .startWrap, .endWrap: item
            }
        }
        whole.steps.append(.endWrap(width: width, indent: []))
        return whole
    }
}
