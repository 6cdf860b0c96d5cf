public import Foundation
import Synchronization

/// Writes every request as a file instead of sending it, and answers as a willing server would.
public final class RehearsalTransport: Transport {
    private let directory: URL
    private let written = Mutex(0)

    /// Writes into `directory`, which must exist: `000001-NAME.eml` for a mail, `.http` for an HTTP request.
    public init(directory: URL) { self.directory = directory }

    /// None: files are written wherever the caller runs.
    public var executor: (any TaskExecutor)? { nil }

    /// Writes the request, secrets hidden, and answers 250 or 200; a file that cannot be written is a failure.
    public func exchange(_ request: WireRequest, over route: Route) async -> WireReply {
        let number = written.withLock { count in
            count += 1
            return count
        }
        let digits = String(number)
        let name = String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "-" + route.name
        do {
            switch request {
            case .mail(let mail):
                try write(mail.message, to: name + ".eml")
                return .mail(MailReply(stage: .message, code: 250, enhanced: "2.0.0", text: "rehearsed"))
            case .http:
                let text = request.preview(redactor: route.redactor)
                try write(Array(text.utf8), to: name + ".http")
                return .http(HTTPReply(status: 200))
            }
        } catch {
            let detail = "cannot write \(name) into \(directory.path): \(error.localizedDescription)"
            return .failure(TransportFailure(.transportBroken, handedOver: .no, detail))
        }
    }

    /// For its owner alone: the text is about a person.
    private func write(_ bytes: [UInt8], to name: String) throws {
        let path = directory.appending(path: name).path
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes), attributes: attributes)
        else {
            throw CocoaError(.fileWriteUnknown)
        }
    }

    /// Answers as a server that is there.
    public func greet(_ route: Route) async -> WireReply {
        .mail(MailReply(stage: .greeting, code: 250, enhanced: "2.0.0", text: "rehearsed"))
    }

    /// Nothing is under way between two requests.
    public func shutdown() async {}
}
