/// Texts one behind the other. Each that is longer than 15 bytes would have memory of its own as a `String`, with a
/// header and what is lost around it: a hundred bytes for an identifier of 36.
struct TextList: Sendable {
  private var bytes: [UInt8] = []
  /// Where each text ends.
  private var ends: [UInt32] = []

  var count: Int { ends.count }

  mutating func append(_ text: String) {
    bytes += text.utf8
    ends.append(UInt32(bytes.count))
  }

  subscript(number: Int) -> String { String(decoding: utf8(number), as: UTF8.self) }

  func utf8(_ number: Int) -> ArraySlice<UInt8> {
    bytes[(number == 0 ? 0 : Int(ends[number - 1]))..<Int(ends[number])]
  }
}
