import CCurl

/// libcurl's handle for one transfer at a time. Belongs to the loop thread.
struct EasyHandle {
  let raw: UnsafeMutableRawPointer

  func set(_ option: CURLoption, _ value: Int) throws(HTTPClientError) {
    try check(everpart_curl_set_long(raw, option, value), option)
  }

  func set(_ option: CURLoption, size: Int64) throws(HTTPClientError) {
    try check(everpart_curl_set_size(raw, option, curl_off_t(size)), option)
  }

  /// libcurl copies the text.
  func set(_ option: CURLoption, _ text: String) throws(HTTPClientError) {
    try check(everpart_curl_set_text(raw, option, text), option)
  }

  func set(_ option: CURLoption, pointer: UnsafeRawPointer?) throws(HTTPClientError) {
    try check(everpart_curl_set_pointer(raw, option, pointer), option)
  }

  /// libcurl copies the bytes.
  func set(_ option: CURLoption, copying bytes: [UInt8]) throws(HTTPClientError) {
    try check(everpart_curl_set_blob(raw, option, bytes, bytes.count), option)
  }

  /// Everything sent and received so far, headers included.
  var bytesMoved: Int64 {
    Int64(everpart_curl_info_size(raw, CURLINFO_SIZE_UPLOAD_T))
      + Int64(everpart_curl_info_size(raw, CURLINFO_SIZE_DOWNLOAD_T))
      + Int64(everpart_curl_info_long(raw, CURLINFO_HEADER_SIZE))
      + Int64(everpart_curl_info_long(raw, CURLINFO_REQUEST_SIZE))
  }

  /// An option that did not take would leave libcurl's default in its place, which may be less strict:
  /// the transfer must not start.
  func check(_ result: CURLcode, _ option: CURLoption) throws(HTTPClientError) {
    guard result != CURLE_OK else { return }
    let text = String(cString: curl_easy_strerror(result))
    throw HTTPClientError(.invalidConfiguration, "option \(option.rawValue): \(text)")
  }
}
