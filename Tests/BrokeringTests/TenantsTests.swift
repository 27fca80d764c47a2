import Database
import Domain
import TestSupport
import Testing

@testable import Brokering

@Test("npm's published token has our checksum")
func knownChecksum() {
  let random = Array("qkJaB6MffYVzZXWqmcoF49yrUxP3wf".utf8)
  #expect(String(decoding: APISecret.checksum(random), as: UTF8.self) == "0LsakP")
}

@Test("a secret has the documented form and no two are alike")
func secretForm() {
  var generator = Ambient.simulated(seed: 1).generator
  let secrets = (0..<100).map { _ in APISecret(using: &generator).text }
  #expect(Set(secrets).count == 100)
  for text in secrets {
    #expect(text.hasPrefix("evp_live_"))
    #expect(text.utf8.count == 45)
    #expect(APISecret(text)?.text == text)
  }
}

@Test("any one changed character of a secret is noticed without the database")
func secretChecksum() {
  var generator = Ambient.simulated(seed: 2).generator
  let text = Array(APISecret(using: &generator).text.utf8)
  for index in text.indices {
    var changed = text
    changed[index] = changed[index] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
    #expect(APISecret(String(decoding: changed, as: UTF8.self)) == nil, "at \(index)")
  }
  #expect(APISecret(String(decoding: text + [UInt8(ascii: "0")], as: UTF8.self)) == nil)
  #expect(APISecret(String(decoding: text.dropLast(), as: UTF8.self)) == nil)
  #expect(APISecret("") == nil)
}

@Test("a key is whose it was made for")
func keysAuthenticate() async throws {
  let world = try await World()
  let brand = try await world.tenants.createBrand(name: "Brand").id
  let bureau = try await world.tenants.createBureau(name: "Bureau").id
  let people = BrandRole.allCases.map { KeyOwner.brand(brand, $0) }
  for owner in people + [.operator, .storefront(brand), .bureau(bureau)] {
    let key = try await world.tenants.issue(owner, label: "l")
    #expect(
      try await world.tenants.authenticate(key.secret) == Principal(owner, key: key.id))
  }
}

@Test("no key but a whole, known, unrevoked one authenticates")
func othersDoNotAuthenticate() async throws {
  let world = try await World()
  let key = try await world.tenants.issue(.operator, label: "first")
  var generator = Ambient.simulated(seed: 99).generator
  let unknown = APISecret(using: &generator).text
  for text in [unknown, "", "evp_live_", String(key.secret.dropLast()), key.secret + "0", "\u{0}"] {
    #expect(try await world.tenants.authenticate(text) == nil)
  }
  #expect(try await world.tenants.hasOperatorKey())
  #expect(try await world.tenants.authenticate(key.secret) != nil)
  try await world.tenants.revoke(key.id, of: .operator)
  #expect(try await world.tenants.authenticate(key.secret) == nil)
  #expect(!(try await world.tenants.hasOperatorKey()))
  try await world.tenants.revoke(key.id, of: .operator)
}

@Test("what was read before a revocation is not kept after it")
func revocationBeatsReading() {
  let cache = PrincipalCache()
  let hash: [UInt8] = [1, 2, 3]
  let ambient = Ambient.simulated(seed: 3)
  let holder = Principal(.operator, key: ambient.identifier(at: ambient.now()))
  let (_, generation) = cache.look(up: hash)
  cache.empty()
  cache.keep(holder, for: hash, readIn: generation)
  #expect(cache.look(up: hash).principal == nil)
  cache.keep(holder, for: hash, readIn: cache.look(up: hash).generation)
  #expect(cache.look(up: hash).principal == holder)
  cache.empty()
  #expect(cache.look(up: hash).principal == nil)
}

@Test("a secret is nowhere in the database's files")
func secretsAreNotStored() async throws {
  let world = try await World()
  let key = try await world.tenants.issue(.operator, label: "first")
  try await world.database.checkpoint()
  let random = Array(key.secret.utf8.dropFirst(9))
  for file in try world.directory.files() {
    #expect(!contains(try world.directory.read(file), random), "\(file)")
  }
}

@Test("one owner cannot revoke or list another's key, and learns nothing by trying")
func keysAreTheirOwners() async throws {
  let world = try await World()
  let one = try await world.tenants.createBrand(name: "One").id
  let two = try await world.tenants.createBrand(name: "Two").id
  let key = try await world.tenants.issue(.brand(one, .owner), label: "l")
  let invented: APIKeyID = world.clock.ambient.identifier(at: world.clock.now)
  #expect(
    await world.code { try await world.tenants.revoke(key.id, of: .brand(two)) } == "not_found")
  #expect(
    await world.code { try await world.tenants.revoke(invented, of: .brand(one)) } == "not_found")
  #expect(try await world.tenants.keys(of: .brand(two)).data.isEmpty)
  #expect(try await world.tenants.keys(of: .brand(one)).data.map(\.id) == [key.id])
}

@Test("no key is made for a brand or bureau that does not exist")
func keysNeedTheirTenant() async throws {
  let world = try await World()
  let ambient = world.clock.ambient
  let owners = [
    KeyOwner.brand(ambient.identifier(at: world.clock.now), .owner),
    .storefront(ambient.identifier(at: world.clock.now)),
    .bureau(ambient.identifier(at: world.clock.now)),
  ]
  for owner in owners {
    #expect(await world.code { try await world.tenants.issue(owner, label: "l") } == "not_found")
  }
  #expect(try await world.count("api_key") == 0)
}

@Test(
  "names with control characters, none, or too long a one are refused with their code",
  arguments: [
    "", "a\u{0}b", "a\u{1B}[2Jb", "a\nb", "a\u{202E}b", String(repeating: "x", count: 201),
  ])
func badNames(name: String) async throws {
  let world = try await World()
  #expect(await world.code { try await world.tenants.createBrand(name: name) } == "tenant.name")
  #expect(await world.code { try await world.tenants.createBureau(name: name) } == "tenant.name")
  #expect(
    await world.code { try await world.tenants.issue(.operator, label: name) } == "key.label")
}

@Test("pages of brands follow one another, newest first, without gap or repetition")
func brandPages() async throws {
  let world = try await World()
  var made: [BrandID] = []
  for number in 0..<7 {
    world.clock.advance(by: .milliseconds(1))
    made.append(try await world.tenants.createBrand(name: "Brand \(number)").id)
  }
  var seen: [BrandID] = []
  var more = true
  while more {
    let page = try await world.tenants.brands(limit: 3, after: seen.last)
    seen += page.data.map(\.id)
    more = page.hasMore
  }
  #expect(seen == made.reversed())
}

func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
  guard bytes.count >= part.count else { return false }
  return bytes.indices.dropLast(part.count - 1).contains { start in
    bytes[start] == part[0] && bytes[start..<start + part.count].elementsEqual(part)
  }
}
