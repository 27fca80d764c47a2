/// Writes age's ASCII armor (strict PEM with the label `AGE ENCRYPTED FILE`), a line at a time.
struct ArmorEncoder: Sendable {
  static let lineByteCount = 48
  private var pending: [UInt8] = []
  private var started = false

  mutating func encode(_ bytes: [UInt8], into out: inout [UInt8]) {
    start(into: &out)
    bytes.withUnsafeBufferPointer { bytes in
      var rest = bytes
      while pending.count + rest.count >= Self.lineByteCount {
        if pending.isEmpty {
          line(UnsafeBufferPointer(rebasing: rest[..<Self.lineByteCount]), into: &out)
          rest = rest.from(Self.lineByteCount)
        } else {
          let part = rest.prefix(Self.lineByteCount - pending.count)
          pending.append(contentsOf: part)
          rest = rest.from(part.count)
          pending.withUnsafeBufferPointer { line($0, into: &out) }
          pending.removeAll(keepingCapacity: true)
        }
      }
      pending.append(contentsOf: rest)
    }
  }

  mutating func finish(into out: inout [UInt8]) {
    start(into: &out)
    if !pending.isEmpty { pending.withUnsafeBufferPointer { line($0, into: &out) } }
    pending = []
    out.append(contentsOf: ArmorDecoder.end)
    out.append(UInt8(ascii: "\n"))
  }

  private mutating func start(into out: inout [UInt8]) {
    guard !started else { return }
    started = true
    out.append(contentsOf: ArmorDecoder.begin)
    out.append(UInt8(ascii: "\n"))
  }

  private func line(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) {
    Base64.encode(bytes, padded: true, into: &out)
    out.append(UInt8(ascii: "\n"))
  }
}
