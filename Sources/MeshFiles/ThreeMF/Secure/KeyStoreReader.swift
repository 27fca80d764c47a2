internal import Sealing

/// Reads a key store part (3MF Secure Content 1.0.3, chapter 2 and appendix B), held against its schema.
///
/// Elements and attributes of other namespaces are read past. An algorithm that is not known is no fault of
/// the file: another consumer may know it.
struct KeyStoreReader {
  /// Bytes that an identifier or a path may have.
  private static let nameBytesMax = 1024
  /// Characters of base64 that a value may have; the largest RSA key wraps to 1368.
  private static let valueBytesMax = 1 << 16

  private var scanner: XMLScanner
  private let limits: ThreeMFLimits
  private var store = KeyStore()
  private var keyUUIDs: Set<String> = []
  private var known: Set<KeyStore.Consumer> = []

  private init(_ document: ArraySlice<UInt8>, limits: ThreeMFLimits) throws(MeshRefusal) {
    scanner = try XMLScanner(document, subject: "The key store", limits: limits)
    self.limits = limits
  }

  /// The key store that a document is.
  static func store(
    of document: ArraySlice<UInt8>, limits: ThreeMFLimits
  ) throws(MeshRefusal) -> KeyStore {
    var reader = try KeyStoreReader(document, limits: limits)
    while try reader.scanner.next() != .start {}
    guard reader.scanner.name.namespace == .secureContent, reader.local == "keystore" else {
      throw reader.malformed("does not begin with a keystore")
    }
    try reader.checkAttributes(["UUID"])
    _ = try reader.uuid("UUID")
    try reader.readChildren(["consumer", "resourcedatagroup"]) {
      (reader, name) throws(MeshRefusal) in
      if name == "consumer" { try reader.readConsumer() } else { try reader.readGroup() }
    }
    while try reader.scanner.next() != .finished {}
    return reader.store
  }

  private mutating func readConsumer() throws(MeshRefusal) {
    guard store.consumers.count < limits.consumersMax else {
      throw scanner.refusal(.tooLarge, "names more than \(limits.consumersMax) consumers")
    }
    try checkAttributes(["consumerid", "keyid"])
    let consumer = KeyStore.Consumer(
      identifier: try required("consumerid"), keyIdentifier: try optional("keyid"))
    // One may have several keys, but then they have identifiers (2.1).
    guard known.insert(consumer).inserted else {
      throw scanner.refusal(.secureConsumer, "names a consumer twice")
    }
    store.consumers.append(consumer)
    try readOnce(["keyvalue"]) { (reader, _) throws(MeshRefusal) in
      try reader.checkAttributes([])
      _ = try reader.readText()
    }
  }

  private mutating func readGroup() throws(MeshRefusal) {
    try checkAttributes(["keyuuid"])
    let keyUUID = try uuid("keyuuid")
    guard keyUUIDs.insert(keyUUID).inserted else { throw malformed("has two groups of one key") }
    store.groups.append(KeyStore.Group(keyUUID: keyUUID))
    try readChildren(["accessright", "resourcedata"]) { (reader, name) throws(MeshRefusal) in
      if name == "accessright" { try reader.readAccessRight() } else { try reader.readResource() }
    }
  }

  private mutating func readAccessRight() throws(MeshRefusal) {
    try checkAttributes(["consumerindex"])
    guard let attribute = attribute("consumerindex"),
      let index = SchemaTypes.index(scanner.value(of: attribute))
    else { throw malformed("has an access right without the number of a consumer") }
    guard index < store.consumers.count else {
      throw scanner.refusal(.secureConsumer, "has an access right for a consumer that it lacks")
    }
    var wrapping = KeyWrapping.unknown
    var wrapped: [UInt8]?
    let found = try readOnce(["kekparams", "cipherdata"]) { (reader, name) throws(MeshRefusal) in
      if name == "kekparams" {
        wrapping = try reader.readWrapping()
      } else {
        wrapped = try reader.readCipherData()
      }
    }
    guard found == 2, let wrapped else { throw malformed("has an access right without its key") }
    store.groups[store.groups.count - 1].rights.append(
      KeyStore.AccessRight(consumer: Int(index), wrapping: wrapping, wrapped: wrapped))
  }

  private mutating func readWrapping() throws(MeshRefusal) -> KeyWrapping {
    try checkAttributes(["wrappingalgorithm", "mgfalgorithm", "digestmethod"])
    let algorithm = try required("wrappingalgorithm")
    let mask = try optional("mgfalgorithm")
    guard algorithm != KeyWrapping.rsaOAEPFixedMask || mask == nil else {
      throw malformed("names a mask for an algorithm that has a fixed one")
    }
    let wrapping = KeyWrapping(
      algorithm: algorithm, mask: mask, digest: try optional("digestmethod"))
    try readChildren([]) { (_, _) throws(MeshRefusal) in }
    return wrapping
  }

  /// The value of the one `<xenc:CipherValue>`; whatever else there is may be disregarded (2.2.2.2).
  private mutating func readCipherData() throws(MeshRefusal) -> [UInt8]? {
    var value: [UInt8]?
    try eachChild { (reader) throws(MeshRefusal) in
      guard reader.scanner.name.namespace == .xmlEncryption, reader.local == "CipherValue" else {
        return try reader.scanner.skipElement()
      }
      guard value == nil else { throw reader.malformed("has a wrapped key twice") }
      value = try reader.readBase64()
    }
    return value
  }

  private mutating func readResource() throws(MeshRefusal) {
    try checkAttributes(["path"])
    guard let part = PartName(try required("path")) else {
      throw scanner.refusal(.securePath, "has a path that is not a part's name")
    }
    var parameters: CipherParameters?
    let found = try readOnce(["cekparams"]) { (reader, _) throws(MeshRefusal) in
      parameters = try reader.readParameters()
    }
    guard found == 1 else { throw malformed("does not say how a part is encrypted") }
    let resource = KeyStore.Resource(
      part: part, group: store.groups.count - 1, parameters: parameters)
    guard store.resources.updateValue(resource, forKey: part.key) == nil else {
      throw scanner.refusal(.securePath, "has two entries for one part")
    }
  }

  /// Nil for an algorithm that is not read.
  private mutating func readParameters() throws(MeshRefusal) -> CipherParameters? {
    try checkAttributes(["encryptionalgorithm", "compression"])
    let isKnown = try required("encryptionalgorithm") == CipherParameters.algorithm
    let compression = try optional("compression") ?? "none"
    guard ["none", "deflate"].contains(compression) else {
      throw malformed("names a compression that there is not")
    }
    var values: [String: [UInt8]] = [:]
    try readOnce(["iv", "tag", "aad"]) { (reader, name) throws(MeshRefusal) in
      try reader.checkAttributes([])
      values[name] = try reader.readBase64()
    }
    guard isKnown else { return nil }
    // Other sizes are no more than a recommendation against (2.2.1.1), but a shorter tag is easier to forge.
    guard let nonce = values["iv"], nonce.count == CipherParameters.nonceBytes,
      let tag = values["tag"], tag.count == CipherParameters.tagBytes
    else {
      throw scanner.refusal(
        .cipherParameter, "has a part without a nonce of 96 bits and a tag of 128")
    }
    return CipherParameters(
      nonce: nonce, tag: tag, additionalData: values["aad"] ?? [],
      isDeflated: compression == "deflate")
  }
}

// MARK: What every element needs

extension KeyStoreReader {
  private func malformed(_ fault: String) -> MeshRefusal { scanner.refusal(.keyStore, fault) }

  private var local: String { String(decoding: scanner.bytes[scanner.name.local], as: UTF8.self) }

  /// Calls `take` for each child of the element that was last started; it must read that to its end.
  private mutating func eachChild(
    _ take: (inout Self) throws(MeshRefusal) -> Void
  ) throws(MeshRefusal) {
    while true {
      switch try scanner.next() {
      case .start: try take(&self)
      case .text:
        guard scanner.textIsBlank else { throw malformed("has text where it has none") }
      case .end, .finished: return
      }
    }
  }

  /// Reads children that may be there any number of times, in this order.
  private mutating func readChildren(
    _ order: [String], _ take: (inout Self, String) throws(MeshRefusal) -> Void
  ) throws(MeshRefusal) {
    var passed = 0
    try eachChild { (reader) throws(MeshRefusal) in
      guard reader.scanner.name.namespace == .secureContent else {
        return try reader.scanner.skipElement()
      }
      let name = reader.local
      guard let place = order.firstIndex(of: name), place >= passed else {
        throw reader.malformed("has an element where the schema has another or none")
      }
      passed = place
      try take(&reader, name)
    }
  }

  /// Reads children of which there is at most one each, and says how many there were.
  @discardableResult
  private mutating func readOnce(
    _ order: [String], _ take: (inout Self, String) throws(MeshRefusal) -> Void
  ) throws(MeshRefusal) -> Int {
    var names: Set<String> = []
    try readChildren(order) { (reader, name) throws(MeshRefusal) in
      guard names.insert(name).inserted else { throw reader.malformed("has an element twice") }
      try take(&reader, name)
    }
    return names.count
  }

  private mutating func readText() throws(MeshRefusal) -> String {
    var text = ""
    while true {
      switch try scanner.next() {
      case .start: throw malformed("has an element where the schema has text")
      case .text: text += scanner.text()
      case .end, .finished: return text
      }
      guard text.utf8.count <= Self.valueBytesMax else {
        throw scanner.refusal(.xmlLimit, "has a value of more than \(Self.valueBytesMax) bytes")
      }
    }
  }

  /// `xs:base64Binary`: white space may stand anywhere in it.
  private mutating func readBase64() throws(MeshRefusal) -> [UInt8] {
    let digits = try readText().utf8.filter { !XMLCharacters.isSpace($0) }
    guard let bytes = Base64.decode(digits, padded: true) else {
      throw scanner.refusal(.cipherParameter, "has a value that is not base64")
    }
    return bytes
  }

  private func attribute(_ name: String) -> XMLAttribute? {
    scanner.attributes.first {
      $0.name.namespace == .none && scanner.bytes[$0.name.local].elementsEqual(name.utf8)
    }
  }

  private func optional(_ name: String) throws(MeshRefusal) -> String? {
    guard let attribute = attribute(name) else { return nil }
    guard attribute.value.count <= Self.nameBytesMax else {
      throw scanner.refusal(.nameTooLong, "has a value of more than \(Self.nameBytesMax) bytes")
    }
    return scanner.text(of: attribute)
  }

  private func required(_ name: String) throws(MeshRefusal) -> String {
    guard let value = try optional(name) else {
      throw malformed("lacks an attribute that the schema requires")
    }
    return value
  }

  /// `ST_UUID`, in lower case; upper case, which some write, is let pass.
  private func uuid(_ name: String) throws(MeshRefusal) -> String {
    let text = try required(name).lowercased()
    let groups = text.utf8.split(separator: 0x2d, omittingEmptySubsequences: false)
    guard groups.map(\.count) == [8, 4, 4, 4, 12],
      groups.joined().allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 })
    else { throw malformed("has an identifier that is not a UUID") }
    return text
  }

  private func checkAttributes(_ allowed: [String]) throws(MeshRefusal) {
    for attribute in scanner.attributes where attribute.name.namespace == .none {
      let name = String(decoding: scanner.bytes[attribute.name.local], as: UTF8.self)
      guard allowed.contains(name) else {
        throw malformed("has an attribute that the schema does not have")
      }
    }
  }
}
