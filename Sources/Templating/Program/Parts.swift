/// The texts that a layout or a webhook body takes over; a missing one is empty.
struct Parts: Sendable {
    var programs: [Part: Program] = [:]

    /// Writes a part for one reader.
    func append(_ part: Part, to out: inout [UInt8], for reader: Reader) throws(UnfitValue) {
        guard part == .preheader else {
            try programs[part]?.append(to: &out, for: reader, parts: self)
            return
        }
        // As plain text, to be cut where no entity is cut.
        var (text, subject): ([UInt8], [UInt8]) = ([], [])
        try programs[part]?.append(to: &text, for: reader, parts: self)
        try programs[.title]?.append(to: &subject, for: reader, parts: self)
        out.append(Glimpse.of(text, after: subject), as: .html)
    }
}
