import COpenSSL
import Crypto
import FoundationEssentials

/// The STREAM construction of an age payload: ChaCha20-Poly1305 over 64 KiB chunks, with the nonce an
/// 11-byte counter and a byte that marks the last chunk (C2SP `age.md`, "Payload").
///
/// From the caller's memory straight into the output's. Many chunks at once are shared among the
/// machine's cores (`ChunkWorkers`); what comes out is the same.
struct ChunkCipher: Sendable {
  static let plainByteCount = 64 << 10
  static let tagByteCount = Int(EVERPART_CIPHER_TAG_BYTES)
  static let sealedByteCount = plainByteCount + tagByteCount
  static let nonceByteCount = 16

  private let key: SymmetricKey
  private var workers = ChunkWorkers()
  /// The number of the next chunk. Each is used once; 64 bits of chunks are never reached.
  private(set) var counter: UInt64

  init(fileKey: FileKey, nonce: [UInt8], counter: UInt64 = 0) {
    key = fileKey.payloadKey(nonce: nonce)
    self.counter = counter
  }

  /// Seals full chunks, or the last one, which may be shorter; appends all of it or, where it throws
  /// `AgeError.cipherFailure`, nothing.
  mutating func seal(_ plain: UnsafeBufferPointer<UInt8>, last: Bool, into out: inout [UInt8])
    throws
  {
    let chunks = Self.chunks(in: plain.count, of: Self.plainByteCount)
    try workers.prepare(for: chunks, key: key)
    let (workers, first) = (workers, counter)
    var done = 0
    out.append(addingCapacity: plain.count + chunks * Self.tagByteCount) { span in
      span.withUnsafeMutableBufferPointer { sealed, count in
        guard let base = sealed.baseAddress else { return }
        // Every chunk is read and written by one worker alone, and all have ended when this returns.
        nonisolated(unsafe) let (source, target) = (plain, base)
        done = workers.run(chunks) { context, index in
          context.seal(
            source.chunk(index, of: Self.plainByteCount), counter: first + UInt64(index),
            last: last,
            to: target + index * Self.sealedByteCount)
        }
        if done == chunks { count = plain.count + chunks * Self.tagByteCount }
      }
    }
    guard done == chunks else { throw AgeError.cipherFailure }
    counter += UInt64(chunks)
  }

  /// Opens full chunks, or the last one, which may be shorter: appends the plaintext of those before the
  /// first that is not authentic and steps on past them. Returns whether all of them were authentic; throws
  /// `AgeError.cipherFailure` with nothing appended.
  ///
  /// Plaintext is written behind the end of `out` before its tag has been checked. What turns out not to be
  /// authentic, or lies after something that is not, is overwritten there and never becomes part of `out`.
  mutating func open(_ sealed: UnsafeBufferPointer<UInt8>, last: Bool, into out: inout [UInt8])
    throws -> Bool
  {
    let chunks = Self.chunks(in: sealed.count, of: Self.sealedByteCount)
    let byteCount = sealed.count - chunks * Self.tagByteCount
    guard byteCount >= 0 else { return false }
    try workers.prepare(for: chunks, key: key)
    let (workers, first) = (workers, counter)
    var (done, failed) = (0, false)
    out.append(addingCapacity: byteCount) { span in
      span.withUnsafeMutableBufferPointer { plain, count in
        // An empty chunk has no plaintext, but a tag: any address will do.
        var nothing: UInt8 = 0
        withUnsafeMutablePointer(to: &nothing) { nothing in
          let base = plain.baseAddress ?? nothing
          // Every chunk is read and written by one worker alone, and all have ended when this returns.
          nonisolated(unsafe) let (source, target) = (sealed, base)
          let failures = ChunkFailures()
          done = workers.run(chunks) { context, index in
            let opened = context.open(
              source.chunk(index, of: Self.sealedByteCount), counter: first + UInt64(index),
              last: last, to: target + index * Self.plainByteCount)
            if opened == .failed { failures.note() }
            return opened == .authentic
          }
          failed = failures.any
          count = failed ? 0 : done == chunks ? byteCount : done * Self.plainByteCount
          if count < byteCount { everpart_cleanse(base + count, byteCount - count) }
        }
      }
    }
    if failed { throw AgeError.cipherFailure }
    counter += UInt64(done)
    return done == chunks
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
