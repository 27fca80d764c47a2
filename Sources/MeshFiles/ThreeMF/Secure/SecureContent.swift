internal import Crypto
internal import FoundationEssentials
internal import Sealing

/// A package's encrypted parts (3MF Secure Content 1.0.3), and the keys that somebody has for them.
///
/// What Secure Content keeps is what the encrypted parts say, from everybody else than its consumers. It
/// proves nothing: the root model, all relationships and the key store itself are open and not
/// authenticated, and anybody who knows a consumer's public key can make a whole new package for it. Where
/// it matters who sent a package and that nobody changed it, the package must be signed from outside, as a
/// print package's manifest is (DSSE).
struct SecureContent {
  private let store: KeyStore
  private let keys: SecureKeys
  private let unwrapsMax: Int
  /// Keys of the names of parts that some relationship says are encrypted.
  private let encrypted: Set<String>
  private var contentKeys: [Int: SymmetricKey] = [:]
  private var unwraps = 0

  /// Reads the package's key store, if it has one, and holds it against the package. No key is used.
  init(_ package: inout Package, keys: SecureKeys) throws(MeshRefusal) {
    self.keys = keys
    unwrapsMax = package.limits.unwrapsMax
    let relationships = try package.relationships(of: .root)
    let places = relationships.targets(RelationshipType.keyStore)
    guard let place = places.first else {
      (store, encrypted) = (KeyStore(), [])
      return
    }
    guard places.count == 1 else {
      throw MeshRefusal(.keyStore, "The package has more than one key store.")
    }
    store = try Self.store(at: place, &package)
    let models = relationships.targets(RelationshipType.model)
    encrypted = try Self.encrypted(relationships, models, &package)
    let open = Set(models.map(\.key) + [place.key])
    for resource in store.resources.values {
      // What says where everything is stays readable (1.2).
      guard !open.contains(resource.part.key), resource.part.fileExtension != "rels" else {
        throw MeshRefusal(.securePath, "The key store has an entry for a part that must stay open.")
      }
      guard package.contains(resource.part) else {
        throw MeshRefusal(.missingPart, "A part that the key store lists is not in the package.")
      }
      guard encrypted.contains(resource.part.key) else {
        throw MeshRefusal(
          .secureRelationship, "An encrypted part has no relationship that says that it is.")
      }
    }
  }

  private static func store(
    at place: PartName, _ package: inout Package
  ) throws(MeshRefusal) -> KeyStore {
    guard let size = package.size(of: place) else {
      throw MeshRefusal(.missingPart, "The key store that the package refers to is not in it.")
    }
    guard package.type(of: place) == ContentTypes.keyStore else {
      throw MeshRefusal(.contentType, "The key store has not the content type of one.")
    }
    guard size <= package.limits.keyStoreBytesMax else {
      throw MeshRefusal(
        .tooLarge, "The key store has more than \(package.limits.keyStoreBytesMax) bytes.")
    }
    return try KeyStoreReader.store(of: try package.content(of: place), limits: package.limits)
  }

  /// The targets of the relationships for encrypted files (3.3), from the package, its root models and the
  /// models that those refer to: nobody else refers to a part that could be encrypted.
  private static func encrypted(
    _ root: Relationships, _ models: [PartName], _ package: inout Package
  ) throws(MeshRefusal) -> Set<String> {
    var encrypted = Set(root.targets(RelationshipType.encryptedFile).map(\.key))
    var visited: Set<String> = []
    var waiting = models
    while let model = waiting.popLast() {
      guard visited.insert(model.key).inserted else { continue }
      let relationships = try package.relationships(of: model)
      encrypted.formUnion(relationships.targets(RelationshipType.encryptedFile).map(\.key))
      waiting += relationships.targets(RelationshipType.model)
    }
    return encrypted
  }

  /// A part's content, decrypted where it is encrypted.
  mutating func content(
    of part: PartName, in package: inout Package
  ) throws(MeshRefusal) -> ArraySlice<UInt8> {
    guard let resource = store.resources[part.key] else {
      let content = try package.content(of: part)
      guard !encrypted.contains(part.key), !CipherFile.recognises(content) else {
        throw MeshRefusal(
          .secureRelationship, "A part is encrypted, and the package does not say how.")
      }
      return content
    }
    guard let parameters = resource.parameters else {
      throw MeshRefusal(
        .encryptionAlgorithm, "A part is encrypted by another algorithm than AES-256-GCM.")
    }
    let key = try contentKey(resource.group)
    let ciphertext = try CipherFile.ciphertext(of: try package.content(of: part))
    let content = try Self.opened(ciphertext, parameters, key)
    // The limits on inflating hold for what a consumer's friend has encrypted, too.
    return (parameters.isDeflated ? try package.inflated(content) : content)[...]
  }

  /// What a ciphertext stands for. Nothing of it is returned unless its tag is right.
  private static func opened(
    _ ciphertext: ArraySlice<UInt8>, _ parameters: CipherParameters, _ key: SymmetricKey
  ) throws(MeshRefusal) -> [UInt8] {
    do {
      let box = try AES.GCM.SealedBox(
        nonce: AES.GCM.Nonce(data: parameters.nonce), ciphertext: ciphertext, tag: parameters.tag)
      return Array(try AES.GCM.open(box, using: key, authenticating: parameters.additionalData))
    } catch {
      throw MeshRefusal(
        .notAuthentic,
        "An encrypted part was changed, or is not what the key store takes it for.")
    }
  }

  /// The content key of a group: as it was given, or else unwrapped with the first private key that does.
  ///
  /// A wrong key and a broken wrap are refused alike. That a wrap is sound and the part behind it is not is
  /// told apart, which gives nothing away: OAEP is secure against chosen ciphertexts, and who can make a
  /// sound wrap knows what is in it.
  private mutating func contentKey(_ number: Int) throws(MeshRefusal) -> SymmetricKey {
    if let key = contentKeys[number] { return key }
    let group = store.groups[number]
    guard !keys.isEmpty else {
      throw MeshRefusal(
        .requiresSecureContent,
        "The package is encrypted for \(group.audience), and no key was given.")
    }
    if let key = keys.contentKey(group.keyUUID) {
      contentKeys[number] = key
      return key
    }
    var unread: MeshRefusal?
    for right in group.rights {
      for own in keys.privateKeys where own.isFor(store.consumers[right.consumer]) {
        guard case .oaep(let hash) = right.wrapping else {
          unread = right.wrapping.refusal
          continue
        }
        unwraps += 1
        guard unwraps <= unwrapsMax else {
          throw MeshRefusal(
            .tooLarge, "The key store has more than \(unwrapsMax) wrapped keys to try.")
        }
        if let bytes = own.key.unwrap(right.wrapped, hash: hash), bytes.count == 32 {
          let key = SymmetricKey(data: bytes)
          contentKeys[number] = key
          return key
        }
      }
    }
    throw unread
      ?? MeshRefusal(
        .noKey,
        "The package is encrypted for \(group.audience), and no given key opens it.")
  }
}

extension KeyStore.Group {
  /// How many it is for.
  fileprivate var audience: String {
    rights.count == 1 ? "1 consumer" : "\(rights.count) consumers"
  }
}
