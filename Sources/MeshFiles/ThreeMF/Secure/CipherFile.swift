/// The form in which an encrypted part is stored (3MF Secure Content 1.0.3, appendix D): a header, and the
/// ciphertext up to the end.
enum CipherFile {
  /// `%3McF`, version 0.0, and a byte that must be zero.
  private static let start: [UInt8] = [0x25, 0x33, 0x4d, 0x63, 0x46, 0, 0, 0]
  private static let headerBytesMin = 12

  /// Whether content has the magic number of an encrypted part, of whatever version.
  static func recognises(_ content: ArraySlice<UInt8>) -> Bool {
    content.starts(with: start.prefix(5))
  }

  /// The ciphertext. What the header may have beyond its length is reserved, and is passed over.
  static func ciphertext(of content: ArraySlice<UInt8>) throws(MeshRefusal) -> ArraySlice<UInt8> {
    guard content.starts(with: start), let length = content.littleEndian(at: 8, bytes: 4),
      length >= headerBytesMin, length <= 1 << 31, length <= content.count
    else {
      throw MeshRefusal(
        .cipherFile, "A part that the key store lists has not the header of an encrypted part.")
    }
    return content.dropFirst(Int(length))
  }

  /// An encrypted part's content.
  static func content(of ciphertext: some Collection<UInt8>) -> [UInt8] {
    var content = start
    content.appendLittleEndian(headerBytesMin, bytes: 4)
    return content + ciphertext
  }
}
