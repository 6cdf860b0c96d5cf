import Broadcast
import Channels
import Templating

/// Which messages of a page show their pictures whole: no more than a mail carries together with the page.
struct PictureBudget {
    /// Bytes of all copies; base64 makes a third more of them, and many mail servers take 10 MB.
    private static let most = 5_000_000

    /// The messages, by their place in the list, whose picture only has its frame here.
    let framed: Set<Int>

    /// Of the pictures of `samples`, the first ones are whole.
    init(_ samples: [Sample]) {
        var room = Self.most
        var framed: Set<Int> = []
        for (index, sample) in samples.enumerated() {
            let bytes = sample.pictureBytes
            if bytes <= room { room -= bytes } else { framed.insert(index) }
        }
        self.framed = framed
    }
}

extension Sample {
    /// What its pictures take: a mail is shown both light and dark.
    fileprivate var pictureBytes: Int {
        guard let content, let image = content.enclosures.image else { return 0 }
        switch content.form {
        case .email: return content.showsImage ? 2 * image.file.size : 0
        case .telegram: return attachments.first?.way == .photo ? image.file.size : 0
        case .sms, .webhook: return 0
        }
    }
}
