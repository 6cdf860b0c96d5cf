import CCurl
import Glibc
import Wire

extension Ticket {
    /// Why this cannot be put on the wire, for people; nil when it can.
    ///
    /// libcurl passes CR and LF in addresses, bare line feeds and control characters on as they are, so what could
    /// smuggle a second command or message is refused here, whatever the layers above have checked.
    var problem: String? {
        switch (work, route.mailServer) {
        case (.exchange(.http(let request)), nil): request.problem(isPrivate: route.allowsPrivate)
        case (.exchange(.mail(let request)), let server?):
            request.problem ?? server.problem(isPrivate: route.allowsPrivate)
        case (.greeting, let server?):
            server.sender?.problemOfSender ?? server.problem(isPrivate: route.allowsPrivate)
        case (.exchange(.http), _): "an HTTP request cannot travel over the mail server of \(route.name)"
        case (.exchange(.mail), _): "\(route.name) has no mail server"
        case (.greeting, nil): "\(route.name) has no mail server to greet"
        }
    }

    /// The other side, for people: without path or query, which may hold secrets.
    var place: String {
        if let server = route.mailServer { return "\(server.host):\(server.port)" }
        guard case .exchange(.http(let request)) = work else { return route.name }
        let parts = request.url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        let authority = parts.count > 1 ? parts[1].prefix { $0 != "?" } : ""
        return authority.split(separator: "@").last.map(String.init) ?? route.name
    }
}

extension HTTPRequest {
    /// Bytes of a URL, and of all headers together, beyond which no server reads on.
    private static let longestHead = 65_536

    fileprivate func problem(isPrivate: Bool) -> String? {
        guard
            url.utf8.count + headers.reduce(0, { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 })
                <= Self.longestHead
        else { return "the URL and the headers are longer than \(Self.longestHead) bytes" }
        let isToken = { (byte: UInt8) in
            byte >= 0x41 && byte <= 0x5A || byte >= 0x61 && byte <= 0x7A || byte == 0x2D
        }
        guard !method.isEmpty, method.utf8.allSatisfy(isToken) else { return "the method is no token" }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 && $0 != 0x5C }) else {
            return "the URL holds a blank, a control, a letter that is not percent-encoded, or a fragment"
        }
        let start = url.prefix(8).lowercased()
        if start.hasPrefix("http://") {
            guard isPrivate else { return "plain http is refused: use https, or set \"private\": true" }
        } else if start != "https://" {
            return "the URL must begin with https://"
        }
        let own = headers.first { header in Self.transportFields.contains(where: header.name.isSame(as:)) }
        return own.map { "the header \($0.name.lowercased()) belongs to the transport: leave it out" }
    }
}

extension MailRequest {
    fileprivate var problem: String? {
        if let problem = sender.problemOfSender { return problem }
        guard recipient.isEnvelopeAddress else { return "the recipient is no address local@domain" }
        guard ([message] + tail).allSatisfy({ $0.suffix(2).elementsEqual([0x0D, 0x0A]) }) else {
            return "the message does not end with CRLF"
        }
        return nil
    }
}

extension MailServer {
    fileprivate func problem(isPrivate: Bool) -> String? {
        guard isPrivate || security != .none else {
            return "SMTP without TLS is refused: set \"private\": true"
        }
        guard host.isHostText else { return "the mail server's host is no name or address" }
        guard (1...65_535).contains(port) else { return "the port must be 1 to 65535" }
        guard greeting?.isHostText != false else { return "the greeting is no host name" }
        return nil
    }
}

extension String {
    /// Whether both are the same but for case; `other` is in lower case.
    func isSame(as other: String) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy { ($0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0) == $1 }
    }

    /// ASCII without blank, control and angle brackets, with an `@` that is neither first nor last.
    fileprivate var isEnvelopeAddress: Bool {
        let isPlain = { (byte: UInt8) in byte > 0x20 && byte < 0x7F && byte != 0x3C && byte != 0x3E }
        guard utf8.count <= 320, utf8.allSatisfy(isPlain), let at = utf8.lastIndex(of: 0x40) else {
            return false
        }
        return at != utf8.startIndex && utf8.index(after: at) != utf8.endIndex
    }

    fileprivate var problemOfSender: String? {
        isEmpty || isEnvelopeAddress ? nil : "the sender is no address local@domain"
    }

    fileprivate var isHostText: Bool {
        let isPlain = { (byte: UInt8) in
            UnicodeScalar(byte).properties.isAlphabetic && byte < 0x80 || byte >= 0x30 && byte <= 0x3A
                || byte == 0x2D || byte == 0x2E || byte == 0x5F || byte == 0x5B || byte == 0x5D
        }
        return !isEmpty && utf8.count <= 255 && utf8.allSatisfy(isPlain)
    }
}
