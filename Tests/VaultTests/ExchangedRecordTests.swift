import Database
import Domain
import Ledger
import Sealing
import TestSupport
import Testing

@testable import Vault

/// Wrapped keys that open, each in its own row, exchanged between two rows: nothing is released.
@Suite("Exchanged records")
struct ExchangedRecordTests {
  /// Where the other row is.
  enum Other: String, CaseIterable, CustomTestStringConvertible {
    case file, revision, design, brand, order, ringCheck

    var testDescription: String { rawValue }
  }

  @Test(
    "a wrapped key in another's place does not open: other files, revisions, designs, brands, purposes",
    arguments: Other.allCases, [1, 2])
  func exchanges(other: Other, version: Int) async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.record()
    let world = fixture.world
    let rotation = KeyRotation(
      database: world.database, ring: world.ring, keys: world.ring.holder,
      sources: [WrappedFileKeys()], ambient: world.clock.ambient)
    try await rotation.start()
    // Under the second version, so that the two differ in their versions as well.
    if version == 2 { _ = try await rotation.add(2) }
    let foreign = try await wrappedKey(other, fixture)
    #expect(foreign.version == version)
    #expect(try await release(fixture) == nil)
    try await world.database.write {
      _ = try $0.run(
        Statement(
          "UPDATE design_file SET wrapped_key = $1, key_version = $2 WHERE name = 'a.stl'"),
        foreign.bytes, foreign.version)
    }
    #expect(try await release(fixture) == "vault.record")
    // Wrapping anew does not make it the row's own.
    if version == 1 { _ = try await rotation.add(2) }
    let unreadable = try await rotation.rewrap() ?? []
    if version == 1 { #expect(unreadable.map(\.code) == ["key_holder.not_authentic"]) }
    #expect(try await release(fixture) == "vault.record")
  }

  @Test("a row with another's version, or with its own key of before, does not open")
  func versions() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.record()
    let world = fixture.world
    let rotation = KeyRotation(
      database: world.database, ring: world.ring, keys: world.ring.holder,
      sources: [WrappedFileKeys()], ambient: world.clock.ambient)
    try await rotation.start()
    let before = try await row("a.stl", fixture)
    _ = try await rotation.add(2)
    try await rotation.rewrap()
    let after = try await row("a.stl", fixture)
    #expect([before.secret.version, after.secret.version] == [1, 2])
    #expect(try await release(fixture) == nil)
    for mixed in [
      WrappedSecret(version: 2, bytes: before.secret.bytes),
      WrappedSecret(version: 1, bytes: after.secret.bytes),
    ] {
      try await put(mixed, fixture)
      #expect(try await release(fixture) == "vault.record")
    }
    // Both columns of before open while version 1 is there, and not when it is retired.
    try await put(before.secret, fixture)
    #expect(try await release(fixture) == nil)
    try await put(after.secret, fixture)
    _ = try await rotation.retire(1)
    try await put(before.secret, fixture)
    #expect(try await release(fixture) == "vault.record")
  }

  /// A key that opens where it belongs.
  private func wrappedKey(_ other: Other, _ fixture: ReleaseWorld) async throws -> WrappedSecret {
    let (world, file) = (fixture.world, try await row("a.stl", fixture))
    let context = try #require(file.context)
    let moved: KeyContext =
      switch other {
      case .file: context.with(file: "fil_01a1fdbacbcb77f391e5cf4e76406ca3")
      case .revision: context.with(revision: "rev_01a1fdbacbcb77f391e5cf4e76406ca3")
      case .design: context.with(subject: "dsn_01a1fdbacbcb77f391e5cf4e76406ca3")
      case .brand: context.with(tenant: "brd_01a1fdbacbcb77f391e5cf4e76406ca3")
      case .order: context.with(purpose: .shipTo)
      case .ringCheck: context.with(purpose: .keyRingCheck)
      }
    let secret = try await world.ring.holder.unwrap(file.secret, context: context)
    let wrapped = try await world.ring.holder.wrap(secret, context: moved)
    #expect(try await world.ring.holder.unwrap(wrapped, context: moved) == secret)
    return wrapped
  }

  private func row(_ name: String, _ fixture: ReleaseWorld) async throws -> WrappedRow {
    let file = try #require(fixture.design.files.first { $0.name == name }?.id.text)
    let rows = try await fixture.world.database.read {
      try WrappedFileKeys().batch($0, after: .init(version: 0, id: ""), through: .max, limit: 9)
    }
    return try #require(rows.first { $0.id == file })
  }

  private func put(_ secret: WrappedSecret, _ fixture: ReleaseWorld) async throws {
    try await fixture.world.database.write {
      _ = try $0.run(
        Statement(
          "UPDATE design_file SET wrapped_key = $1, key_version = $2 WHERE name = 'a.stl'"),
        secret.bytes, secret.version)
    }
  }

  /// The code of the refusal, or nil when the files were released.
  private func release(_ fixture: ReleaseWorld) async throws -> String? {
    do {
      _ = try await fixture.vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
      return nil
    } catch let problem as Problem {
      return problem.code
    }
  }
}

extension KeyContext {
  fileprivate func with(
    purpose: Purpose? = nil, tenant: String? = nil, subject: String? = nil,
    revision: String? = nil, file: String? = nil
  ) -> KeyContext {
    KeyContext(
      purpose: purpose ?? self.purpose, tenant: tenant ?? self.tenant,
      subject: subject ?? self.subject, revision: revision ?? self.revision,
      file: file ?? self.file, record: record)
  }
}
