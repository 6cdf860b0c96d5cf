import CCurl
import Wire

extension EasyHandle {
    /// What the end of the transfer with `code` means to us; `wasTalking` once the connection stood and the request
    /// began.
    func meaning(of code: CURLcode, wasTalking: Bool) -> TransportFailure.Code {
        !wasTalking && isRefusedByProxy(code) ? .proxyRefused : code.meaning(wasTalking: wasTalking)
    }

    /// For a proxy that does not take our login libcurl has no code of its own.
    private func isRefusedByProxy(_ code: CURLcode) -> Bool {
        switch code {
        case CURLE_RECV_ERROR: number(CURLINFO_HTTP_CONNECTCODE) == 407
        case CURLE_PROXY:
            [CURLPX_NO_AUTH, CURLPX_USER_REJECTED].contains {
                number(CURLINFO_PROXY_ERROR) == Int($0.rawValue)
            }
        default: false
        }
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
