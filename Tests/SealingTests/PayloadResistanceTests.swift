import Crypto
import Glibc
import TestSupport
import Testing

@testable import Sealing

/// What somebody can do to a payload between its sealing and its opening. Whatever it is, and however the
/// payload arrives, it is refused, and what was released before is the beginning of the true plaintext.
@Suite("Damaged age payloads")
struct PayloadResistanceTests {
  private static let chunk = PayloadSealer.chunkByteCount
  private static let sealedChunk = chunk + 16
  /// Enough chunks for several blocks and threads, and a short one at the end.
  private static let plain: [UInt8] = {
    var generator = SeededGenerator(seed: 51)
    return generator.bytes(18 * chunk + 100)
  }()
  private let fileKey = FileKey(bytes: Array(0..<16))!
  private let nonce = [UInt8](repeating: 9, count: 16)

  private func seal(
    _ plain: [UInt8], fileKey: FileKey? = nil, nonce: [UInt8]? = nil, piece: Int = .max
  ) throws -> [UInt8] {
    var sealer = try #require(
      PayloadSealer(fileKey: fileKey ?? self.fileKey, nonce: nonce ?? self.nonce))
    var out: [UInt8] = []
    for part in pieces(of: plain, piece) { try sealer.seal(part, into: &out) }
    try sealer.finish(into: &out)
    return out
  }

  private func open(
    _ payload: [UInt8], piece: Int = .max
  ) -> (released: [UInt8], error: (any Error)?) {
    var opener = PayloadOpener(fileKey: fileKey)
    var out: [UInt8] = []
    do {
      for part in pieces(of: payload, piece) { try opener.open(part, into: &out) }
      try opener.finish(into: &out)
      return (out, nil)
    } catch { return (out, error) }
  }

  /// The same on all cores.
  private func openAll(
    _ payload: [UInt8], piece: Int
  ) -> (released: [UInt8], error: (any Error)?) {
    var opener = PayloadOpener(fileKey: fileKey)
    let flow = MemoryFlow(payload.dropFirst(16), piece: piece)
    do {
      var nothing: [UInt8] = []
      try opener.open(payload.prefix(16), into: &nothing)
      guard opener.isAtChunks else { return open(payload) }
      try opener.openAll(reading: flow.read, writing: flow.write)
      return (flow.written, nil)
    } catch { return (flow.written, error) }
  }

  private func sealAll(_ plain: [UInt8], piece: Int) throws -> [UInt8] {
    var sealer = try #require(PayloadSealer(fileKey: fileKey, nonce: nonce))
    let flow = MemoryFlow(plain[...], piece: piece)
    try sealer.sealAll(reading: flow.read, writing: flow.write)
    return flow.written
  }

  private func pieces(of bytes: [UInt8], _ piece: Int) -> [ArraySlice<UInt8>] {
    let piece = min(piece, max(1, bytes.count))
    return stride(from: 0, to: bytes.count, by: piece).map {
      bytes[$0..<min(bytes.count, $0 + piece)]
    }
  }

  /// Refused, with exactly so much of the plaintext released, in one piece and in pieces that fit nowhere,
  /// by one thread and by several.
  private func expectRefused(
    _ payload: [UInt8], releasing byteCount: Int, of plain: [UInt8] = Self.plain,
    pieces: [Int] = [.max, 700_001, 16 << 10, 65_552],
    _ what: String
  ) {
    for (piece, opened) in pieces.flatMap({
      [($0, open(payload, piece: $0)), ($0, openAll(payload, piece: $0))]
    }) {
      // Not in the expectation itself: one that fails would write out a megabyte.
      let isRefused = opened.error is AgeError
      let count = opened.released.count
      let isBeginning = begins(plain, with: opened.released)
      #expect(isRefused, "\(what), pieces of \(piece)")
      #expect(count == byteCount, "\(what), pieces of \(piece)")
      #expect(isBeginning, "\(what), pieces of \(piece)")
    }
  }

  /// Fast without optimisation, too.
  private func begins(_ plain: [UInt8], with released: [UInt8]) -> Bool {
    guard !released.isEmpty else { return true }
    return released.count <= plain.count
      && memcmp(released, plain, released.count) == 0
  }

  private func join(_ chunks: [[UInt8]]) -> [UInt8] {
    var payload = nonce
    for chunk in chunks { payload += chunk }
    return payload
  }

  private func parts(_ payload: [UInt8]) -> [[UInt8]] {
    pieces(of: Array(payload.dropFirst(16)), Self.sealedChunk).map(Array.init)
  }

  @Test(
    "the payload is what swift-crypto makes of it, chunk by chunk, on one thread and on several")
  func differential() throws {
    let key = fileKey.payloadKey(nonce: nonce)
    func reference(_ plain: [UInt8]) throws -> [UInt8] {
      var out = nonce
      let chunks = plain.isEmpty ? [[]] : pieces(of: plain, Self.chunk)
      for (index, chunk) in chunks.enumerated() {
        var bytes: [UInt8] = [0, 0, 0]
        withUnsafeBytes(of: UInt64(index).bigEndian) { bytes += $0 }
        bytes.append(index == chunks.count - 1 ? 1 : 0)
        let box = try ChaChaPoly.seal(chunk, using: key, nonce: ChaChaPoly.Nonce(data: bytes))
        out += box.ciphertext + box.tag
      }
      return out
    }
    let edges = [1, 4, 8].flatMap { [$0 * Self.chunk - 1, $0 * Self.chunk, $0 * Self.chunk + 1] }
    for size in [0, 1, 15, 16, 17, 63, 64, 65, 1000] + edges + [Self.plain.count] {
      let plain = Array(Self.plain.prefix(size))
      let expected = try reference(plain)
      for piece in [Int.max, 700_001, 16 << 10] {
        #expect(try seal(plain, piece: piece) == expected, "\(size) bytes in pieces of \(piece)")
        #expect(try sealAll(plain, piece: piece) == expected, "\(size) bytes, all, by \(piece)")
        for opened in [open(expected, piece: piece), openAll(expected, piece: piece)] {
          #expect(opened.error == nil && opened.released == plain, "\(size) bytes by \(piece)")
        }
      }
    }
  }

  @Test("the counter goes on beyond 32 bits as swift-crypto's nonce does")
  func highCounter() throws {
    let number = UInt64(UInt32.max) - 5
    var cipher = ChunkCipher(fileKey: fileKey, nonce: nonce).at(number)
    var out: [UInt8] = []
    try Self.plain.withUnsafeBufferPointer { plain in
      try cipher.seal(
        UnsafeBufferPointer(rebasing: plain[..<(18 * Self.chunk)]), last: false, into: &out)
    }
    let key = fileKey.payloadKey(nonce: nonce)
    for index in 0..<18 {
      let sealed = out[(index * Self.sealedChunk)...].prefix(Self.sealedChunk)
      var bytes: [UInt8] = [0, 0, 0]
      withUnsafeBytes(of: (number + UInt64(index)).bigEndian) { bytes += $0 }
      let box = try ChaChaPoly.SealedBox(combined: bytes + [0] + sealed)
      let opened = try ChaChaPoly.open(box, using: key)
      #expect(opened.elementsEqual(Self.plain[(index * Self.chunk)...].prefix(Self.chunk)))
    }
  }

  @Test("copies of a sealer and of an opener go on without each other, also at the same time")
  func copies() async throws {
    let payload = try seal(Self.plain)
    var opener = PayloadOpener(fileKey: fileKey)
    var sealer = try #require(PayloadSealer(fileKey: fileKey, nonce: nonce))
    var (opened, sealed): ([UInt8], [UInt8]) = ([], [])
    try opener.open(payload.prefix(10 * Self.sealedChunk), into: &opened)
    try sealer.seal(Self.plain.prefix(10 * Self.chunk), into: &sealed)
    try await withThrowingTaskGroup { [opener, sealer, opened, sealed] group in
      for _ in 0..<4 {
        group.addTask {
          var (opener, opened) = (opener, opened)
          try opener.open(payload.dropFirst(10 * Self.sealedChunk), into: &opened)
          try opener.finish(into: &opened)
          #expect(opened == Self.plain)
        }
        group.addTask {
          var (sealer, sealed) = (sealer, sealed)
          try sealer.seal(Self.plain.dropFirst(10 * Self.chunk), into: &sealed)
          try sealer.finish(into: &sealed)
          #expect(sealed == payload)
        }
      }
      try await group.waitForAll()
    }
  }

  @Test("a small payload cut off at any length is refused, and nothing of it released")
  func smallTruncation() throws {
    let plain = Array(Self.plain.prefix(200))
    let payload = try seal(plain)
    for length in payload.indices {
      expectRefused(
        Array(payload[..<length]), releasing: 0, pieces: [.max, 1, 7], "cut to \(length)")
    }
  }

  @Test("a large payload cut off anywhere is refused, and only the chunks before it are released")
  func truncation() throws {
    let payload = try seal(Self.plain)
    var lengths: Set<Int> = [0, 1, 15, 16, 17, payload.count - 1]
    for index in 0...18 {
      let edge = 16 + index * Self.sealedChunk
      lengths.formUnion([-17, -16, -1, 0, 1, 15, 16, 17, 30_000].map { edge + $0 })
    }
    for length in lengths where (0..<payload.count).contains(length) {
      // Of a chunk that is there as a whole it shows only at the end that it should not be the last.
      let whole = max(0, length - 16) / Self.sealedChunk
      expectRefused(
        Array(payload[..<length]), releasing: whole * Self.chunk, pieces: [.max],
        "cut to \(length)")
    }
    for (chunks, pieces) in [(2, [1, 7, 65_536]), (9, [700_001, 65_536, 1 << 10])] {
      for more in [0, 20] {
        let length = 16 + chunks * Self.sealedChunk + more
        expectRefused(
          Array(payload[..<length]), releasing: chunks * Self.chunk, pieces: pieces,
          "cut to \(length)")
      }
    }
    let small = try seal(Array(Self.plain.prefix(2 * Self.chunk + 500)))
    for length in stride(from: 16, to: small.count, by: 101) {
      expectRefused(
        Array(small[..<length]), releasing: (length - 16) / Self.sealedChunk * Self.chunk,
        pieces: [.max], "small, cut to \(length)")
    }
  }

  @Test("a flipped bit in any byte of a small payload is refused, and nothing of it released")
  func smallFlip() throws {
    let plain = Array(Self.plain.prefix(200))
    let payload = try seal(plain)
    for index in payload.indices {
      for bit in 0..<8 {
        var changed = payload
        changed[index] ^= 1 << UInt8(bit)
        expectRefused(
          changed, releasing: 0, pieces: [.max, 7], "bit \(bit) of byte \(index)")
      }
    }
  }

  @Test("a flipped bit in any chunk of a large payload is refused, and only those before released")
  func flip() throws {
    let payload = try seal(Self.plain)
    for index in 0...18 {
      let begin = 16 + index * Self.sealedChunk
      let end = min(payload.count, begin + Self.sealedChunk)
      for at in [begin, begin + 63, (begin + end) / 2, end - 17, end - 16, end - 1] {
        var changed = payload
        changed[at] ^= 1 << UInt8(at % 8)
        expectRefused(
          changed, releasing: index * Self.chunk, pieces: [.max], "byte \(at)")
      }
    }
    for at in [5, 16 + 12 * Self.sealedChunk + 5] {
      var changed = payload
      changed[at] ^= 4
      expectRefused(changed, releasing: max(0, at - 16) / Self.sealedChunk * Self.chunk, "\(at)")
    }
    var small = try seal(Array(Self.plain.prefix(2 * Self.chunk + 500)))
    for at in stride(from: 16, to: small.count, by: 101) {
      small[at] ^= 1 << UInt8(at % 8)
      expectRefused(
        small, releasing: (at - 16) / Self.sealedChunk * Self.chunk, pieces: [.max],
        "small, byte \(at)")
      small[at] ^= 1 << UInt8(at % 8)
    }
    var both = payload
    both[16 + 11 * Self.sealedChunk] ^= 1
    both[16 + 4 * Self.sealedChunk] ^= 1
    expectRefused(both, releasing: 4 * Self.chunk, "two chunks")
  }

  @Test(
    "a chunk deleted, doubled or swapped is refused, and only the chunks before it are released")
  func chunkOrder() throws {
    let payload = try seal(Self.plain)
    let chunks = parts(payload)
    for index in chunks.indices {
      var deleted = chunks
      deleted.remove(at: index)
      expectRefused(
        join(deleted), releasing: index * Self.chunk, pieces: [.max, 700_001],
        "without \(index)")
      var doubled = chunks
      doubled.insert(chunks[index], at: index)
      // After the last chunk, which is short, its double makes one that is longer and not authentic.
      expectRefused(
        join(doubled), releasing: min(18, index + 1) * Self.chunk,
        pieces: [.max, 700_001], "\(index) twice")
      let other = (index + 7) % chunks.count
      var swapped = chunks
      swapped.swapAt(index, other)
      expectRefused(
        join(swapped), releasing: min(index, other) * Self.chunk,
        pieces: [.max, 700_001], "\(index) and \(other) swapped")
    }
  }

  @Test("a chunk of another file is refused, whether that has another nonce or another key")
  func otherFiles() throws {
    let chunks = parts(try seal(Self.plain))
    let others = [
      parts(try seal(Self.plain, nonce: [UInt8](repeating: 8, count: 16))),
      parts(try seal(Self.plain, fileKey: FileKey(bytes: Array(1..<17))!)),
    ]
    for (file, other) in others.enumerated() {
      for index in chunks.indices {
        var mixed = chunks
        mixed[index] = other[index]
        expectRefused(
          join(mixed), releasing: index * Self.chunk, pieces: [.max],
          "\(index) of file \(file)")
      }
      var mixed = chunks
      mixed[10] = other[10]
      expectRefused(join(mixed), releasing: 10 * Self.chunk, "10 of file \(file)")
      expectRefused(join(other), releasing: 0, "all of file \(file)")
    }
  }

  @Test("a payload goes on after its last chunk in no way")
  func trailing() throws {
    let full = Array(Self.plain.prefix(18 * Self.chunk))
    let payload = try seal(full)
    for more in [[0], [UInt8](repeating: 0, count: 16), Array(payload.suffix(Self.sealedChunk))] {
      // The chunk that says it is the last is authentic.
      expectRefused(payload + more, releasing: full.count, "and \(more.count) bytes")
    }
  }

  @Test("what is not authentic is not left in the memory behind what is", arguments: [0, 5])
  func memoryBehind(chunk index: Int) throws {
    var payload = try seal(Self.plain)
    payload[16 + index * Self.sealedChunk + 1000] ^= 1
    // Zeros to begin with: memory that is only reserved has what others left in it.
    var out = [UInt8](repeating: 0, count: Self.plain.count + Self.sealedChunk)
    out.removeAll(keepingCapacity: true)
    let before = out.withUnsafeBufferPointer { $0.baseAddress }
    var opener = PayloadOpener(fileKey: fileKey)
    #expect(throws: AgeError.payloadFailure("a chunk is not authentic")) {
      try opener.open(payload, into: &out)
    }
    #expect(out.count == index * Self.chunk)
    out.withUnsafeMutableBufferPointer { released in
      #expect(UnsafePointer(released.baseAddress) == before, "the array was moved: nothing is seen")
      // Its capacity belongs to the array, and was written to.
      let behind = UnsafeBufferPointer(
        start: released.baseAddress! + released.count, count: (18 - index) * Self.chunk)
      #expect(behind.allSatisfy { $0 == 0 })
    }
  }
}
