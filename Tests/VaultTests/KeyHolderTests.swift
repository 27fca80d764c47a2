import Domain
import Sealing
import TestSupport
import Testing

@testable import Vault

@Suite("Key holder")
struct KeyHolderTests {
  let ring: KeyRing

  init() throws {
    var ring = try KeyRing.generate(ambient: .simulated(seed: 4))
    ring.addWrappingVersion()
    self.ring = ring
  }

  static let otherContexts: [KeyContext] = [
    .init(purpose: .shipTo, tenant: "brd_1", subject: "dsn_1", revision: "rev_1", file: "fil_1"),
    .init(
      purpose: .designFile, tenant: "brd_2", subject: "dsn_1", revision: "rev_1", file: "fil_1"),
    .init(
      purpose: .designFile, tenant: "brd_1", subject: "dsn_2", revision: "rev_1", file: "fil_1"),
    .init(
      purpose: .designFile, tenant: "brd_1", subject: "dsn_1", revision: "rev_2", file: "fil_1"),
    .init(
      purpose: .designFile, tenant: "brd_1", subject: "dsn_1", revision: "rev_1", file: "fil_2"),
    .init(
      purpose: .designFile, tenant: "brd_1", subject: "dsn_1", revision: "rev_1", file: "fil_1",
      record: ["payload_sha256": "00"]),
    .init(
      purpose: .designFile, tenant: "brd_1dsn_1", subject: "", revision: "rev_1", file: "fil_1"),
  ]

  @Test("a secret opens in its own context and in no other", arguments: otherContexts)
  func isBoundToItsContext(other: KeyContext) async throws {
    let context = KeyContext(
      purpose: .designFile, tenant: "brd_1", subject: "dsn_1", revision: "rev_1", file: "fil_1")
    let wrapped = try await ring.holder.wrap([1, 2, 3], context: context)
    #expect(try await ring.holder.unwrap(wrapped, context: context) == [1, 2, 3])
    await #expect(throws: KeyHolderError.notAuthentic) {
      try await ring.holder.unwrap(wrapped, context: other)
    }
  }

  @Test("a secret does not open under another version, and an unknown one is named")
  func isBoundToItsVersion() async throws {
    let wrapped = try await ring.holder.wrap([1], context: .sample)
    #expect(wrapped.version == 2)
    await #expect(throws: KeyHolderError.notAuthentic) {
      try await ring.holder.unwrap(.init(version: 1, bytes: wrapped.bytes), context: .sample)
    }
    await #expect(throws: KeyHolderError.versionUnknown(3)) {
      try await ring.holder.unwrap(.init(version: 3, bytes: wrapped.bytes), context: .sample)
    }
  }

  @Test("every changed byte is refused, and so is every shortened record")
  func refusesChanges() async throws {
    let wrapped = try await ring.holder.wrap([1, 2, 3], context: .sample)
    for index in wrapped.bytes.indices {
      var bytes = wrapped.bytes
      bytes[index] ^= 1
      for bytes in [bytes, Array(wrapped.bytes.prefix(index))] {
        await #expect(throws: KeyHolderError.notAuthentic) {
          try await ring.holder.unwrap(
            .init(version: wrapped.version, bytes: bytes), context: .sample)
        }
      }
    }
  }

  @Test("wrapping twice gives different bytes")
  func isRandomised() async throws {
    let first = try await ring.holder.wrap([1, 2, 3], context: .sample)
    #expect(try await ring.holder.wrap([1, 2, 3], context: .sample) != first)
  }

  @Test("wiping overwrites the array's own storage")
  func wipes() {
    var secret: [UInt8] = [1, 2, 3, 4]
    let before = secret.withUnsafeBufferPointer { $0.baseAddress }
    secret.wipe()
    #expect(secret.withUnsafeBufferPointer { $0.baseAddress } == before)
    #expect(secret == [0, 0, 0, 0])
    var none: [UInt8] = []
    none.wipe()
  }
}
