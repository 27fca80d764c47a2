import Crypto
import Domain
import Sealing

/// A picture of a mesh at rest: the bytes of a PNG file, sealed as an age payload under a key of their own.
///
/// A picture discloses the shape, so whatever destroys or rotates the file's key has to do the same for it. Its
/// key therefore *follows* from the file's (HKDF, RFC 5869, with the file's identifier as salt) and is stored
/// nowhere. Whoever may open the file may see the picture, and nobody else.
struct SealedPreview {
  private static let info = Array("everpart.dev/preview/v1".utf8)
  private let key: FileKey

  init(of file: StoredFile, _ fileKey: FileKey) throws {
    let derived = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: fileKey.bytes), salt: Array(file.id.text.utf8),
      info: Self.info, outputByteCount: 16)
    guard let key = FileKey(bytes: derived.withUnsafeBytes { Array($0) }) else {
      throw Problem.failed("a derived key is no file key")
    }
    self.key = key
  }

  func sealed(_ picture: [UInt8], using generator: inout some RandomNumberGenerator) throws
    -> [UInt8]
  {
    var sealer = PayloadSealer(fileKey: key, using: &generator)
    var sealed: [UInt8] = []
    try sealer.seal(picture, into: &sealed)
    try sealer.finish(into: &sealed)
    return sealed
  }

  func opened(_ sealed: [UInt8]) throws -> [UInt8] {
    var opener = PayloadOpener(fileKey: key)
    var picture: [UInt8] = []
    try opener.open(sealed, into: &picture)
    try opener.finish(into: &picture)
    return picture
  }
}
