import CCurl

/// One libcurl multi handle: the transfers and kept connections of one lane.
@safe final class Multi {
    private let raw: UnsafeMutableRawPointer?
    private let poller: Poller
    private let lane: UInt32

    init(poller: Poller, lane: UInt32, connections: Int) {
        self.poller = poller
        self.lane = lane
        unsafe raw = curl_multi_init()
        unsafe tocsin_multi_set_long(raw, CURLMOPT_MAXCONNECTS, connections)
        unsafe tocsin_multi_set_long(raw, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections)
        unsafe tocsin_multi_on_socket(
            raw, { _, socket, what, context, _ in unsafe Multi.socketChanged(socket, what, context) },
            Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { unsafe curl_multi_cleanup(raw) }

    /// False when libcurl has no memory left.
    func add(_ easy: EasyHandle) -> Bool { unsafe curl_multi_add_handle(raw, easy.raw) == CURLM_OK }

    /// Ends the transfer of `easy`, if it has not ended, without a word to the other side.
    func remove(_ easy: EasyHandle) { unsafe curl_multi_remove_handle(raw, easy.raw) }

    func socketReady(_ socket: Int32, _ readiness: Readiness) {
        var running: Int32 = 0
        var mask: Int32 = 0
        if readiness.contains(.reading) { mask |= CURL_CSELECT_IN }
        if readiness.contains(.writing) { mask |= CURL_CSELECT_OUT }
        if readiness.contains(.failing) { mask |= CURL_CSELECT_ERR }
        unsafe curl_multi_socket_action(raw, socket, mask, &running)
    }

    /// Does what libcurl has timed for now; milliseconds until the next such moment, nil when there is none.
    func runTimers() -> Int32? {
        for _ in 0..<16 {
            var milliseconds = -1
            unsafe curl_multi_timeout(raw, &milliseconds)
            guard milliseconds == 0 else { return milliseconds < 0 ? nil : Int32(clamping: milliseconds) }
            var running: Int32 = 0
            unsafe curl_multi_socket_action(raw, CURL_SOCKET_TIMEOUT, 0, &running)
        }
        return 0
    }

    /// The next transfer that ended, with its result.
    func takeFinished() -> (easy: EasyHandle, code: CURLcode)? {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(raw, &left) {
            let ended = unsafe message.pointee
            guard unsafe ended.msg == CURLMSG_DONE, let easy = unsafe EasyHandle.owner(of: ended.easy_handle)
            else {
                continue
            }
            return unsafe (easy, tocsin_message_result(message))
        }
        return nil
    }

    private static func socketChanged(
        _ socket: Int32, _ what: Int32, _ context: UnsafeMutableRawPointer?
    ) -> Int32 {
        guard let context = unsafe context else { return 0 }
        let multi = unsafe Unmanaged<Multi>.fromOpaque(context).takeUnretainedValue()
        switch what {
        case CURL_POLL_IN: multi.poller.watch(socket, for: .reading, lane: multi.lane)
        case CURL_POLL_OUT: multi.poller.watch(socket, for: .writing, lane: multi.lane)
        case CURL_POLL_INOUT: multi.poller.watch(socket, for: [.reading, .writing], lane: multi.lane)
        default: multi.poller.forget(socket)
        }
        return 0
    }
}
