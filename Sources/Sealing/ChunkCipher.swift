import COpenSSL
import Crypto

/// The STREAM construction of an age payload: ChaCha20-Poly1305 over 64 KiB chunks, with the nonce an
/// 11-byte counter and a byte that marks the last chunk (C2SP `age.md`, "Payload").
///
/// From the caller's memory straight into the output's.
struct ChunkCipher: Sendable {
  static let plainByteCount = 64 << 10
  static let tagByteCount = Int(EVERPART_CIPHER_TAG_BYTES)
  static let sealedByteCount = plainByteCount + tagByteCount
  static let nonceByteCount = 16

  private let key: SymmetricKey
  private var context: ChunkContext?
  /// The number of the next chunk. Each is used once; 64 bits of chunks are never reached.
  private(set) var counter: UInt64 = 0

  init(fileKey: FileKey, nonce: [UInt8]) {
    key = fileKey.payloadKey(nonce: nonce)
  }

  /// The same cipher at another chunk, with a context of its own: for another thread.
  func at(_ chunk: UInt64) -> ChunkCipher {
    var other = self
    other.context = nil
    other.counter = chunk
    return other
  }

  /// Seals full chunks, or the last one, which may be shorter; appends all of it or, where it throws
  /// `AgeError.cipherFailure`, nothing.
  mutating func seal(_ plain: UnsafeBufferPointer<UInt8>, last: Bool, into out: inout [UInt8])
    throws
  {
    let (context, first) = (try prepared(), counter)
    let chunks = Self.chunks(in: plain.count, of: Self.plainByteCount)
    let byteCount = plain.count + chunks * Self.tagByteCount
    var isSealed = false
    out.append(addingCapacity: byteCount) { span in
      span.withUnsafeMutableBufferPointer { sealed, count in
        guard let base = sealed.baseAddress else { return }
        isSealed = (0..<chunks).allSatisfy { index in
          context.seal(
            plain.chunk(index, of: Self.plainByteCount), counter: first + UInt64(index),
            last: last, to: base + index * Self.sealedByteCount)
        }
        if isSealed { count = byteCount }
      }
    }
    guard isSealed else { throw AgeError.cipherFailure }
    counter += UInt64(chunks)
  }

  /// Opens full chunks, or the last one, which may be shorter: appends the plaintext of those before the
  /// first that is not authentic and steps on past them. Returns whether all of them were authentic. Throws
  /// `AgeError.cipherFailure`; what was appended then is authentic.
  ///
  /// A chunk's plaintext is written behind the end of `out` before its tag has been checked. Where it turns
  /// out not to be authentic it is overwritten there and never becomes part of `out`.
  mutating func open(_ sealed: UnsafeBufferPointer<UInt8>, last: Bool, into out: inout [UInt8])
    throws -> Bool
  {
    let chunks = Self.chunks(in: sealed.count, of: Self.sealedByteCount)
    let byteCount = sealed.count - chunks * Self.tagByteCount
    guard byteCount >= 0 else { return false }
    let (context, first) = (try prepared(), counter)
    var (done, outcome) = (0, ChunkContext.Opened.authentic)
    out.append(addingCapacity: byteCount) { span in
      span.withUnsafeMutableBufferPointer { plain, count in
        // An empty chunk has no plaintext, but a tag: any address will do.
        var nothing: UInt8 = 0
        withUnsafeMutablePointer(to: &nothing) { nothing in
          let base = plain.baseAddress ?? nothing
          while done < chunks, outcome == .authentic {
            outcome = context.open(
              sealed.chunk(done, of: Self.sealedByteCount), counter: first + UInt64(done),
              last: last, to: base + done * Self.plainByteCount)
            if outcome == .authentic { done += 1 }
          }
          count = done == chunks ? byteCount : done * Self.plainByteCount
        }
      }
    }
    counter += UInt64(done)
    if outcome == .failed { throw AgeError.cipherFailure }
    return done == chunks
  }

  private mutating func prepared() throws -> ChunkContext {
    if let context { return context }
    let made = try ChunkContext(key: key)
    context = made
    return made
  }

  private static func chunks(in byteCount: Int, of size: Int) -> Int {
    max(1, (byteCount + size - 1) / size)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The chunk with this number, the last one as long as it is.
  fileprivate func chunk(_ index: Int, of size: Int) -> Self {
    Self(rebasing: self[(index * size)..<Swift.min(count, (index + 1) * size)])
  }
}
