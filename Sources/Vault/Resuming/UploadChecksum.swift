import Crypto
import Domain

/// The digest that a client sends with bytes, to find out what the network did to them.
public struct UploadChecksum: Sendable, Hashable {
  /// How it is made.
  public enum Algorithm: String, Sendable, CaseIterable {
    /// SHA-1: against accidents, which is all that it is for here.
    case sha1
    /// SHA-256.
    case sha256
  }

  let algorithm: Algorithm
  let digest: [UInt8]

  /// A digest of an algorithm; nil where it has not the length of one.
  public init?(_ algorithm: Algorithm, digest: [UInt8]) {
    let length = algorithm == .sha1 ? Insecure.SHA1.byteCount : SHA256.byteCount
    guard digest.count == length else { return nil }
    self.algorithm = algorithm
    self.digest = digest
  }
}

/// A checksum that is being compared.
struct RunningChecksum {
  private let expected: UploadChecksum
  private var sha1 = Insecure.SHA1()
  private var sha256 = SHA256()

  init(_ expected: UploadChecksum) { self.expected = expected }

  mutating func update(_ bytes: ArraySlice<UInt8>) {
    bytes.withUnsafeBytes { buffer in
      switch expected.algorithm {
      case .sha1: sha1.update(bufferPointer: buffer)
      case .sha256: sha256.update(bufferPointer: buffer)
      }
    }
  }

  func check() throws(Problem) {
    let digest =
      switch expected.algorithm {
      case .sha1: Array(sha1.finalize())
      case .sha256: Array(sha256.finalize())
      }
    guard digest == expected.digest else {
      throw Problem(
        .checksum, "upload.checksum",
        "The bytes are not those of the checksum; none of them was kept. Send them again.")
    }
  }
}
