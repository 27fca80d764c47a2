import Geometry
import TestSupport

@testable import MeshFiles

/// An encrypted package as we write it, taken apart so that anything in it can be changed.
struct SecureFixture {
  static let consumer = "bureau"
  static let store = "Secure/keystore.xml"
  static let secret = "3D/bodies.model"
  static let rootRelationships = "_rels/.rels"
  static let modelRelationships = "3D/_rels/3dmodel.model.rels"

  var entries: [(name: String, content: [UInt8])]

  static func pem(_ name: String) throws -> String {
    String(decoding: try Repository.bytes("Fixtures/vectors/secure/\(name).pem"), as: UTF8.self)
  }

  static func keys(_ name: String = "bureau", consumerID: String? = nil, keyID: String? = nil)
    throws -> SecureKeys
  {
    var keys = SecureKeys()
    try keys.add(privateKeyPEM: try pem(name), consumerID: consumerID, keyID: keyID)
    return keys
  }

  static func recipient(
    _ consumerID: String = consumer, keyID: String? = nil, key: String = "bureau"
  )
    throws -> SecureRecipient
  {
    try SecureRecipient(
      consumerID: consumerID, keyID: keyID, publicKeyPEM: try pem("\(key)_public"))
  }

  static let solid = Mesh(
    vertices: [[0.1, 0, 0], [10, 0, 0], [0, 10, 0], [0, 0, 10]],
    corners: [0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3])

  static let document = MeshDocument(
    format: .obj, unit: nil, readAs: .millimeter,
    bodies: [
      MeshDocument.Body(name: "secret bracket", mesh: solid),
      MeshDocument.Body(mesh: solid, purpose: .support),
    ], title: "secret title")

  static func written(
    to recipients: [SecureRecipient]? = nil, _ compression: SecureCompression = .none,
    seed: UInt64 = 1
  ) throws -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return try ThreeMFWriter.secured(
      document, to: try recipients ?? [recipient()], compression: compression, using: &generator)
  }

  init(_ bytes: [UInt8]) throws {
    var archive = try ZIPArchive(bytes)
    entries = []
    for entry in archive.entries {
      entries.append((entry.name.text, Array(try archive.content(of: entry))))
    }
  }

  init(_ compression: SecureCompression = .none) throws {
    try self.init(try Self.written(compression))
  }

  subscript(name: String) -> [UInt8] {
    get { entries.first { $0.name == name }?.content ?? [] }
    set {
      if let index = entries.firstIndex(where: { $0.name == name }) {
        entries[index].content = newValue
      } else {
        entries.append((name, newValue))
      }
    }
  }

  /// Replaces text that must be there.
  mutating func replace(_ text: String, with other: String, in name: String) {
    let content = String(decoding: self[name], as: UTF8.self)
    precondition(content.contains(text), "the fixture has no \(text)")
    self[name] = Array(content.replacing(text, with: other).utf8)
  }

  /// The text between two marks.
  func value(_ start: String, _ end: String, in name: String = store) -> String {
    let content = String(decoding: self[name], as: UTF8.self)
    guard let from = content.firstRange(of: start)?.upperBound,
      let to = content[from...].firstRange(of: end)?.lowerBound
    else { return "" }
    return String(content[from..<to])
  }

  func bytes() -> [UInt8] {
    ZIPFixture(entries: entries.map { ZIPFixture.Entry($0.name, $0.content, isDeflated: true) })
      .bytes()
  }

  func read(_ keys: SecureKeys? = nil, limits: MeshLimits = MeshLimits()) throws -> MeshDocument {
    try ThreeMFReader.read(bytes(), limits: limits, keys: try keys ?? Self.keys())
  }

  /// The refusal's code; nil if it is read.
  func code(_ keys: SecureKeys? = nil, limits: MeshLimits = MeshLimits()) throws -> MeshRefusal
    .Code?
  {
    do {
      _ = try read(keys, limits: limits)
      return nil
    } catch let refusal as MeshRefusal { return refusal.code }
  }
}
