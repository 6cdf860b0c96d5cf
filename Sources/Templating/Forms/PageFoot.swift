/// The last line of a mail's text: where the announcement can be read online, as the foot of its HTML has it.
struct PageFoot: Sendable {
    /// In the language of the text; nil where we know none, and the address stands alone.
    let words: String?

    private static let page = Slot.page

    /// Writes it below a text, unless that leads there itself.
    func write(to builder: inout ProgramBuilder) {
        guard !builder.program.uses.contains(where: { $0.slot == Self.page }) else { return }
        builder.literal("\n")
        builder.startWrap()
        builder.literal(words.map { "\($0): " } ?? "")
        let content = ValueUse.Content.slot(Self.page, fallback: nil)
        let place = Place(file: "channels.json")
        builder.value(ValueUse(name: Self.page.name, content: content, isRaw: false, place: place), as: .link)
        builder.endWrap(width: TextWriter.width, indent: [])
        builder.literal("\n")
    }
}
