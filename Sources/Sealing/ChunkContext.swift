import COpenSSL
import Crypto
import Synchronization

/// OpenSSL's cipher with the key of one payload, made once and used for chunk after chunk.
///
/// Copies of a sealer or opener share it, so every chunk takes its lock; without another thread that costs
/// a thousandth of the chunk.
final class ChunkContext: Sendable {
  /// What opening a chunk came to.
  enum Opened { case authentic, notAuthentic, failed }

  // Used under the lock alone, and by the deinit, when nobody else has it any more.
  private nonisolated(unsafe) let cipher: OpaquePointer
  private let lock = Mutex(())

  /// Throws `AgeError.cipherFailure`.
  init(key: SymmetricKey) throws {
    let pointer = key.withUnsafeBytes { bytes in
      everpart_cipher_new(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
    guard let pointer else { throw AgeError.cipherFailure }
    cipher = pointer
  }

  /// OpenSSL overwrites the key before it frees the memory.
  deinit { everpart_cipher_free(cipher) }

  /// Writes ciphertext and tag; false where OpenSSL failed.
  func seal(
    _ plain: UnsafeBufferPointer<UInt8>, counter: UInt64, last: Bool,
    to sealed: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    lock.withLock { _ in
      everpart_cipher_seal(
        cipher, counter, last ? 1 : 0, plain.baseAddress, plain.count, sealed) == 1
    }
  }

  /// Writes the plaintext of ciphertext and tag. Where the chunk is not authentic the memory has been
  /// overwritten.
  func open(
    _ sealed: UnsafeBufferPointer<UInt8>, counter: UInt64, last: Bool,
    to plain: UnsafeMutablePointer<UInt8>
  ) -> Opened {
    let byteCount = sealed.count - ChunkCipher.tagByteCount
    guard byteCount >= 0 else { return .notAuthentic }
    let result = lock.withLock { _ in
      everpart_cipher_open(
        cipher, counter, last ? 1 : 0, sealed.baseAddress, byteCount, plain)
    }
    return result == 1 ? .authentic : result == 0 ? .notAuthentic : .failed
  }
}
