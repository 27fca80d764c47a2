import Geometry
import TestSupport
import Testing

@testable import MeshFiles

@Suite("3MF Secure Content")
struct SecureContentTests {
  private typealias Fixture = SecureFixture

  @Test(
    "what is encrypted for somebody is read by them", arguments: [SecureCompression.none, .deflate])
  func roundTrip(compression: SecureCompression) throws {
    let bytes = try Fixture.written(compression)
    let read = try ThreeMFReader.read(bytes, keys: try Fixture.keys())
    #expect(read.bodies.map(\.name) == ["secret bracket", nil])
    #expect(read.bodies.map(\.purpose) == [.part, .support])
    for body in read.bodies { #expect(body.mesh == Fixture.solid) }
    let taken = try Fixture(bytes)
    for (name, content) in taken.entries where name != Fixture.secret {
      #expect(!String(decoding: content, as: UTF8.self).contains("secret"), "\(name)")
    }
    #expect(
      taken[Fixture.secret].starts(with: [0x25, 0x33, 0x4d, 0x63, 0x46, 0, 0, 0, 12, 0, 0, 0]))
  }

  @Test("each of several recipients reads it, and only they")
  func recipients() throws {
    let both = [
      try Fixture.recipient("a & b", keyID: "1"), try Fixture.recipient("c", key: "other"),
    ]
    let fixture = try Fixture(try Fixture.written(to: both))
    #expect(try fixture.code(try Fixture.keys("bureau")) == nil)
    #expect(try fixture.code(try Fixture.keys("other")) == nil)
    let one = try Fixture(try Fixture.written(to: [both[0]]))
    #expect(try one.code(try Fixture.keys("other")) == .noKey)
  }

  @Test("a key is tried for the consumer and the key that it is for")
  func chosenKey() throws {
    let fixture = try Fixture(try Fixture.written(to: [try Fixture.recipient("a", keyID: "1")]))
    #expect(try fixture.code(try Fixture.keys(consumerID: "a")) == nil)
    #expect(try fixture.code(try Fixture.keys(consumerID: "a", keyID: "1")) == nil)
    #expect(try fixture.code(try Fixture.keys(consumerID: "a", keyID: "2")) == .noKey)
    #expect(try fixture.code(try Fixture.keys(consumerID: "A", keyID: "1")) == .noKey)
    // A consumer without a key's identifier takes any of its keys.
    let nameless = try Fixture(try Fixture.written(to: [try Fixture.recipient("a")]))
    #expect(try nameless.code(try Fixture.keys(consumerID: "a", keyID: "2")) == nil)
  }

  @Test("a content key that came by another way opens its group, and no other")
  func contentKey() throws {
    var generator = SeededGenerator(seed: 1)
    // The first bytes that are drawn: eight a number.
    var key: [UInt8] = []
    for _ in 0..<4 { key.appendLittleEndian(generator.next(), bytes: 8) }
    let fixture = try Fixture()
    let uuid = fixture.value("keyuuid=\"", "\"")
    var keys = SecureKeys()
    try keys.add(contentKey: key, keyUUID: uuid.uppercased())
    #expect(try fixture.code(keys) == nil)
    var other = SecureKeys()
    try other.add(contentKey: key, keyUUID: "00000000-0000-4000-8000-000000000000")
    #expect(try fixture.code(other) == .noKey)
    var wrong = SecureKeys()
    try wrong.add(contentKey: key.reversed(), keyUUID: uuid)
    #expect(try fixture.code(wrong) == .notAuthentic)
    let short = #expect(throws: MeshRefusal.self) {
      try wrong.add(contentKey: [1], keyUUID: uuid)
    }
    #expect(short?.code == .unusableKey)
  }

  @Test("without a key it says for how many it is, and nothing from the file")
  func noKey() throws {
    let two = [try Fixture.recipient("Ann"), try Fixture.recipient("Bob", key: "other")]
    let bytes = try Fixture.written(to: two)
    let refusal = #expect(throws: MeshRefusal.self) { try ThreeMFReader.read(bytes) }
    #expect(refusal?.code == .requiresSecureContent)
    #expect(
      refusal?.message == "The package is encrypted for 2 consumers, and no key was given.")
  }

  @Test("the reader of any format and the inspector take keys")
  func facades() throws {
    let bytes = try Fixture.written(.deflate)
    var reader = MeshReader(keys: try Fixture.keys())
    try reader.update(bytes)
    #expect(try reader.finish().bodies.count == 2)
    var inspector = MeshInspector(key: .process, keys: try Fixture.keys())
    try inspector.update(bytes)
    #expect(try inspector.finish().summary.triangles == 8)
  }

  @Test("the same draw gives the same file but for the wrapped key")
  func deterministic() throws {
    let first = try Fixture(try Fixture.written(seed: 7))
    let second = try Fixture(try Fixture.written(seed: 7))
    let third = try Fixture(try Fixture.written(seed: 8))
    #expect(first.entries.map(\.name) == second.entries.map(\.name))
    for entry in first.entries where entry.name != Fixture.store {
      #expect(entry.content == second[entry.name])
    }
    for mark in ["UUID=\"", "keyuuid=\"", "<iv>", "<tag>"] {
      let end = mark.hasSuffix("\"") ? "\"" : "<"
      #expect(first.value(mark, end) == second.value(mark, end))
      #expect(first.value(mark, end) != third.value(mark, end))
    }
    let wrapped = "<xenc:CipherValue>"
    #expect(first.value(wrapped, "<") != second.value(wrapped, "<"))
    #expect(first[Fixture.secret] != third[Fixture.secret])
  }

  @Test("a package with a key store and nothing encrypted that is needed is read without keys")
  func nothingNeeded() throws {
    var fixture = ThreeMFFixture.plain
    fixture.attributes =
      "xmlns:sc=\"http://schemas.microsoft.com/3dmanufacturing/securecontent/2019/04\""
      + " requiredextensions=\"sc\""
    #expect(try fixture.read().bodies.count == 1)
  }

  @Test(
    "files that others wrote are read",
    arguments: ["lib3mf_sha256", "lib3mf_sha1_deflated", "plain_sha1_deflated"])
  func others(name: String) throws {
    let bytes = try Repository.bytes("Fixtures/vectors/secure/\(name).3mf")
    let read = try ThreeMFReader.read(bytes, keys: try Fixture.keys(consumerID: "bureau"))
    #expect(read.bodies.count == 1)
    #expect(read.bodies[0].mesh.triangles == 4)
    let refusal = #expect(throws: MeshRefusal.self) {
      try ThreeMFReader.read(bytes, keys: try Fixture.keys("other"))
    }
    #expect(refusal?.code == .noKey)
  }

  @Test("recipients that a file cannot be written for are refused")
  func badRecipients() throws {
    func code(_ make: () throws -> Void) -> MeshRefusal.Code? {
      do { try make() } catch { return (error as? MeshRefusal)?.code }
      return nil
    }
    let one = try Fixture.recipient()
    #expect(code { _ = try Fixture.written(to: []) } == .recipients)
    #expect(code { _ = try Fixture.written(to: [one, one]) } == .recipients)
    #expect(code { _ = try Fixture.recipient("") } == .recipients)
    #expect(code { _ = try Fixture.recipient("a\nb") } == .recipients)
    #expect(code { _ = try Fixture.recipient("é") } == .recipients)
    #expect(code { _ = try Fixture.recipient(String(repeating: "a", count: 257)) } == .recipients)
    #expect(code { _ = try Fixture.recipient(key: "bits_1024") } == .unusableKey)
    #expect(code { _ = try Fixture.recipient(key: "elliptic") } == .unusableKey)
    #expect(code { _ = try Fixture.keys("bits_1024") } == .unusableKey)
    #expect(code { _ = try Fixture.keys("passphrase") } == .unusableKey)
  }

  @Test("keys do not show in descriptions, dumps or messages")
  func redacted() throws {
    let keys = try Fixture.keys()
    #expect("\(keys)" == "SecureKeys(redacted)")
    var dumped = ""
    dump(keys, to: &dumped)
    #expect(dumped.utf8.count < 100)
  }
}
