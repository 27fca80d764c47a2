import TestSupport
import Testing

@testable import Sealing

@Suite("Age payloads")
struct PayloadTests {
  private let fileKey = FileKey(bytes: Array(0..<16))!
  private let nonce = [UInt8](repeating: 9, count: 16)

  private func seal(_ plain: [UInt8]) throws -> [UInt8] {
    var sealer = try #require(PayloadSealer(fileKey: fileKey, nonce: nonce))
    var out: [UInt8] = []
    try sealer.seal(plain, into: &out)
    try sealer.finish(into: &out)
    return out
  }

  private func open(_ payload: [UInt8]) -> (released: [UInt8], error: (any Error)?) {
    var opener = PayloadOpener(fileKey: fileKey)
    var out: [UInt8] = []
    do {
      try opener.open(payload, into: &out)
      try opener.finish(into: &out)
      return (out, nil)
    } catch { return (out, error) }
  }

  @Test("chunks swapped, dropped, repeated or moved are refused, and only sound ones are released")
  func chunkOrder() throws {
    var generator = SeededGenerator(seed: 5)
    let plain = generator.bytes(3 * 65_536 + 10)
    let payload = try seal(plain)
    let chunks = (0..<3).map { Array(payload[(16 + $0 * 65_552)...].prefix(65_552)) }
    let last = Array(payload[(16 + 3 * 65_552)...])
    let cases: [([[UInt8]], released: Int)] = [
      ([chunks[1], chunks[0], chunks[2], last], 0),
      ([chunks[0], chunks[2], last], 1),
      ([chunks[0], chunks[0], chunks[1], chunks[2], last], 1),
      ([chunks[0], chunks[1], chunks[2]], 3),
      ([chunks[0], chunks[1], last], 2),
      ([chunks[0], chunks[1], chunks[2], last, last], 3),
      ([last], 0),
    ]
    for (index, (parts, released)) in cases.enumerated() {
      let opened = open(nonce + parts.flatMap { $0 })
      #expect(opened.error is AgeError, "case \(index)")
      #expect(opened.released == Array(plain[..<(released * 65_536)]), "case \(index)")
    }
    #expect(open(payload).released == plain)
  }

  @Test("lengths of payload and plaintext tell each other", arguments: AgeFileTests.sizes)
  func lengths(size: Int) throws {
    let payload = try seal([UInt8](repeating: 1, count: size))
    #expect(payload.count == PayloadSealer.sealedByteCount(of: size))
    #expect(PayloadOpener.plaintextByteCount(of: payload.count) == size)
  }

  @Test("a length that no payload has gives no plaintext length")
  func impossibleLengths() {
    for length in [0, 16, 31, 16 + 65_552 + 1, 16 + 65_552 + 16] {
      #expect(PayloadOpener.plaintextByteCount(of: length) == nil)
    }
    #expect(PayloadOpener.plaintextByteCount(of: 32) == 0)
  }

  @Test("a nonce or file key of the wrong length is refused")
  func wrongLengths() {
    #expect(PayloadSealer(fileKey: fileKey, nonce: [1]) == nil)
    #expect(FileKey(bytes: [UInt8](repeating: 0, count: 15)) == nil)
    #expect(FileKey(bytes: [UInt8](repeating: 0, count: 17)) == nil)
  }
}
