import CCurl
import Glibc
import Wire

/// One easy handle that does one HTTP exchange after the other, changing only what differs.
@safe final class HTTPTransfer {
    /// Bodies up to this go out in one write together with the header lines.
    private static let inlineLimit = 8_192

    let easy: EasyHandle
    /// Who waits for the exchange under way.
    private(set) var pending: Pending?

    private var body: [UInt8] = []
    /// What libcurl reads piece by piece: nothing of a short body.
    private var rest = Outgoing()
    private var isInline = true
    private let inlineBody: UnsafeMutablePointer<UInt8>
    private var reply: HTTPReplyCollector
    private var lastURL = ""
    private var lastMethod = ""
    private var lastHeaders: [HeaderField] = []
    private var lastHadBody = false
    private var lastAllowance: Int64 = 0
    /// Bytes libcurl had sent (to a proxy) when the request proper began; nil before.
    private var sentBeforeRequest: Int?
    /// Set once the request, or the rest of it, was kept back.
    private var isOverdue = false

    init(route: Route, userAgent: String, index: Int) {
        easy = EasyHandle(route: route, index: index)
        reply = HTTPReplyCollector(keptBody: route.keptBody)
        unsafe inlineBody = .allocate(capacity: Self.inlineLimit)
        unsafe inlineBody.initialize(repeating: 0, count: Self.inlineLimit)
        easy.set(CURLOPT_PROTOCOLS_STR, route.allowsPrivate ? "http,https" : "https")
        easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        easy.set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        easy.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        easy.set(CURLOPT_PATH_AS_IS, 1)
        easy.set(CURLOPT_USERAGENT, userAgent)
        setCallbacks()
        easy.settle()
    }

    deinit { unsafe inlineBody.deallocate() }

    /// Makes the handle ready for the next exchange; false when libcurl refuses an option.
    func begin(_ pending: Pending, _ request: HTTPRequest) -> Bool {
        self.pending = pending
        easy.clear()
        reply.reset()
        sentBeforeRequest = nil
        isOverdue = false
        body = request.body
        isInline = request.tail.isEmpty && body.count <= Self.inlineLimit
        rest = isInline ? Outgoing() : Outgoing([body] + request.tail)
        if request.url != lastURL {
            lastURL = request.url
            easy.set(CURLOPT_URL, request.url)
        }
        setMethod(request.method, hasBody: !body.isEmpty || !isInline)
        setBody()
        setAllowance(pending.ticket.route.allowance(for: request.tail))
        setHeaders(request.headers)
        guard !easy.isUsable else { return true }
        forgetLast()
        return false
    }

    /// Sets everything anew next time: what libcurl refused in between is not known.
    private func forgetLast() { (lastURL, lastMethod, lastHeaders) = ("", "", []) }

    /// Answers whoever waits; `code` nil when we stopped it.
    func end(with code: CURLcode?) {
        guard let pending else { return }
        self.pending = nil
        defer { (body, rest) = ([], Outgoing()) }
        if var reply = reply.reply(brokeOff: code != CURLE_OK) {
            let asked = easy.size(CURLINFO_RETRY_AFTER)
            if asked > 0 { reply.retryAfter = asked }
            pending.answer(.http(reply))
        } else {
            fail(pending, code)
        }
    }

    private func fail(_ pending: Pending, _ code: CURLcode?) {
        let place = pending.ticket.place
        guard let code else { return pending.fail(.cancelled, handedOver: handedOver, "\(place): cancelled") }
        if let refusal = easy.refusal { return pending.fail(.addressForbidden, "\(place): \(refusal)") }
        if isOverdue { return pending.fail(.cancelled, "\(place): \(Ticket.overdue)") }
        if code == CURLE_OK {
            // libcurl counts a head that breaks off, and any three digits, as success.
            let isOdd = reply.isHeadComplete
            let why =
                isOdd ? "the status is none of HTTP" : "the connection broke within the head of the reply"
            return pending.fail(
                isOdd ? .replyInvalid : .connectionLost, handedOver: handedOver, "\(place): \(why)")
        }
        let failure = easy.failure(of: code, wasTalking: sentBeforeRequest != nil)
        pending.fail(failure.code, handedOver: handedOver, "\(place): \(failure.detail)")
    }

    /// Maybe, once the last byte of the body went out; without a body, once the request did.
    private var handedOver: TransportFailure.HandedOver {
        let isOut = isInline ? hasSentRequest : rest.isDone
        return isOut ? .maybe : .no
    }

    private var hasSentRequest: Bool {
        sentBeforeRequest.map { easy.number(CURLINFO_REQUEST_SIZE) > $0 } ?? false
    }

    /// libcurl sends a request again when a kept connection breaks before the reply; false forbids it, unless
    /// the first try sent nothing at all.
    private func mayRequest() -> Bool {
        if hasSentRequest || !mayLeave() { return false }
        sentBeforeRequest = easy.number(CURLINFO_REQUEST_SIZE)
        return true
    }

    private func mayLeave() -> Bool {
        isOverdue = pending?.ticket.mayLeave() == false
        return !isOverdue
    }

    /// Nil when the rest has to stay.
    private func nextBody(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        guard mayLeave() else { return nil }
        guard let piece = rest.next?.prefix(buffer.count) else { return 0 }
        unsafe piece.withUnsafeBytes { unsafe buffer.copyMemory(from: $0) }
        rest.advance(by: piece.count)
        return piece.count
    }

    private func setMethod(_ method: String, hasBody: Bool) {
        guard method != lastMethod || hasBody != lastHadBody else { return }
        lastMethod = method
        lastHadBody = hasBody
        let isBareGet = method == "GET" && !hasBody
        easy.set(isBareGet ? CURLOPT_HTTPGET : CURLOPT_POST, 1)
        easy.set(CURLOPT_CUSTOMREQUEST, isBareGet || method == "POST" ? nil : method)
    }

    /// libcurl copies no body: a short one lies in our own memory, a long one is read piece by piece.
    private func setBody() {
        // Setting a body turns any request into a POST.
        guard !body.isEmpty || !isInline || lastMethod != "GET" else { return }
        easy.set(CURLOPT_POSTFIELDSIZE_LARGE, size: isInline ? body.count : rest.count)
        if isInline {
            unsafe body.withUnsafeBufferPointer {
                unsafe inlineBody.update(from: $0.baseAddress ?? UnsafePointer(inlineBody), count: $0.count)
            }
        }
        unsafe easy.set(CURLOPT_POSTFIELDS, pointer: isInline ? UnsafeMutableRawPointer(inlineBody) : nil)
    }

    private func setAllowance(_ milliseconds: Int64) {
        guard milliseconds != lastAllowance else { return }
        lastAllowance = milliseconds
        easy.set(CURLOPT_TIMEOUT_MS, Int(milliseconds))
    }

    private func setHeaders(_ headers: [HeaderField]) {
        guard headers != lastHeaders || headers.isEmpty else { return }
        lastHeaders = headers
        // Without these two libcurl asks first whether a long body is welcome, and calls every body a form.
        var lines = ["Expect:"]
        if !headers.contains(where: { $0.name.isSame(as: "content-type") }) { lines.append("Content-Type:") }
        lines += headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        easy.setHeaderFields(lines)
    }

    private func setCallbacks() {
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe easy.set(CURLOPT_WRITEDATA, pointer: me)
        unsafe easy.set(CURLOPT_HEADERDATA, pointer: me)
        unsafe easy.set(CURLOPT_READDATA, pointer: me)
        unsafe easy.set(CURLOPT_PREREQDATA, pointer: me)
        unsafe easy.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
            return unsafe HTTPTransfer.from(context)?.reply.take(body: piece) == true ? piece.count : 0
        }
        unsafe easy.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
            return unsafe HTTPTransfer.from(context)?.reply.take(headLine: line) == true ? line.count : 0
        }
        unsafe easy.set(CURLOPT_READFUNCTION) { bytes, size, count, context in
            let room = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
            return unsafe HTTPTransfer.from(context)?.nextBody(into: room) ?? Int(CURL_READFUNC_ABORT)
        }
        unsafe easy.onRequest { context, _, _, _, _ in
            unsafe HTTPTransfer.from(context)?.mayRequest() == true
                ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPTransfer? {
        unsafe context.map { unsafe Unmanaged<HTTPTransfer>.fromOpaque($0).takeUnretainedValue() }
    }
}
