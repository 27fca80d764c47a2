import Database
import Ledger
import Sealing
import TestSupport
import Testing

@testable import Vault

@Suite("Key rotation between the steps of others", .timeLimit(.minutes(2)))
struct RotationRaceTests {
  @Test("a round between the recording of a version and its use finds nothing unreadable")
  func betweenRecordingAndUse() async throws {
    let world = try await RotationWorld()
    try await world.addFiles(3)
    let ring = world.world.ring
    // What `add` does, with a round in each gap.
    let added = try #require(try await ring.add(2))
    #expect(try await world.rotation.rewrap() == nil)
    try await added.record(in: world.world.database)
    #expect(try await world.rotation.rewrap() == nil)
    #expect(try await world.rotation.status().unreadableCount == 0)
    // The check value stays under the new version: an older copy of the ring is refused from now on.
    #expect(try await checkVersions(world) == [2: 1])
    #expect(try await world.counts() == [1: 3])
    ring.use(2)
    #expect(try await world.rotation.rewrap() == nil)
    #expect(try await world.counts() == [2: 3])
    #expect(try await world.opening() == (3, []))
  }

  @Test("rows that come under a newer version during a round are left under it")
  func addedDuringRound() async throws {
    let world = try await RotationWorld()
    try await world.addFiles(3)
    _ = try await world.rotation.add(2)
    let (holder, rotation) = (world.holder, world.rotation)
    holder.each { _ in
      guard holder.calls == 1 else { return }
      _ = try await rotation.add(3)
      try await world.upload("during.stl")
    }
    #expect(try await world.rotation.rewrap() == nil)
    #expect(try await world.counts() == [3: 4])
    #expect(try await checkVersions(world) == [3: 1])
    #expect(try await world.opening() == (4, []))
  }

  @Test("a row that goes while its round is under way, and its version with it, is not unreadable")
  func goneMeanwhile() async throws {
    let world = try await RotationWorld()
    try await world.addFiles(3)
    _ = try await world.rotation.add(2)
    let (holder, rotation) = (world.holder, world.rotation)
    holder.each { _ in
      guard holder.calls == 1 else { return }
      try await world.run("UPDATE design_file SET wrapped_key = NULL WHERE key_version = 1")
      _ = try await rotation.retire(1)
    }
    #expect(try await world.rotation.rewrap() == nil)
    #expect(try await world.rotation.status().unreadableCount == 0)
  }

  private func checkVersions(_ world: RotationWorld) async throws -> [Int: Int] {
    try await world.world.database.read { try WrappedKeyRingCheck().counts($0) }
  }
}
