import Broadcast
public import Templating

/// What becomes of each file of a message on the channel that it is made for.
public struct Carriage: Sendable, Hashable {
    /// How a file reaches its reader.
    public enum Way: String, Sendable, Hashable, Encodable {
        /// In the text of a mail.
        case shown
        case attached
        /// A photo with the text as its caption.
        case photo
        /// As a link in the text.
        case linked
        /// Not at all.
        case left
    }

    /// One file, and how it goes.
    public struct Item: Sendable, Hashable {
        /// The file.
        public let attachment: Attachment
        /// How it goes.
        public let way: Way
        /// Why it does not go; nil where it does, or where its channel knows no files.
        public let reason: String?
    }

    /// The picture first, then the files in their order.
    public let items: [Item]

    /// What becomes of the files of `content`.
    public init(of content: RenderedContent) {
        var items: [Item] = []
        if let image = content.enclosures.image { items.append(Self.item(image, of: content)) }
        items += content.enclosures.files.map { file in
            let isLinked = content.links(to: file)
            let way: Way = content.form == .email ? .attached : isLinked ? .linked : .left
            let hasNoRoom = way == .left && content.mayLink && file.url != nil
            return Item(
                attachment: file, way: way, reason: hasNoRoom ? "its link has no room beside the text" : nil)
        }
        self.items = items
    }

    private static func item(_ image: Attachment, of content: RenderedContent) -> Item {
        switch content.form {
        case .email:
            return Item(attachment: image, way: content.showsImage ? .shown : .attached, reason: nil)
        case .telegram:
            let reason = TelegramPhoto.refusal(of: image.file, below: content.text)
            return Item(attachment: image, way: reason == nil ? .photo : .left, reason: reason)
        case .sms, .webhook: return Item(attachment: image, way: .left, reason: nil)
        }
    }
}

extension Enclosures {
    /// A message whose files were not read must not go out without them.
    func requireContent() throws(Fault) {
        guard !isEmpty, let lacking = all.first(where: { $0.file.content == nil }) else { return }
        throw Fault(.message, .valueMissing, "the content of \(lacking.name) is not there")
    }
}
