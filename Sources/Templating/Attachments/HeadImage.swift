import Broadcast

/// The picture at the head of a mail, and its words for those who do not see it.
struct HeadImage: Sendable {
    /// The widest that the standard layout shows.
    private static let widest = 536

    /// What the HTML begins with, below its title.
    let html: Program
    /// What the plain text begins with.
    let text: Program

    /// `words` are its alt text as plain text, and escaped for HTML.
    init(_ image: Attachment, words: (plain: Program, html: Program)) {
        // Programs that know no max-width, such as Outlook, go by the attribute.
        let width = image.file.pixels.map { " width=\"\(min($0.width, Self.widest))\"" } ?? ""
        var opening = ProgramBuilder()
        opening.literal("<p style=\"margin:0 0 20px\"><img src=\"\(image.contentURL)\"\(width) alt=\"")
        var closing = ProgramBuilder()
        closing.literal(
            "\" style=\"display:block;max-width:100%;height:auto;border:0;border-radius:6px\"></p>\n")
        html = opening.built().followed(by: words.html).followed(by: closing.built())
        var before = ProgramBuilder()
        before.literal("[")
        var after = ProgramBuilder()
        after.literal("]")
        let line = before.built().followed(by: words.plain).followed(by: after.built())
        text = line.folded(at: TextWriter.width).followed(by: Program.emptyLine)
    }
}

extension Program {
    fileprivate static var emptyLine: Program {
        var builder = ProgramBuilder()
        builder.literal("\n\n")
        return builder.built()
    }
}
