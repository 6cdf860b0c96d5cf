import CCurl
import Glibc
import Wire

/// One libcurl easy handle with the settings every connection of a route shares.
@safe final class EasyHandle {
    /// Where Debian keeps the CAs it trusts, by hash: looked up one by one, unlike the bundle, which is parsed whole.
    private static let systemCAs = "/etc/ssl/certs"

    let raw: UnsafeMutableRawPointer?
    /// Where its owner keeps it.
    let index: Int
    /// The address the guard refused in this transfer; nil when the host had another one that we could use.
    private var refusedAddress: NetworkAddress?

    /// The scheme of the proxy that it goes through; nil for none.
    let proxyScheme: Substring?
    private let allowsPrivate: Bool
    private let place: String
    private let message: UnsafeMutablePointer<CChar>
    private var headerFields: UnsafeMutablePointer<curl_slist>?
    /// Whether this transfer has opened a socket.
    private var hasOpened = false
    private var firstProblem = CURLE_OK
    /// What libcurl refused for good, unlike what it refused of one request.
    private var lastingProblem = CURLE_OK

    init(route: Route, index: Int) {
        self.index = index
        allowsPrivate = route.allowsPrivate
        proxyScheme = route.proxy?.prefix { $0 != ":" }
        place = route.place
        unsafe raw = curl_easy_init()
        unsafe message = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        unsafe set(CURLOPT_ERRORBUFFER, pointer: message)
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe set(CURLOPT_PRIVATE, pointer: me)
        unsafe set(CURLOPT_OPENSOCKETDATA, pointer: me)
        unsafe note(
            tocsin_easy_on_open_socket(raw) { context, _, address in unsafe EasyHandle.open(address, context)
            })
        setLimits(of: route)
        setTrust(of: route)
        setProxy(of: route)
        settle()
    }

    deinit {
        unsafe curl_easy_cleanup(raw)
        unsafe curl_slist_free_all(headerFields)
        unsafe message.deallocate()
    }

    /// Whether libcurl took every option so far.
    var isUsable: Bool { unsafe raw != nil && firstProblem == CURLE_OK }

    /// Ends the settings that hold for every transfer.
    func settle() { lastingProblem = firstProblem }

    /// What libcurl says about the failure, for people.
    func explanation(of code: CURLcode) -> String {
        let own = unsafe String(cString: message)
        return own.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : own
    }

    /// Why the guard let nothing out; nil when it did.
    var refusal: String? { refusedAddress?.refusal(at: place) }

    /// Forgets what the last transfer left behind.
    func clear() {
        unsafe message[0] = 0
        refusedAddress = nil
        hasOpened = false
        firstProblem = lastingProblem
    }

    func set(_ option: CURLoption, _ value: Int) { unsafe note(tocsin_easy_set_long(raw, option, value)) }

    func set(_ option: CURLoption, size: Int) { unsafe note(tocsin_easy_set_size(raw, option, size)) }

    func set(_ option: CURLoption, _ value: String?) {
        unsafe note(tocsin_easy_set_string(raw, option, value))
    }

    func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) {
        unsafe note(tocsin_easy_set_pointer(raw, option, pointer))
    }

    func set(_ option: CURLoption, _ callback: tocsin_transfer_callback) {
        unsafe note(tocsin_easy_on_transfer(raw, option, callback))
    }

    func onRequest(_ callback: @escaping curl_prereq_callback) {
        unsafe note(tocsin_easy_on_request(raw, callback))
    }

    /// Sets the request's own header lines; libcurl does not copy them, so they live here.
    func setHeaderFields(_ lines: [String]) {
        unsafe set(CURLOPT_HTTPHEADER, list: nil)
        unsafe curl_slist_free_all(headerFields)
        unsafe headerFields = nil
        for line in lines {
            guard let longer = unsafe curl_slist_append(headerFields, line) else {
                firstProblem = CURLE_OUT_OF_MEMORY
                return
            }
            unsafe headerFields = longer
        }
        unsafe set(CURLOPT_HTTPHEADER, list: headerFields)
    }

    func number(_ what: CURLINFO) -> Int {
        var value = 0
        unsafe tocsin_easy_long(raw, what, &value)
        return value
    }

    func size(_ what: CURLINFO) -> Int {
        var value: curl_off_t = 0
        unsafe tocsin_easy_size(raw, what, &value)
        return value
    }

    /// The socket of a connection that libcurl made for us to use; nil when it is gone.
    var socket: Int32? {
        var socket: curl_socket_t = CURL_SOCKET_BAD
        unsafe tocsin_easy_socket(raw, &socket)
        return socket == CURL_SOCKET_BAD ? nil : socket
    }

    static func owner(of raw: UnsafeMutableRawPointer?) -> EasyHandle? {
        var context: UnsafeMutableRawPointer?
        unsafe tocsin_easy_pointer(raw, CURLINFO_PRIVATE, &context)
        return unsafe context.map { unsafe Unmanaged<EasyHandle>.fromOpaque($0).takeUnretainedValue() }
    }

    private func set(_ option: CURLoption, list: UnsafeMutablePointer<curl_slist>?) {
        unsafe note(tocsin_easy_set_list(raw, option, list))
    }

    private func note(_ code: CURLcode) {
        if code != CURLE_OK, firstProblem == CURLE_OK { firstProblem = code }
    }

    private func setLimits(of route: Route) {
        set(CURLOPT_NOSIGNAL, 1)
        // A resolver that hangs must not hold up the loop when its transfer ends.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(route.connectTimeout.milliseconds))
        set(CURLOPT_TIMEOUT_MS, Int(route.timeout.milliseconds))
        // Kept connections that a middlebox forgets are noticed before the next request is.
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        set(CURLOPT_UPLOAD_BUFFERSIZE, 32_768)
    }

    private func setTrust(of route: Route) {
        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_CAINFO, route.caFile)
        set(CURLOPT_CAPATH, Self.systemCAs)
    }

    private func setProxy(of route: Route) {
        // Empty, not absent: absent lets the environment decide.
        set(CURLOPT_PROXY, route.proxy ?? "")
        set(CURLOPT_NOPROXY, "")
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if let file = route.caFile { set(CURLOPT_PROXY_CAINFO, file) }
        set(CURLOPT_PROXY_CAPATH, Self.systemCAs)
        set(CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    }

    /// The only place that sees the address a connection really goes to, whatever name, alias or notation led there.
    private static func open(
        _ address: UnsafeMutablePointer<curl_sockaddr>?, _ context: UnsafeMutableRawPointer?
    ) -> curl_socket_t {
        guard let address = unsafe address, let context = unsafe context else { return CURL_SOCKET_BAD }
        let handle = unsafe Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
        let target = unsafe address.pointee
        let length = min(Int(target.addrlen), MemoryLayout<sockaddr_storage>.size)
        let bytes = unsafe UnsafeRawBufferPointer(
            start: UnsafeRawPointer(address) + offsetOfAddress, count: length)
        guard let network = unsafe NetworkAddress(family: target.family, socketAddress: bytes) else {
            return CURL_SOCKET_BAD
        }
        guard handle.allowsPrivate || network.isPublic else {
            if !handle.hasOpened { handle.refusedAddress = network }
            return CURL_SOCKET_BAD
        }
        handle.hasOpened = true
        handle.refusedAddress = nil
        return Glibc.socket(target.family, target.socktype | Int32(SOCK_CLOEXEC.rawValue), target.protocol)
    }

    /// The address is longer than the C type of its field.
    private static let offsetOfAddress = MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 16
}
