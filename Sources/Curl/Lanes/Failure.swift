import CCurl
import Wire

extension EasyHandle {
    /// What the end of the transfer with `code` means to us, and what is said of it; `wasTalking` once the connection
    /// stood and the request began.
    func failure(of code: CURLcode, wasTalking: Bool) -> (code: TransportFailure.Code, detail: String) {
        let detail = explanation(of: code)
        guard let scheme = proxyScheme, !wasTalking, let meaning = meaning(of: code, at: scheme) else {
            return (code.meaning(wasTalking: wasTalking), detail)
        }
        return (meaning, "no way through the proxy (\(detail))")
    }

    /// What the end of a transfer means that has not come past the proxy; nil when it has.
    private func meaning(of code: CURLcode, at scheme: Substring) -> TransportFailure.Code? {
        let reply = number(CURLINFO_HTTP_CONNECTCODE)
        let isOpen = reply != 0 || !scheme.lowercased().hasPrefix("http")
        switch code {
        case CURLE_COULDNT_RESOLVE_PROXY: return .proxyUnknown
        case CURLE_COULDNT_CONNECT: return .proxyFailed
        case CURLE_PROXY: return meaningAtSOCKS
        // libcurl has no code of its own for a tunnel that a proxy does not open.
        case CURLE_RECV_ERROR where (400...599).contains(reply): return .proxyRefused
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING: return isOpen ? nil : .proxyFailed
        // Nothing but the way to the proxy comes before the connection.
        case CURLE_OPERATION_TIMEDOUT: return size(CURLINFO_CONNECT_TIME_T) == 0 ? .proxyFailed : nil
        default: return nil
        }
    }

    /// The same of a SOCKS proxy; nil when it did lead on, to where nobody answered.
    private var meaningAtSOCKS: TransportFailure.Code? {
        func isAny(of replies: CURLproxycode...) -> Bool {
            replies.contains { number(CURLINFO_PROXY_ERROR) == Int($0.rawValue) }
        }
        if isAny(of: CURLPX_NO_AUTH, CURLPX_USER_REJECTED, CURLPX_REPLY_NOT_ALLOWED) { return .proxyRefused }
        let isBehind = isAny(
            of: CURLPX_REPLY_CONNECTION_REFUSED, CURLPX_REPLY_HOST_UNREACHABLE,
            CURLPX_REPLY_NETWORK_UNREACHABLE, CURLPX_REPLY_TTL_EXPIRED, CURLPX_REQUEST_FAILED)
        return isBehind ? nil : .proxyFailed
    }
}

extension CURLcode {
    /// What libcurl's code means to us.
    fileprivate func meaning(wasTalking: Bool) -> TransportFailure.Code {
        switch self {
        case CURLE_COULDNT_RESOLVE_HOST: .hostUnknown
        case CURLE_COULDNT_RESOLVE_PROXY: .proxyUnknown
        case CURLE_COULDNT_CONNECT, CURLE_PROXY: .connectFailed
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_SSL_CONNECT_ERROR, CURLE_USE_SSL_FAILED, CURLE_SSL_CIPHER: .tlsFailed
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
            .certificateInvalid
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE,
            CURLE_SEND_FAIL_REWIND,
            CURLE_ABORTED_BY_CALLBACK:
            // A connection that breaks before it stands belongs to the connecting.
            wasTalking ? .connectionLost : .connectFailed
        case CURLE_WEIRD_SERVER_REPLY, CURLE_WRITE_ERROR, CURLE_BAD_CONTENT_ENCODING:
            .replyInvalid
        // libcurl says so of a peer that answers a request with no HTTP at all.
        case CURLE_UNSUPPORTED_PROTOCOL: wasTalking ? .replyInvalid : .requestInvalid
        case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED: .requestInvalid
        default: .transportBroken
        }
    }
}

extension NetworkAddress {
    /// Why we did not connect, and what to do about it where the settings stand.
    func refusal(at place: String) -> String {
        "\(self) is no public address; set \"private\": true on \(place) if it is meant"
    }
}
