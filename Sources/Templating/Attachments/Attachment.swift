public import Broadcast

/// A file that goes with a message, as its reader gets it.
public struct Attachment: Sendable, Hashable {
    /// What readers see it called.
    public var name: String
    /// What it holds.
    public var file: FrozenFile
    /// Where those can get it whose channel carries no files; nil for nowhere.
    public var url: String?
    /// By what the plan lists it, such as `news/files/terms.pdf`: two files may be called alike.
    public var path: String

    /// A file called `name`, which is its path as well when it has no other.
    public init(name: String, file: FrozenFile, url: String? = nil, path: String? = nil) {
        self.name = name
        self.path = path ?? name
        self.file = file
        self.url = url
    }

    /// By what a mail's HTML names it: the same picture has the same id wherever it goes.
    ///
    /// Source: https://www.rfc-editor.org/rfc/rfc2392 (2026-11).
    public var contentID: String { "\(file.sha256.prefix(32))@image" }

    /// Bytes of it in a mail: four for three, and an end for each line of 76.
    public var mailBytes: Int {
        let encoded = (file.size + 2) / 3 * 4
        return encoded + (encoded + 75) / 76 * 2
    }

    /// How a mail's HTML refers to it.
    public var contentURL: String { "cid:\(contentID)" }
}

extension RenderedContent {
    /// Whether its HTML shows the picture; one that no HTML shows is a file like any other.
    public var showsImage: Bool {
        guard let image = enclosures.image else { return false }
        return html.firstRange(of: Array(image.contentURL.utf8)) != nil
    }
}

/// All files of a message.
public struct Enclosures: Sendable, Hashable {
    /// The picture at its head.
    public var image: Attachment?
    /// The others, in their order.
    public var files: [Attachment]

    /// The files of a message.
    public init(image: Attachment? = nil, files: [Attachment] = []) {
        self.image = image
        self.files = files
    }

    /// Whether there is none.
    public var isEmpty: Bool { image == nil && files.isEmpty }

    /// The picture first.
    public var all: [Attachment] { [image].compactMap(\.self) + files }
}
