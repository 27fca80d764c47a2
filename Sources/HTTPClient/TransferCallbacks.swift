import CCurl

// The functions libcurl is given. `context` is the Transfer, which the runner holds for as long as its
// easy handle is in use.

private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
  context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

private func bytes(_ start: UnsafeMutablePointer<CChar>?, _ count: Int)
  -> UnsafeBufferPointer<UInt8>
{
  let raw = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
  return raw.assumingMemoryBound(to: UInt8.self)
}

/// Any count but the one offered stops the transfer; so that nothing offered is stopped too, 0 will not
/// do.
private func refusal(of count: Int) -> Int { count == 0 ? 1 : 0 }

func transferHeader(
  _ start: UnsafeMutablePointer<CChar>?,
  _ size: Int,
  _ items: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  let count = size * items
  guard let transfer = transfer(context),
    transfer.receive(headerLine: bytes(start, count))
  else { return refusal(of: count) }
  return count
}

func transferBody(
  _ start: UnsafeMutablePointer<CChar>?,
  _ size: Int,
  _ items: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  let count = size * items
  guard count > 0 else { return 0 }
  switch transfer(context)?.receive(body: bytes(start, count)) {
  case .taken: return count
  case .later: return Int(CURL_WRITEFUNC_PAUSE)
  case .stopped, nil: return refusal(of: count)
  }
}

func transferUpload(
  _ start: UnsafeMutablePointer<CChar>?,
  _ size: Int,
  _ items: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let transfer = transfer(context) else { return Int(CURL_READFUNC_ABORT) }
  let buffer = UnsafeMutableRawBufferPointer(start: start, count: size * items)
  switch transfer.upload.read(into: buffer) {
  case .copied(let count):
    return count
  case .wait:
    transfer.isSendingPaused = true
    return Int(CURL_READFUNC_PAUSE)
  case .failed(let message):
    _ = transfer.stop(HTTPClientError(.bodyFailed, message))
    return Int(CURL_READFUNC_ABORT)
  }
}

func transferRewind(
  _ context: UnsafeMutableRawPointer?,
  _ offset: curl_off_t,
  _ origin: Int32
) -> Int32 {
  guard offset == 0, origin == 0, transfer(context)?.upload.rewind() == true else {
    return Int32(CURL_SEEKFUNC_FAIL)
  }
  return Int32(CURL_SEEKFUNC_OK)
}

func transferOpenSocket(
  _ context: UnsafeMutableRawPointer?,
  _ purpose: curlsocktype,
  _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
  guard let address, let transfer = transfer(context) else { return CURL_SOCKET_BAD }
  var bytes = [UInt8](repeating: 0, count: 16)
  let count = Int(everpart_curl_address(address, &bytes))
  guard transfer.permits(IPAddress(bytes: Array(bytes.prefix(count)))) else {
    return CURL_SOCKET_BAD
  }
  return everpart_curl_open_socket(address)
}

func transferPrerequest(
  _ context: UnsafeMutableRawPointer?,
  _ remoteAddress: UnsafeMutablePointer<CChar>?,
  _ localAddress: UnsafeMutablePointer<CChar>?,
  _ remotePort: Int32,
  _ localPort: Int32
) -> Int32 {
  let address = remoteAddress.map { String(cString: $0) } ?? ""
  let isAllowed = transfer(context)?.beginRequest(remoteAddress: address) == true
  return isAllowed ? Int32(CURL_PREREQFUNC_OK) : Int32(CURL_PREREQFUNC_ABORT)
}
