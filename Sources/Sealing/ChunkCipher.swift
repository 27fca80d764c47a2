import Crypto
import FoundationEssentials

/// The STREAM construction of an age payload: ChaCha20-Poly1305 over 64 KiB chunks, with the nonce an
/// 11-byte counter and a byte that marks the last chunk (C2SP `age.md`, "Payload").
struct ChunkCipher: Sendable {
  static let plainByteCount = 64 << 10
  static let tagByteCount = 16
  static let sealedByteCount = plainByteCount + tagByteCount
  static let nonceByteCount = 16

  private let key: SymmetricKey
  /// The number of the next chunk. Each is used once; 64 bits of chunks are never reached.
  private(set) var counter: UInt64

  init(fileKey: FileKey, nonce: [UInt8], counter: UInt64 = 0) {
    key = fileKey.payloadKey(nonce: nonce)
    self.counter = counter
  }

  private func nonce(last: Bool) throws -> ChaChaPoly.Nonce {
    var bytes: [UInt8] = [0, 0, 0]
    withUnsafeBytes(of: counter.bigEndian) { bytes.append(contentsOf: $0) }
    bytes.append(last ? 1 : 0)
    return try ChaChaPoly.Nonce(data: bytes)
  }

  mutating func seal(_ plain: UnsafeBufferPointer<UInt8>, last: Bool, into out: inout [UInt8])
    throws
  {
    let box = try ChaChaPoly.seal(plain, using: key, nonce: nonce(last: last))
    box.ciphertext.withUnsafeBytes { out.append(contentsOf: $0) }
    box.tag.withUnsafeBytes { out.append(contentsOf: $0) }
    counter += 1
  }

  /// Appends the plaintext and steps on; false, with nothing appended, where the chunk is not authentic.
  mutating func open(_ sealed: UnsafeBufferPointer<UInt8>, last: Bool, into out: inout [UInt8])
    -> Bool
  {
    let split = sealed.count - Self.tagByteCount
    guard split >= 0, let nonce = try? nonce(last: last),
      let box = try? ChaChaPoly.SealedBox(
        nonce: nonce,
        ciphertext: UnsafeBufferPointer(rebasing: sealed[..<split]),
        tag: UnsafeBufferPointer(rebasing: sealed[split...])
      ),
      let plain = try? ChaChaPoly.open(box, using: key)
    else { return false }
    plain.withUnsafeBytes { out.append(contentsOf: $0) }
    counter += 1
    return true
  }
}
