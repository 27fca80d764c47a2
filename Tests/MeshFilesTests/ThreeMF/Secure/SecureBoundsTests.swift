import Geometry
import TestSupport
import Testing

@testable import MeshFiles

@Suite("Encrypted 3MF made to hurt")
struct SecureBoundsTests {
  private typealias Fixture = SecureFixture
  private static let key = [UInt8](1...32)
  private static let nonce = [UInt8](1...12)
  private static let uuid = "00000000-0000-4000-8000-000000000000"

  /// A package whose part has this content, encrypted with a key that is given.
  private func sealed(
    _ contents: [(part: String, plain: [UInt8])], _ compression: SecureCompression = .deflate
  ) throws -> (Fixture, SecureKeys) {
    var fixture = try Fixture()
    var resources = ""
    for (number, (part, plain)) in contents.enumerated() {
      var nonce = Self.nonce
      nonce[0] = UInt8(number)
      let (ciphertext, tag) = try ThreeMFWriter.encrypted(plain, key: Self.key, nonce: nonce)
      fixture[part] = CipherFile.content(of: ciphertext)
      let document = KeyStoreWriter.document(
        uuid: Self.uuid, keyUUID: Self.uuid, part: "/\(part)",
        parameters: CipherParameters(
          nonce: nonce, tag: tag, additionalData: [], isDeflated: compression == .deflate),
        recipients: [])
      fixture[Fixture.store] = document
      resources += "<resourcedata " + fixture.value("<resourcedata ", "</resourcedata>")
      resources += "</resourcedata>"
    }
    let last =
      "<resourcedata " + fixture.value("<resourcedata ", "</resourcedata>") + "</resourcedata>"
    fixture.replace(last, with: resources, in: Fixture.store)
    var keys = SecureKeys()
    try keys.add(contentKey: Self.key, keyUUID: Self.uuid)
    return (fixture, keys)
  }

  private static func model(_ title: String, scale: Int = 1) -> [UInt8] {
    let mesh = ThreeMFFixture.mesh.replacing("=\"1\" y", with: "=\"\(scale)\" y")
    return Array(
      ThreeMFFixture.model(
        "<resources>\(ThreeMFFixture.object(1, "name=\"\(title)\"", mesh))"
          + "\(ThreeMFFixture.object(2))</resources><build/>"
      ).utf8)
  }

  @Test("what was deflated before it was encrypted inflates no further than the limits")
  func bomb() throws {
    // Half of what all parts may have: only its own ratio speaks against it.
    let bomb = Deflate.deflated([UInt8](repeating: 0x20, count: 32 << 20))
    let (fixture, keys) = try sealed([(Fixture.secret, bomb)])
    #expect(try fixture.code(keys) == .zipBomb)
    // Not by ratio alone: all parts together.
    let (small, same) = try sealed([(Fixture.secret, Deflate.deflated(Self.model("a")))])
    #expect(try small.code(same) == nil)
    for bytes in [2000, 3000] {
      let limits = MeshLimits(threeMF: ThreeMFLimits(inflatedBytesMax: bytes))
      #expect(try small.code(same, limits: limits) == .zipBomb)
    }
  }

  @Test("a key store of a million consumers, or of too many bytes, is refused")
  func manyConsumers() throws {
    var fixture = try Fixture()
    fixture.replace(
      "<consumer consumerid=\"bureau\"/>",
      with: (0..<1_000_000).map { "<consumer consumerid=\"\($0)\"/>" }.joined(),
      in: Fixture.store)
    #expect(try fixture.code() == .tooLarge)
    let wide = MeshLimits(threeMF: ThreeMFLimits(keyStoreBytesMax: 1 << 30))
    #expect(try fixture.code(limits: wide) == .tooLarge)
    let plain = try Fixture()
    let narrow = MeshLimits(
      threeMF: ThreeMFLimits(keyStoreBytesMax: plain[Fixture.store].count - 1))
    #expect(try plain.code(limits: narrow) == .tooLarge)
    #expect(
      try plain.code(limits: MeshLimits(threeMF: ThreeMFLimits(consumersMax: 0))) == .tooLarge)
  }

  @Test("no more wrapped keys are tried than the limit says")
  func manyWraps() throws {
    var fixture = try Fixture()
    let right =
      "<accessright " + fixture.value("<accessright ", "</accessright>") + "</accessright>"
    fixture.replace(right, with: String(repeating: right, count: 150), in: Fixture.store)
    let other = try Fixture.keys("other")
    #expect(try fixture.code(other) == .tooLarge)
    let narrow = MeshLimits(threeMF: ThreeMFLimits(unwrapsMax: 1))
    #expect(try Fixture().code(other, limits: narrow) == .noKey)
    #expect(try fixture.code(limits: narrow) == nil)
  }

  @Test("a value without an end is refused")
  func longValue() throws {
    var fixture = try Fixture()
    fixture.swapText("<xenc:CipherValue>", "<", String(repeating: "AAAA", count: 20_000))
    #expect(try fixture.code() == .xmlLimit)
    var named = try Fixture()
    named.replace(
      "consumerid=\"", with: "consumerid=\"\(String(repeating: "a", count: 2000))",
      in: Fixture.store)
    #expect(try named.code() == .nameTooLong)
  }

  @Test("parts of one key cannot take each other's place, nor their tags")
  func swapped() throws {
    let second = "3D/second.model"
    var (fixture, keys) = try sealed(
      [(Fixture.secret, Self.model("first")), (second, Self.model("second"))], .none)
    fixture.replace(
      "</Relationships>",
      with: [RelationshipType.model, RelationshipType.encryptedFile].map {
        ThreeMFFixture.relationship("/\(second)", $0)
      }.joined() + "</Relationships>", in: Fixture.modelRelationships)
    fixture.replace(
      "</build>", with: "<item objectid=\"1\" p:path=\"/\(second)\"/></build>",
      in: "3D/3dmodel.model")
    #expect(try fixture.read(keys).bodies.map(\.name) == ["first", nil, "second"])

    var places = fixture
    places.replace("bodies.model", with: "x", in: Fixture.store)
    places.replace("second.model", with: "bodies.model", in: Fixture.store)
    places.replace("\"/3D/x\"", with: "\"/3D/second.model\"", in: Fixture.store)
    #expect(try places.code(keys) == .notAuthentic)

    var contents = fixture
    contents[Fixture.secret] = fixture[second]
    contents[second] = fixture[Fixture.secret]
    #expect(try contents.code(keys) == .notAuthentic)

    var tags = fixture
    let first = fixture.value("<tag>", "<")
    let store = String(decoding: fixture[Fixture.store], as: UTF8.self)
    let other = String(store.split(separator: "<tag>")[2].prefix { $0 != "<" })
    tags.replace(first, with: "x", in: Fixture.store)
    tags.replace(other, with: first, in: Fixture.store)
    tags.replace("<tag>x<", with: "<tag>\(other)<", in: Fixture.store)
    #expect(try tags.code(keys) == .notAuthentic)
  }
}
