import Geometry
import TestSupport
import Testing

@testable import MeshFiles

/// A change to an encrypted package, and what it is refused for.
struct SecureBreach: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let code: MeshRefusal.Code
  let change: @Sendable (inout SecureFixture) throws -> Void

  init(
    _ name: String, _ code: MeshRefusal.Code,
    _ change: @escaping @Sendable (inout SecureFixture) throws -> Void
  ) {
    (testDescription, self.code, self.change) = (name, code, change)
  }

  /// A change of the key store's text.
  init(_ name: String, _ code: MeshRefusal.Code, _ text: String, _ other: String) {
    self.init(name, code) { $0.replace(text, with: other, in: SecureFixture.store) }
  }
}

@Suite("Encrypted 3MF that is refused")
struct SecureRefusalTests {
  private static let xenc = "http://www.w3.org/2001/04/xmlenc#"
  private static let xenc11 = "http://www.w3.org/2009/xmlenc11#"
  private static let oaep = "\(xenc11)rsa-oaep\" mgfalgorithm=\"\(xenc11)mgf1sha256\""
  private static let resource = "<resourcedata path=\"/3D/bodies.model\">"

  static let storeBreaches: [SecureBreach] = [
    SecureBreach("no UUID", .keyStore, " UUID=", " xmlns:o="),
    SecureBreach("a UUID that is none", .keyStore, " UUID=\"", " UUID=\"g"),
    SecureBreach("another namespace", .keyStore, "securecontent/2019/04", "securecontent/2019/05"),
    SecureBreach("another root", .keyStore, "keystore", "keysafe"),
    SecureBreach("an attribute of no schema", .keyStore, " keyuuid=", " more=\"1\" keyuuid="),
    SecureBreach("an element of no schema", .keyStore, "<consumer ", "<x/><consumer "),
    SecureBreach("text between elements", .keyStore, "<consumer ", "x<consumer "),
    SecureBreach(
      "a consumer behind the groups", .keyStore, "</keystore>",
      "<consumer consumerid=\"z\"/></keystore>"),
    SecureBreach("a consumer without an identifier", .keyStore, "consumerid=", "keyid="),
    SecureBreach(
      "a consumer twice", .secureConsumer, "<consumer consumerid=\"bureau\"/>",
      "<consumer consumerid=\"bureau\"/><consumer consumerid=\"bureau\"/>"),
    SecureBreach(
      "a public key twice", .keyStore, "<consumer consumerid=\"bureau\"/>",
      "<consumer consumerid=\"bureau\"><keyvalue/><keyvalue/></consumer>"),
    SecureBreach(
      "an access right for nobody", .secureConsumer, "consumerindex=\"0\"", "consumerindex=\"1\""),
    SecureBreach("a consumer's number below 0", .keyStore, "index=\"0\"", "index=\"-1\""),
    SecureBreach("an access right without a key", .keyStore, "cipherdata", "cipherdate"),
    SecureBreach("a wrapped key of another namespace", .keyStore, xenc + "\" UUID", "urn:x\" UUID"),
    SecureBreach(
      "a wrapped key that is not base64", .cipherParameter, "CipherValue>", "CipherValue>-"),
    SecureBreach(
      "two groups of one key", .keyStore,
      { fixture in
        let uuid = fixture.value("keyuuid=\"", "\"")
        fixture.replace(
          "</keystore>", with: "<resourcedatagroup keyuuid=\"\(uuid)\"/></keystore>",
          in: SecureFixture.store)
      }),
    SecureBreach(
      "a mask where it is fixed", .keyStore, "\(xenc11)rsa-oaep", "\(xenc)rsa-oaep-mgf1p"),
    SecureBreach(
      "an unknown compression", .keyStore, "compression=\"none\"", "compression=\"zstd\""),
    SecureBreach("two nonces", .keyStore, "<tag>", "<iv/><tag>"),
    SecureBreach("a tag before the nonce", .keyStore, "<iv>", "<tag/><iv>"),
    SecureBreach("no nonce", .cipherParameter, { $0.swapText("<iv>", "<", "") }),
    SecureBreach(
      "a nonce of 8 bytes", .cipherParameter, { $0.swapText("<iv>", "<", "AAAAAAAAAAA=") }),
    SecureBreach("a tag of 4 bytes", .cipherParameter, { $0.swapText("<tag>", "<", "AAAAAA==") }),
    SecureBreach("a document type", .xmlDocumentType, "<keystore", "<!DOCTYPE k []><keystore"),
  ]

  static let packageBreaches: [SecureBreach] = [
    SecureBreach("one path twice", .securePath) {
      let entry =
        "<resourcedata" + $0.value("<resourcedata ", "</resourcedata>") + "</resourcedata>"
      $0.replace(
        "</resourcedatagroup>",
        with: entry.replacing("<resourcedata", with: "<resourcedata ", maxReplacements: 1)
          + "</resourcedatagroup>", in: SecureFixture.store)
    },
    SecureBreach("one path in two cases", .securePath) {
      let entry =
        "<resourcedata " + $0.value("<resourcedata ", "</resourcedata>") + "</resourcedata>"
      $0.replace(
        "</resourcedatagroup>",
        with: entry.replacing("bodies", with: "BODIES") + "</resourcedatagroup>",
        in: SecureFixture.store)
    },
    SecureBreach(
      "a path that climbs", .securePath, resource, "<resourcedata path=\"/../x.model\">"),
    SecureBreach(
      "a relative path", .securePath, resource, "<resourcedata path=\"3D/bodies.model\">"),
    SecureBreach(
      "an encrypted root model", .securePath, resource, "<resourcedata path=\"/3D/3dmodel.model\">"),
    SecureBreach(
      "an encrypted list of relationships", .securePath, resource,
      "<resourcedata path=\"/_rels/.rels\">"),
    SecureBreach(
      "an encrypted key store", .securePath, resource,
      "<resourcedata path=\"/secure/keystore.xml\">"),
    SecureBreach(
      "a path to nothing", .missingPart, resource, "<resourcedata path=\"/3D/nothing.model\">"),
    SecureBreach("an encrypted part that no relationship calls so", .secureRelationship) {
      $0.replace("/encryptedfile", with: "/x", in: SecureFixture.modelRelationships)
    },
    SecureBreach("an encrypted part without an entry", .secureRelationship) {
      let entry =
        "<resourcedata " + $0.value("<resourcedata ", "</resourcedata>") + "</resourcedata>"
      $0.replace(entry, with: "", in: SecureFixture.store)
    },
    SecureBreach("an encrypted part without a key store", .secureRelationship) {
      $0.replace("/2019/04/keystore", with: "/x", in: SecureFixture.rootRelationships)
    },
    SecureBreach("a key store of another type", .contentType) {
      $0.replace("keystore+xml", with: "x+xml", in: "[Content_Types].xml")
    },
    SecureBreach("a key store that is not there", .missingPart) {
      $0.replace("/Secure/keystore.xml", with: "/s.xml", in: SecureFixture.rootRelationships)
    },
    SecureBreach("two key stores", .keyStore) {
      $0.replace(
        "</Relationships>",
        with: "<Relationship Id=\"z\" Type=\"\(RelationshipType.keyStore)\" Target=\"/t.xml\"/>"
          + "</Relationships>", in: SecureFixture.rootRelationships)
    },
    SecureBreach("a header cut off", .cipherFile) {
      $0[SecureFixture.secret] = Array($0[SecureFixture.secret].prefix(11))
    },
    SecureBreach("a part that is not encrypted", .cipherFile) {
      $0[SecureFixture.secret] = Array(ThreeMFFixture.model(ThreeMFFixture.plain.model).utf8)
    },
    SecureBreach("another version", .cipherFile) { $0[SecureFixture.secret][5] = 1 },
    SecureBreach("another minor version", .cipherFile) { $0[SecureFixture.secret][6] = 1 },
    SecureBreach("an unused byte that is used", .cipherFile) { $0[SecureFixture.secret][7] = 1 },
    SecureBreach("a header of 11 bytes", .cipherFile) { $0[SecureFixture.secret][8] = 11 },
    SecureBreach("a header longer than the part", .cipherFile) { $0[SecureFixture.secret][10] = 1 },
    SecureBreach("a header of 2^32 - 1 bytes", .cipherFile) {
      $0[SecureFixture.secret].replaceSubrange(8..<12, with: [255, 255, 255, 255])
    },
  ]

  static let cipherBreaches: [SecureBreach] = [
    SecureBreach("another hash as mask", .mixedHashes, "mgf1sha256", "mgf1sha1"),
    SecureBreach(
      "another hash as digest", .mixedHashes, "\(xenc)sha256",
      "http://www.w3.org/2000/09/xmldsig#sha1"),
    SecureBreach(
      "a digest for the mask that is fixed", .mixedHashes, oaep, "\(xenc)rsa-oaep-mgf1p\""),
    SecureBreach(
      "no mask, which is SHA-1", .mixedHashes, " mgfalgorithm=\"\(xenc11)mgf1sha256\"", ""),
    SecureBreach("SHA-512", .wrappingAlgorithm, "#mgf1sha256", "#mgf1sha512"),
    SecureBreach("PKCS#1 1.5", .wrappingAlgorithm, oaep, "\(xenc)rsa-1_5\""),
    SecureBreach(
      "AES in CBC mode", .encryptionAlgorithm, "\(xenc11)aes256-gcm", "\(xenc)aes256-cbc"),
    SecureBreach("a changed wrapped key", .noKey) {
      let wrapped = $0.value("<xenc:CipherValue>", "<")
      let other = (wrapped.hasPrefix("A") ? "B" : "A") + wrapped.dropFirst()
      $0.replace(wrapped, with: other, in: SecureFixture.store)
    },
    SecureBreach("a wrapped key cut off", .noKey) {
      $0.swapText("<xenc:CipherValue>", "<", "AAAA")
    },
    SecureBreach("a changed ciphertext", .notAuthentic) { $0[SecureFixture.secret][20] ^= 1 },
    SecureBreach("a ciphertext cut off", .notAuthentic) { $0[SecureFixture.secret].removeLast() },
    SecureBreach("a longer ciphertext", .notAuthentic) { $0[SecureFixture.secret].append(0) },
    SecureBreach("a changed nonce", .notAuthentic) { $0.swapText("<iv>", "<", "AAAAAAAAAAAAAAAA") },
    SecureBreach("a changed tag", .notAuthentic) {
      $0.swapText("<tag>", "<", "AAAAAAAAAAAAAAAAAAAAAA==")
    },
    SecureBreach(
      "additional data that there were none", .notAuthentic, "</tag>", "</tag><aad>AA==</aad>"),
    SecureBreach(
      "compression that there was none", .zipDamaged, "compression=\"none\"",
      "compression=\"deflate\""),
  ]

  @Test("for its key store", arguments: storeBreaches)
  func keyStore(breach: SecureBreach) throws { try check(breach) }

  @Test("for what is in the package", arguments: packageBreaches)
  func parts(breach: SecureBreach) throws { try check(breach) }

  @Test("for its ciphers", arguments: cipherBreaches)
  func ciphers(breach: SecureBreach) throws { try check(breach) }

  private func check(_ breach: SecureBreach) throws {
    var fixture = try SecureFixture()
    #expect(try fixture.code() == nil)
    try breach.change(&fixture)
    let refusal = #expect(throws: MeshRefusal.self) { try fixture.read() }
    #expect(refusal?.code == breach.code, "\(refusal as Any)")
    #expect(refusal?.message.contains("bureau") == false)
  }

  @Test("what the schema leaves free is read past")
  func free() throws {
    var fixture = try SecureFixture()
    fixture.replace(
      "<consumer consumerid=\"bureau\"/>",
      with: "<consumer consumerid=\"bureau\"><keyvalue>not a key</keyvalue><o:x xmlns:o=\"urn:o\"/>"
        + "</consumer><consumer consumerid=\"bureau\" keyid=\"2\"/>", in: SecureFixture.store)
    fixture.replace(
      "</resourcedatagroup>", with: "<o:y xmlns:o=\"urn:o\"><o:z/></o:y></resourcedatagroup>",
      in: SecureFixture.store)
    fixture.replace(
      "<accessright consumerindex=\"0\">",
      with:
        "<accessright consumerindex=\"1\"><kekparams wrappingalgorithm=\"urn:quantum\"/><cipherdata>"
        + "<xenc:CipherValue>\n AA\tAA \n</xenc:CipherValue></cipherdata></accessright>"
        + "<accessright consumerindex=\"0\">", in: SecureFixture.store)
    // Bytes of a header that are reserved.
    fixture[SecureFixture.secret].insert(contentsOf: [1, 2, 3], at: 12)
    fixture[SecureFixture.secret][8] = 15
    #expect(try fixture.code() == nil)
  }
}

extension SecureFixture {
  /// Replaces the text of the key store between two marks.
  mutating func swapText(_ start: String, _ end: String, _ text: String) {
    let old = value(start, end)
    replace(start + old, with: start + text, in: Self.store)
  }
}
