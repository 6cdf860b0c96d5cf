import CCurl
import Glibc
import Wire

/// One connection to a mail server: libcurl makes it (name, TCP, TLS, EHLO, STARTTLS, AUTH), we speak the rest.
///
/// libcurl's own SMTP waits for the final reply, and for that to QUIT, with its whole thread: one slow server
/// would hold up every channel.
@safe final class MailConnection {
    /// What a look at the connection brought.
    enum Progress {
        case waiting
        /// The pending exchange is decided; the connection is free when `isFree`, else it still resets.
        case answered(WireReply, isFree: Bool)
        /// Reset: the next mail can go.
        case free
        /// Of no further use; whoever waits gets this failure.
        case lost(TransportFailure.Code, String)
        /// Of no further use after its last word.
        case closing(WireReply)
    }

    let easy: EasyHandle
    /// Negative until libcurl has connected.
    private(set) var socket: Int32 = -1
    /// Who waits for the exchange under way.
    private(set) var pending: Pending?
    /// When the exchange, or the reset after it, has taken too long.
    var deadline = Int64.max
    /// Whether it has served before: then it may have died unseen.
    private(set) var isKept = false
    private(set) var isConnected = false

    private let redactor: Redactor
    private var greeting = MailGreeting()
    private var reader = MailReplyReader()
    private var dialogue: MailDialogue?
    private var text: [[UInt8]] = []
    private var outgoing = Outgoing()
    private var hasSaidText = false
    private var incoming = [UInt8](repeating: 0, count: 16_384)

    init(route: Route, server: MailServer, index: Int) {
        redactor = route.redactor
        easy = EasyHandle(route: route, index: index)
        easy.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        easy.set(CURLOPT_CONNECT_ONLY, 1)
        easy.set(CURLOPT_URL, server.url)
        easy.set(CURLOPT_HTTPPROXYTUNNEL, 1)
        let isPlain = server.security == .none
        easy.set(CURLOPT_USE_SSL, Int(isPlain ? CURLUSESSL_NONE.rawValue : CURLUSESSL_ALL.rawValue))
        if let credentials = server.credentials {
            easy.set(CURLOPT_USERNAME, credentials.username)
            easy.set(CURLOPT_PASSWORD, credentials.password.reveal())
            easy.set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN")
        }
        unsafe easy.set(CURLOPT_HEADERDATA, pointer: Unmanaged.passUnretained(self).toOpaque())
        unsafe easy.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let context = unsafe context else { return 0 }
            let me = unsafe Unmanaged<MailConnection>.fromOpaque(context).takeUnretainedValue()
            unsafe me.greeting.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }
    }

    /// Whether nobody uses it and somebody could.
    var isIdle: Bool { isConnected && pending == nil && dialogue == nil }

    /// Whether the end of the message has gone out and its reply has not come.
    var handedOver: TransportFailure.HandedOver {
        hasSaidText && outgoing.isDone ? .maybe : .no
    }

    /// Whether the server had said nothing to this mail yet, so that it can go over another connection.
    var isUntouched: Bool { dialogue?.step == .sender || dialogue?.step == .greeting }

    /// Whether something waits for the socket to take it.
    var isBlocked: Bool { !outgoing.isDone }
    /// Whether the loop looks out for the socket taking more.
    var isWatchedForWriting = false

    /// Takes over from libcurl once it has connected; else says why that is no connection to use.
    func connected(_ code: CURLcode, needsLogin: Bool) -> WireReply? {
        if code != CURLE_OK {
            if let refusal = easy.refusal { return failure(.addressForbidden, refusal) }
            if let refusal = greeting.refusal, code != CURLE_OPERATION_TIMEDOUT {
                let stage: MailReply.Stage = code == CURLE_LOGIN_DENIED ? .authentication : .greeting
                return .mail(refusal.mail(at: stage, redactor: redactor))
            }
            let isLogin = code == CURLE_LOGIN_DENIED || code == CURLE_AUTH_ERROR
            let (meaning, detail) = easy.failure(of: code, wasTalking: greeting.hasBegun)
            return failure(isLogin ? .authenticationImpossible : meaning, detail)
        }
        guard let socket = easy.socket else { return failure(.connectFailed, "the connection has no socket") }
        guard !needsLogin || greeting.hasLoggedIn else {
            return failure(.authenticationImpossible, "the server offers no login by PLAIN or LOGIN")
        }
        self.socket = socket
        isConnected = true
        return nil
    }

    /// Makes the exchange its own; it begins once there is a connection.
    func take(_ pending: Pending, text: [[UInt8]]) {
        self.pending = pending
        self.text = text
    }

    /// Gives up whoever waits, to be answered.
    func release() -> Pending? {
        defer { pending = nil }
        return pending
    }

    /// Sets out with the mail, or with nothing but a greeting when there is none.
    func begin() {
        var (dialogue, first) = MailDialogue.greeting(from: pending?.ticket.route.mailServer?.sender)
        if case .exchange(.mail(let mail)) = pending?.ticket.work {
            (dialogue, first) = MailDialogue.mail(from: mail.sender, to: mail.recipient)
        }
        self.dialogue = dialogue
        say([first])
    }

    /// Sends what waits, reads what came if the socket has anything, and goes on as far as that leads.
    func work(isReadable: Bool) -> Progress {
        // Half of a message and no final dot is no message.
        if hasSaidText, isBlocked, !mayLeave { return overdue }
        var mayRead = isReadable
        // A server that hangs up on us may have said why.
        var isBroken = !flush()
        while true {
            switch reader.next() {
            case .nonsense: return .lost(.replyInvalid, "what came is no SMTP reply")
            case .reply(let reply):
                if let progress = progress(after: reply) { return progress }
                isBroken = isBroken || !flush()
            case .incomplete where mayRead || isBroken:
                guard let count = receive() else { return lost("the server closed the connection") }
                if isBroken, count == 0 { return lost("the connection broke while sending") }
                // Less than there is room for is all there is: spare the call that would say so.
                mayRead = count == incoming.count
            case .incomplete: return .waiting
            }
        }
    }

    /// Says goodbye if that is possible at once; never waits for an answer.
    func leave() {
        guard isIdle else { return }
        say([Array("QUIT\r\n".utf8)])
        _ = flush()
    }

    private func lost(_ why: String) -> Progress { .lost(.connectionLost, why) }

    private var mayLeave: Bool { pending?.ticket.mayLeave() ?? true }

    private var overdue: Progress { .lost(.cancelled, Ticket.overdue) }

    private func progress(after reply: MailReplyReader.Reply) -> Progress? {
        guard var dialogue else { return .lost(.connectionLost, "the server spoke unasked") }
        let isComplete = outgoing.isDone
        let move = dialogue.move(on: reply.code)
        self.dialogue = dialogue
        switch move {
        case .say(let command): return say([command], after: reply)
        case .sayMessage:
            guard mayLeave else { return overdue }
            let problem = say(text, after: reply)
            hasSaidText = problem == nil
            text = []
            return problem
        case .answer(let stage, let next):
            guard isComplete || reply.code >= 400 else {
                return .lost(.replyInvalid, "the server took a message it had not read")
            }
            let answer = WireReply.mail(reply.mail(at: stage, redactor: redactor))
            // A server that answers before it has the whole message is not listening to the rest.
            guard next != .close, isComplete, reader.isEmpty else {
                return closing(answer, after: reply.code)
            }
            hasSaidText = false
            if next == .reset { say([MailDialogue.reset]) } else { finish() }
            return .answered(answer, isFree: next == .keep)
        case .free:
            guard reader.isEmpty else { return lost("the server spoke unasked") }
            finish()
            return .free
        case .hangUp: return .lost(.replyInvalid, "\(reply.code) is no answer to what was said")
        }
    }

    /// Goes on, unless something came that nobody asked for: it would pass for the next reply.
    private func say(_ command: [[UInt8]], after reply: MailReplyReader.Reply) -> Progress? {
        guard reader.isEmpty else { return .lost(.replyInvalid, "the server said more than \(reply.code)") }
        say(command)
        return nil
    }

    /// A kept connection that is being closed as the mail begins is as good as closed before.
    private func closing(_ answer: WireReply, after code: Int) -> Progress {
        isKept && isUntouched && code == 421 ? lost("the server closed the connection") : .closing(answer)
    }

    private func finish() {
        dialogue = nil
        isKept = true
        deadline = .max
    }

    private func say(_ pieces: [[UInt8]]) { outgoing = Outgoing(pieces) }

    /// False when the connection is broken.
    private func flush() -> Bool {
        while let next = outgoing.next {
            var count = 0
            let code = unsafe next.withUnsafeBytes { bytes in
                unsafe curl_easy_send(easy.raw, bytes.baseAddress, bytes.count, &count)
            }
            if code == CURLE_AGAIN { return true }
            guard code == CURLE_OK else { return false }
            outgoing.advance(by: count)
        }
        return true
    }

    /// How many bytes came, nought when none have yet; nil when the connection is over.
    private func receive() -> Int? {
        var count = 0
        let code = unsafe incoming.withUnsafeMutableBytes { room in
            unsafe curl_easy_recv(easy.raw, room.baseAddress, room.count, &count)
        }
        if code == CURLE_AGAIN { return 0 }
        guard code == CURLE_OK, count > 0 else { return nil }
        unsafe incoming.withUnsafeBytes { unsafe reader.take(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        return count
    }

    private func failure(_ code: TransportFailure.Code, _ detail: String) -> WireReply {
        .failure(TransportFailure(code, handedOver: .no, detail))
    }
}

/// What the server said while libcurl was connecting.
struct MailGreeting {
    private var reader = MailReplyReader()
    /// The last reply that refused something.
    private(set) var refusal: MailReplyReader.Reply?
    /// Whether a login was accepted: 235, RFC 4954.
    private(set) var hasLoggedIn = false
    /// Whether the server has said anything.
    private(set) var hasBegun = false

    mutating func take(_ line: UnsafeRawBufferPointer) {
        hasBegun = true
        unsafe reader.take(line)
        while case .reply(let reply) = reader.next() {
            if reply.code >= 400 { refusal = reply }
            if reply.code == 235 { hasLoggedIn = true }
        }
    }
}

extension MailServer {
    /// What libcurl connects to; the path is the name to greet with.
    fileprivate var url: String {
        let scheme = security == .implicit ? "smtps" : "smtp"
        let authority = host.utf8.contains(0x3A) && !host.hasPrefix("[") ? "[\(host)]" : host
        return "\(scheme)://\(authority):\(port)" + (greeting.map { "/" + $0 } ?? "")
    }
}
