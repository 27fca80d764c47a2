internal import Crypto
internal import FoundationEssentials
internal import Sealing

extension ThreeMFWriter {
  /// Recipients that a package may be written for.
  public static let recipientsMax = 256

  private static let securedPart = "/3D/bodies.model"
  private static let keyStorePart = "/Secure/keystore.xml"

  /// The bodies of a document as a package that only the recipients can open: 3MF Secure Content 1.0.3,
  /// AES-256-GCM under a new key, which is wrapped for each of them with RSA-OAEP and SHA-256.
  ///
  /// Everybody can see how many bodies there are, who the recipients are, and how large everything is;
  /// names, the title and the geometry are encrypted. Nothing proves who wrote the package (`SecureContent`
  /// says why): where that matters it must be signed from outside.
  ///
  /// Key, nonce and UUIDs are drawn from the generator, which must be fit for keys. Everything but the
  /// wrapped keys, whose randomness is the operating system's, is the same for the same of it.
  ///
  /// Throws what `package(of:)` throws, and `mesh.3mf.secure.recipients` unless there are 1 to 256
  /// recipients, no two with the same identifiers.
  public static func secured(
    _ document: MeshDocument, to recipients: [SecureRecipient],
    compression: SecureCompression = .none,
    using generator: inout some RandomNumberGenerator
  ) throws(MeshRefusal) -> [UInt8] {
    guard (1...recipientsMax).contains(recipients.count),
      Set(recipients.map { [$0.consumerID, $0.keyID] }).count == recipients.count
    else {
      throw MeshRefusal(
        .recipients, "There are not 1 to \(recipientsMax) recipients, each with its own identifier."
      )
    }
    let key = randomBytes(32, using: &generator)
    let nonce = randomBytes(CipherParameters.nonceBytes, using: &generator)
    var wrapped: [(SecureRecipient, [UInt8])] = []
    for recipient in recipients {
      guard let bytes = recipient.publicKey.wrap(key, hash: .sha256) else { throw cipherFailed }
      wrapped.append((recipient, bytes))
    }
    let (model, objects) = try model(
      of: document, objectUUIDs: document.bodies.map { _ in uuid(using: &generator) })
    let isDeflated = compression == .deflate
    let (ciphertext, tag) = try encrypted(
      isDeflated ? Deflate.deflated(model) : model, key: key, nonce: nonce)
    let parameters = CipherParameters(
      nonce: nonce, tag: tag, additionalData: [], isDeflated: isDeflated)
    let store = KeyStoreWriter.document(
      uuid: uuid(using: &generator), keyUUID: uuid(using: &generator), part: securedPart,
      parameters: parameters, recipients: wrapped)

    var package = PackageWriter()
    package.relate("/", to: modelPart, type: RelationshipType.model)
    package.relate("/", to: keyStorePart, type: RelationshipType.keyStore)
    package.relate("/", to: keyStorePart, type: RelationshipType.mustPreserve)
    package.relate(modelPart, to: securedPart, type: RelationshipType.model)
    package.relate(modelPart, to: securedPart, type: RelationshipType.encryptedFile)
    package.relate(modelPart, to: securedPart, type: RelationshipType.mustPreserve)
    package.add(
      modelPart, type: ContentTypes.model, securedRoot(objects: objects, using: &generator))
    package.add(
      securedPart, type: ContentTypes.model, CipherFile.content(of: ciphertext), deflates: false)
    package.add(keyStorePart, type: ContentTypes.keyStore, store)
    return try package.finish()
  }

  private static let cipherFailed = MeshRefusal(
    .unusableKey, "The content could not be encrypted, or its key not be wrapped.")

  static func encrypted(
    _ content: [UInt8], key: [UInt8], nonce: [UInt8]
  ) throws(MeshRefusal) -> (ciphertext: Data, tag: [UInt8]) {
    do {
      let box = try AES.GCM.seal(
        content, using: SymmetricKey(data: key), nonce: AES.GCM.Nonce(data: nonce))
      return (box.ciphertext, Array(box.tag))
    } catch { throw cipherFailed }
  }

  /// The root model: what is to be built, and where that is (production extension, chapter 2).
  private static func securedRoot(
    objects: Int, using generator: inout some RandomNumberGenerator
  ) -> [UInt8] {
    let schemas = "http://schemas.microsoft.com/3dmanufacturing"
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += "<model unit=\"millimeter\" xml:lang=\"und\" xmlns=\"\(schemas)/core/2015/02\""
    text += " xmlns:p=\"\(schemas)/production/2015/06\""
    text += " xmlns:sc=\"\(schemas)/securecontent/2019/04\" requiredextensions=\"p sc\">\n"
    text += " <resources/>\n <build p:UUID=\"\(uuid(using: &generator))\">\n"
    for object in 1...objects {
      text += "  <item objectid=\"\(object)\" p:path=\"\(securedPart)\""
      text += " p:UUID=\"\(uuid(using: &generator))\"/>\n"
    }
    return Array((text + " </build>\n</model>\n").utf8)
  }

  /// A random UUID (RFC 9562, version 4) in lower case.
  private static func uuid(using generator: inout some RandomNumberGenerator) -> String {
    var bytes = randomBytes(16, using: &generator)
    bytes[6] = bytes[6] & 0x0f | 0x40
    bytes[8] = bytes[8] & 0x3f | 0x80
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text += "-" }
      text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return text
  }
}
