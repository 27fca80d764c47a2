import CCurl

/// One exchange while it runs. Belongs to the loop thread: libcurl calls into it from there only.
final class Transfer {
  /// Headers beyond this many bytes are an attack or a mistake.
  static let headBytesMax = 256 << 10

  let ticket: TransferTicket
  let request: HTTPRequest
  let receiver: Receiver
  let addressPolicy: AddressPolicy
  let handle: EasyHandle
  var upload = UploadSource.none
  var clock: TransferClock

  /// libcurl writes its detail here, at most `CURL_ERROR_SIZE` bytes with the final zero.
  let errorText: UnsafeMutablePointer<CChar>
  /// The request's headers; libcurl keeps the pointer.
  var headerList: UnsafeMutablePointer<curl_slist>?

  /// Why this side stopped the transfer. libcurl then reports only that a callback failed.
  var failure: HTTPClientError?
  var refusedAddress: IPAddress?
  var isConnected = false
  var isReceivingPaused = false
  var isSendingPaused = false

  private var head = HTTPResponseHead(status: 0)
  private var headBytes = 0
  private var isHeadComplete = false
  private var body: [UInt8] = []

  init(
    _ ticket: TransferTicket,
    _ request: HTTPRequest,
    _ receiver: Receiver,
    _ addressPolicy: AddressPolicy,
    _ handle: EasyHandle
  ) {
    self.ticket = ticket
    self.request = request
    self.receiver = receiver
    self.addressPolicy = addressPolicy
    self.handle = handle
    clock = TransferClock(request)
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  /// The runner has taken the handle off this object by then.
  deinit {
    errorText.deallocate()
    curl_slist_free_all(headerList)
  }

  /// Answers whoever waits. Called once, when libcurl will call no more.
  func complete(_ end: Result<Void, HTTPClientError>) {
    upload.cancel()
    switch (receiver, end) {
    case (.whole(_, let continuation), .success):
      let response = HTTPResponse(status: head.status, headers: head.headers, body: body)
      continuation.resume(returning: response)
    case (.whole(_, let continuation), .failure(let error)):
      continuation.resume(throwing: error)
    case (.streamed(let waiting, let buffer), .failure(let error)):
      buffer.finish(end)
      if !isHeadComplete { waiting.resume(throwing: error) }
    case (.streamed(_, let buffer), .success):
      buffer.finish(end)
    }
  }

  /// libcurl's verdict, seen with what this side knows.
  func outcome(of result: CURLcode) -> Result<Void, HTTPClientError> {
    if let failure { return .failure(failure) }
    guard result != CURLE_OK else {
      guard isHeadComplete else {
        return .failure(HTTPClientError(.badResponse, "the answer has no complete head"))
      }
      return .success(())
    }
    if result == CURLE_COULDNT_CONNECT, let refusedAddress {
      let message = "connecting to \(refusedAddress) is not allowed"
      return .failure(HTTPClientError(.addressRefused, message))
    }
    let detail = String(cString: errorText)
    return .failure(.from(result, detail: detail, connected: isConnected))
  }
}

// What libcurl calls.
extension Transfer {
  /// Takes one line of the head. False stops the transfer.
  func receive(headerLine line: UnsafeBufferPointer<UInt8>) -> Bool {
    // What comes after the body are trailers; nobody here relies on them.
    guard !isHeadComplete else { return true }
    headBytes += line.count
    guard headBytes <= Self.headBytesMax else {
      return stop(HTTPClientError(.badResponse, "the headers are larger than \(headBytes) bytes"))
    }
    let text = HeaderLine(String(decoding: line, as: UTF8.self), isFirst: head.status == 0)
    switch text {
    case .status(let status):
      head.status = status
    case .field(let name, let value):
      head.headers.append(name: name, value: value)
    case .continuation(let value):
      head.headers.continueLast(value)
    case .end where (100..<200).contains(head.status):
      // "Continue" and its kind announce the real head.
      head = HTTPResponseHead(status: 0)
    case .end:
      return receiveEndOfHead()
    case .malformed:
      return stop(HTTPClientError(.badResponse, "a line of the head cannot be read"))
    }
    return true
  }

  private func receiveEndOfHead() -> Bool {
    switch receiver {
    case .whole(let bytesMax, _):
      if request.method != "HEAD", let text = head.headers["content-length"],
        let announced = Int(text)
      {
        guard announced <= bytesMax else { return stop(tooLarge(bytesMax)) }
        // A promise of the server; more is allocated when it keeps it.
        body.reserveCapacity(min(max(announced, 0), 1 << 20))
      }
      isHeadComplete = true
    case .streamed(let waiting, _):
      isHeadComplete = true
      waiting.resume(returning: head)
    }
    return true
  }

  enum Taken {
    case taken
    case later
    case stopped
  }

  func receive(body bytes: UnsafeBufferPointer<UInt8>) -> Taken {
    switch receiver {
    case .whole(let bytesMax, _):
      guard bytes.count <= bytesMax - body.count else {
        _ = stop(tooLarge(bytesMax))
        return .stopped
      }
      body.append(contentsOf: bytes)
      return .taken
    case .streamed(_, let buffer):
      guard buffer.offer(bytes) else {
        isReceivingPaused = true
        return .later
      }
      return .taken
    }
  }

  /// Whether a socket to the address may be opened.
  func permits(_ address: IPAddress?) -> Bool {
    guard let address else { return addressPolicy == .any }
    guard addressPolicy.permits(address) else {
      refusedAddress = address
      return false
    }
    return true
  }

  /// The connection stands, new or kept, and the request is about to be sent to this address.
  func beginRequest(remoteAddress: String) -> Bool {
    isConnected = true
    clock.noteMovement()
    // A kept connection opened no socket. It was checked when it was opened, by this client with
    // this policy; asking again costs nothing and does not rest on that argument.
    guard addressPolicy == .any || permits(IPAddress(remoteAddress)) else {
      let message = "sending to \(remoteAddress) is not allowed"
      return stop(HTTPClientError(.addressRefused, message))
    }
    return true
  }

  private func tooLarge(_ bytesMax: Int) -> HTTPClientError {
    HTTPClientError(.responseTooLarge, "the body is larger than \(bytesMax) bytes")
  }

  func stop(_ error: HTTPClientError) -> Bool {
    if failure == nil { failure = error }
    return false
  }
}
