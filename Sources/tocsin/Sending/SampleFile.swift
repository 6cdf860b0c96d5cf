import Broadcast
import Channels
import Templating

/// A file of a message that is shown, and what becomes of it on its channel.
struct SampleFile: Encodable {
    let name: String
    let type: String
    let bytes: Int
    let sha256: String
    let way: Carriage.Way
    /// Where else it is; nil for nowhere.
    let url: String?
    /// Why it does not go along.
    let why: String?

    private enum CodingKeys: String, CodingKey { case name, type, bytes, sha256, way, url, why }

    /// All of `content`, the picture first.
    static func all(of content: RenderedContent) -> [SampleFile] {
        Carriage(of: content).items.map(SampleFile.init)
    }

    private init(_ item: Carriage.Item) {
        let attachment = item.attachment
        (name, url, way, why) = (attachment.name, attachment.url, item.way, item.reason)
        (type, bytes, sha256) = (attachment.file.type, attachment.file.size, attachment.file.sha256)
    }

    /// Such as `attached: terms.pdf (application/pdf, 1.2 MB)`.
    var text: String {
        let facts = "\(name) (\(type), \(ByteText.of(bytes)))"
        return switch way {
        case .shown: "in the text: \(facts)"
        case .attached: "attached: \(facts)"
        case .photo: "as a photo: \(facts)"
        case .linked: "as a link: \(facts)"
        case .left: "not sent here: \(facts)" + (why.map { ": \($0)" } ?? "")
        }
    }
}
