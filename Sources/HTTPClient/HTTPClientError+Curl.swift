import CCurl

extension HTTPClientError {
  /// Translates what libcurl reports at the end of a transfer.
  ///
  /// - Parameters:
  ///   - result: libcurl's code, not `CURLE_OK`.
  ///   - detail: the text libcurl left in the error buffer, empty when none.
  ///   - connected: whether the request was about to be sent. libcurl uses one code for a scheme it
  ///     may not use and for an answer that is not HTTP/1.
  static func from(_ result: CURLcode, detail: String, connected: Bool) -> HTTPClientError {
    let text = detail.isEmpty ? String(cString: curl_easy_strerror(result)) : detail
    switch result {
    case CURLE_UNSUPPORTED_PROTOCOL:
      return HTTPClientError(connected ? .badResponse : .invalidRequest, text)
    case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED, CURLE_BAD_FUNCTION_ARGUMENT:
      return HTTPClientError(.invalidRequest, text)
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
      return HTTPClientError(.resolveFailed, text)
    case CURLE_COULDNT_CONNECT:
      return HTTPClientError(.connectFailed, text)
    case CURLE_OPERATION_TIMEDOUT:
      return HTTPClientError(.timeout, text)
    case CURLE_SSL_CONNECT_ERROR:
      // Also what a connection cut during the handshake looks like.
      return HTTPClientError(.tls, text, isTransient: true)
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CIPHER:
      return HTTPClientError(.tls, text)
    case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_ENGINE_INITFAILED:
      return HTTPClientError(.invalidConfiguration, text)
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE,
      CURLE_SEND_FAIL_REWIND, CURLE_SSL_SHUTDOWN_FAILED:
      return HTTPClientError(.connectionLost, text)
    case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_TOO_MANY_REDIRECTS:
      return HTTPClientError(.badResponse, text)
    default:
      return HTTPClientError(.failed, "\(text) (curl \(result.rawValue))")
    }
  }
}
