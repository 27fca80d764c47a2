import CCurl

extension Transfer {
  /// Tells libcurl everything about this transfer. The handle is fresh or was reset.
  func configure(_ configuration: HTTPClient.Configuration) throws(HTTPClientError) {
    try checkRequest()
    try setConnection(configuration)
    try setCertificates(configuration)
    try setHeaders(configuration)
    try setMethodAndBody()
    var callbacks = everpart_curl_callbacks(
      header: transferHeader,
      body: transferBody,
      upload: transferUpload,
      rewind: transferRewind,
      open_socket: transferOpenSocket,
      prerequest: transferPrerequest
    )
    let context = Unmanaged.passUnretained(self).toOpaque()
    try handle.check(
      everpart_curl_set_callbacks(handle.raw, &callbacks, context),
      CURLOPT_PRIVATE
    )
  }

  private func setConnection(_ configuration: HTTPClient.Configuration) throws(HTTPClientError) {
    if configuration.addressPolicy != .any, !configuration.proxy.isEmpty {
      throw HTTPClientError(.invalidConfiguration, "a proxy would connect past the address check")
    }
    try handle.set(CURLOPT_ERRORBUFFER, pointer: errorText)
    try handle.set(CURLOPT_NOSIGNAL, 1)
    // Otherwise ending a transfer waits for the name's lookup, and the whole loop with it.
    try handle.set(CURLOPT_QUICK_EXIT, 1)
    try handle.set(CURLOPT_URL, request.url)
    try handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
    try handle.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
    // A signature covers the path as written.
    try handle.set(CURLOPT_PATH_AS_IS, 1)
    try handle.set(CURLOPT_FOLLOWLOCATION, 0)
    try handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    try handle.set(CURLOPT_HTTP09_ALLOWED, 0)
    try handle.set(CURLOPT_PROXY, configuration.proxy)
    // Set, so that the environment's no_proxy is not read.
    try handle.set(CURLOPT_NOPROXY, "")
    try handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    // Zero would mean libcurl's own default of five minutes.
    let seconds = min(max(configuration.connectTimeoutSeconds, 0.001), 3600)
    try handle.set(CURLOPT_CONNECTTIMEOUT_MS, Int((seconds * 1000).rounded(.up)))
    try handle.set(CURLOPT_BUFFERSIZE, 64 << 10)
    try handle.set(CURLOPT_TCP_KEEPALIVE, 1)
  }

  private func setCertificates(_ configuration: HTTPClient.Configuration) throws(HTTPClientError) {
    try handle.set(CURLOPT_SSL_VERIFYPEER, 1)
    try handle.set(CURLOPT_SSL_VERIFYHOST, 2)
    try handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if let file = configuration.trustedRootsFile {
      try handle.set(CURLOPT_CAINFO, file)
      // In place of the system's roots, not beside them: the directory counts as well.
      try handle.set(CURLOPT_CAPATH, pointer: nil)
    }
    if let certificate = configuration.clientCertificate {
      try handle.set(CURLOPT_SSLCERT_BLOB, copying: certificate.chainPEM)
      try handle.set(CURLOPT_SSLCERTTYPE, "PEM")
      try handle.set(CURLOPT_SSLKEY_BLOB, copying: certificate.privateKeyPEM)
      try handle.set(CURLOPT_SSLKEYTYPE, "PEM")
    }
  }

  private func setHeaders(_ configuration: HTTPClient.Configuration) throws(HTTPClientError) {
    func has(_ name: String) -> Bool {
      request.headers.contains { HTTPHeaders.sameName($0.0, name) }
    }
    var lines = request.headers.map { name, value in
      // libcurl takes "Name:" for "leave this header out" and "Name;" for an empty one.
      value.isEmpty ? "\(name);" : "\(name): \(value)"
    }
    // libcurl adds these on its own: a pause before large bodies, and a form's type.
    for name in ["Expect", "Content-Type"] where !has(name) { lines.append("\(name):") }
    for line in lines {
      guard let list = curl_slist_append(headerList, line) else {
        throw HTTPClientError(.failed, "no memory for the headers")
      }
      headerList = list
    }
    try handle.set(CURLOPT_HTTPHEADER, pointer: headerList)
    try handle.set(CURLOPT_USERAGENT, configuration.userAgent)
  }

  private func setMethodAndBody() throws(HTTPClientError) {
    switch request.body {
    case .none where request.method == "HEAD":
      try handle.set(CURLOPT_NOBODY, 1)
    case .none where ["POST", "PUT", "PATCH"].contains(request.method):
      try setBytes([])
    case .none:
      try handle.set(CURLOPT_HTTPGET, 1)
    case .bytes(let bytes):
      try setBytes(bytes)
    case .file(let path):
      let file = try FileUpload(path: path)
      upload = .file(file)
      try setUpload(length: file.size)
    case .stream(let length, let next):
      let ticket = ticket
      upload = .stream(
        StreamUpload(length: length, source: next) { ticket.resume(.sending) }
      )
      try setUpload(length: length)
    }
    try handle.set(CURLOPT_CUSTOMREQUEST, request.method)
  }

  /// libcurl copies the bytes and sends a small body in one packet with the headers.
  private func setBytes(_ bytes: [UInt8]) throws(HTTPClientError) {
    try handle.set(CURLOPT_POST, 1)
    try handle.set(CURLOPT_POSTFIELDSIZE_LARGE, size: Int64(bytes.count))
    // Never a null pointer, which would mean "ask the read callback".
    let result = (bytes.isEmpty ? [0] : bytes).withUnsafeBytes { bytes in
      everpart_curl_set_pointer(handle.raw, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress)
    }
    try handle.check(result, CURLOPT_COPYPOSTFIELDS)
  }

  private func setUpload(length: Int64?) throws(HTTPClientError) {
    try handle.set(CURLOPT_UPLOAD, 1)
    try handle.set(CURLOPT_INFILESIZE_LARGE, size: length ?? -1)
    try handle.set(CURLOPT_UPLOAD_BUFFERSIZE, 256 << 10)
  }

  /// What libcurl would pass on as it is: a line end in a header is a header of someone's choosing.
  private func checkRequest() throws(HTTPClientError) {
    guard Self.isToken(request.method) else {
      throw HTTPClientError(.invalidRequest, "not a method: \(request.method.debugDescription)")
    }
    guard request.url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      throw HTTPClientError(.invalidRequest, "not an address: \(request.url.debugDescription)")
    }
    for (name, value) in request.headers {
      guard Self.isToken(name),
        value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 })
      else {
        throw HTTPClientError(.invalidRequest, "not a header: \(name.debugDescription)")
      }
      let bodyHeaders = ["content-length", "transfer-encoding"]
      guard !bodyHeaders.contains(where: { HTTPHeaders.sameName($0, name) }) else {
        throw HTTPClientError(.invalidRequest, "\(name) follows from the body")
      }
    }
    if case .stream(let length?, _) = request.body, length < 0 {
      throw HTTPClientError(.invalidRequest, "a body cannot have \(length) bytes")
    }
  }

  /// A token of RFC 9110, section 5.6.2.
  private static func isToken(_ text: String) -> Bool {
    let marks = "!#$%&'*+-.^_`|~".utf8
    return !text.isEmpty
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
          || (0x61...0x7a).contains(byte) || marks.contains(byte)
      }
  }
}
