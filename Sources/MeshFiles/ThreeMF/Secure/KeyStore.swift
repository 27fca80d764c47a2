/// What a package's key store says (3MF Secure Content 1.0.3, chapter 2): who may open which part, and how.
///
/// Nothing of it is authentic. Who changes it can shut its consumers out, or have a part taken for another
/// one of the same key, but cannot read one.
struct KeyStore {
  /// Somebody with a private key (2.1). The public key that a consumer may quote is not kept: its owner
  /// knows it, and nobody else should trust it.
  struct Consumer: Hashable {
    let identifier: String
    let keyIdentifier: String?
  }

  /// A content key as it is wrapped for one consumer (2.2.2).
  struct AccessRight {
    /// The number of its consumer.
    let consumer: Int
    let wrapping: KeyWrapping
    let wrapped: [UInt8]
  }

  /// The parts of one content key (2.2).
  struct Group {
    /// In lower case.
    let keyUUID: String
    var rights: [AccessRight] = []
  }

  /// How one part is encrypted (2.2.1).
  struct Resource {
    let part: PartName
    /// The number of its group.
    let group: Int
    /// Nil for an algorithm that is not read.
    let parameters: CipherParameters?
  }

  var consumers: [Consumer] = []
  var groups: [Group] = []
  /// By the keys of the names of parts.
  var resources: [String: Resource] = [:]
}

/// What AES-256-GCM needs beside the key, and what is done before it (2.2.1.1).
struct CipherParameters {
  static let algorithm = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
  static let nonceBytes = 12
  static let tagBytes = 16

  let nonce: [UInt8]
  let tag: [UInt8]
  let additionalData: [UInt8]
  /// Whether the content was deflated before it was encrypted.
  let isDeflated: Bool
}
