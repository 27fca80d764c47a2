internal import Sealing

/// How a content key is wrapped (3MF Secure Content 1.0.3, 2.2.2.1; XML Encryption 1.1, 5.5.2).
enum KeyWrapping: Equatable {
  case oaep(OAEPHash)
  /// RSA-OAEP with one hash as digest and another as mask, which producers must not write.
  case mixedHashes
  case unknown

  static let rsaOAEP = "http://www.w3.org/2009/xmlenc11#rsa-oaep"
  /// With the mask fixed to SHA-1.
  static let rsaOAEPFixedMask = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"
  static let maskSHA256 = "http://www.w3.org/2009/xmlenc11#mgf1sha256"
  static let digestSHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"

  private static let masks: [String: OAEPHash] = [
    "http://www.w3.org/2009/xmlenc11#mgf1sha1": .sha1, maskSHA256: .sha256,
  ]
  private static let digests: [String: OAEPHash] = [
    "http://www.w3.org/2000/09/xmldsig#sha1": .sha1, digestSHA256: .sha256,
  ]

  /// What the identifiers of a `<kekparams>` stand for. Both hashes are SHA-1 where they are not named.
  init(algorithm: String, mask: String?, digest: String?) {
    guard algorithm == Self.rsaOAEP || algorithm == Self.rsaOAEPFixedMask else {
      self = .unknown
      return
    }
    let mask = mask.map { Self.masks[$0] } ?? .sha1
    let digest = digest.map { Self.digests[$0] } ?? .sha1
    guard let mask, let digest else {
      self = .unknown
      return
    }
    self = mask == digest ? .oaep(digest) : .mixedHashes
  }

  /// Why a key that is wrapped like this is not unwrapped; nil where it is.
  var refusal: MeshRefusal? {
    switch self {
    case .oaep: nil
    case .mixedHashes:
      MeshRefusal(.mixedHashes, "A content key is wrapped with two different hashes.")
    case .unknown:
      MeshRefusal(
        .wrappingAlgorithm,
        "A content key is wrapped by another algorithm than RSA-OAEP with SHA-1 or SHA-256.")
    }
  }
}
