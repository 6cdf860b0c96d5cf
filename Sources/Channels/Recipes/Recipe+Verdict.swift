import Broadcast
import Wire

extension Recipe {
    /// What a finished exchange means, without any secret in it.
    func verdict(on reply: WireReply, redactor: Redactor) -> Verdict {
        switch reply {
        case .http(let reply): self.reply.verdict(on: reply, redactor).quoting(reply, redactor)
        case .failure(let failure): Verdict(failure, redactor: redactor)
        case .mail: .unknown(Fault(.channel, .replyInvalid, "an SMTP reply to an HTTP request"))
        }
    }

    /// A GET of `url` with the recipe's fixed headers, which hold its login.
    func probe(_ url: String) -> HTTPRequest {
        let headers = constantHeaders.filter { $0.name.lowercased() != "content-type" }
        return HTTPRequest(method: "GET", url: url, headers: headers)
    }

    /// Whether anything in the request holds one of `names`.
    func holds(_ names: FillingName...) -> Bool {
        ([url] + headers.map(\.value) + [body].compactMap { $0 }).contains { filling in
            filling.pieces.contains { piece in
                if case .field(let name, _) = piece { names.contains(name) } else { false }
            }
        }
    }
}
