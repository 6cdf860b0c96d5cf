import Broadcast

/// A file that a message names in its front matter, as it stands there.
public struct AttachmentEntry: Sendable, Hashable {
    /// Its path from the template's folder, such as `files/terms.pdf`.
    public var file: String
    /// What readers see it called.
    public var name: String
    /// Where those can get it whose channel carries no files; nil for nowhere.
    public var url: String?
    /// The words for who does not see a picture, Mustache tags included; empty for all else.
    public var alt: String
    /// The line that names it.
    let place: Place
}
