import Domain
import TestSupport
import Testing

@testable import Vault

@Suite("What a brand may store")
struct QuotaTests {
  private static let box = SampleMesh.box()

  /// How many of eight attempts at once succeed, and what the others are told.
  private func attempts(
    _ attempt: @escaping @Sendable (Int) async throws -> Void
  ) async -> (count: Int, refusals: Set<String>) {
    await withTaskGroup(of: String?.self) { group in
      for index in 0..<8 {
        group.addTask {
          do {
            try await attempt(index)
            return nil
          } catch {
            return (error as? Problem)?.code ?? "\(error)"
          }
        }
      }
      return await group.reduce(into: (0, [])) {
        if let code = $1 { $0.1.insert(code) } else { $0.0 += 1 }
      }
    }
  }

  @Test("uploads at once exceed no quota, in one piece or in several")
  func holds() async throws {
    let room = Self.box.count * 3 + 5
    let uploads = try await ResumingWorld { $0.brandStoredBytesMax = room }
    let world = uploads.world
    let promised = await attempts { _ in
      _ = try await uploads.begin(Self.box, of: try await world.createDesign().id)
    }
    #expect(promised.count == 3 && promised.refusals == ["quota.storage"])
    let refused = await attempts { _ in
      try await world.upload(Self.box, to: try await world.createDesign().id)
    }
    #expect(refused.count == 0 && refused.refusals == ["quota.storage"])
    // Finishing turns the promise into what is stored.
    for upload in try await uploads.vault.openUploads(brand: world.brand).data.prefix(2) {
      try await uploads.goOn(upload.id, Self.box)
    }
    let quota = try await uploads.vault.quota(of: world.brand)
    #expect(quota.storedBytes == Self.box.count * 2 && quota.promisedBytes == Self.box.count)
    #expect(quota.storedBytesMax == room && quota.openUploads == 1)
    let last = try #require(try await uploads.vault.openUploads(brand: world.brand).data.first)
    try await uploads.vault.deleteUpload(brand: world.brand, last.id)
    let single = await attempts { _ in
      try await world.upload(Self.box, to: try await world.createDesign().id)
    }
    #expect(single.count == 1 && single.refusals == ["quota.storage"])
    #expect(try await world.count(.file) == 3)
    try await uploads.expectNothingLeft(files: 3)
  }

  @Test("a brand has so many open uploads and no more, also at once; its operator may say how many")
  func limitsOpenUploads() async throws {
    let uploads = try await ResumingWorld { $0.brandOpenUploadsMax = 2 }
    let (world, design) = (uploads.world, try await uploads.world.createDesign())
    let first = await attempts { _ in _ = try await uploads.begin(Self.box, of: design.id) }
    #expect(first.count == 2 && first.refusals == ["quota.uploads"])
    let set = try await uploads.vault.setQuota(
      of: world.brand, storedBytesMax: Self.box.count * 5, openUploadsMax: 4)
    #expect(set.openUploadsMax == 4 && set.openUploads == 2)
    #expect(set.storedBytesMax == Self.box.count * 5)
    let second = await attempts { _ in _ = try await uploads.begin(Self.box, of: design.id) }
    #expect(second.count == 2 && second.refusals == ["quota.uploads"])
    let reset = try await uploads.vault.setQuota(
      of: world.brand, storedBytesMax: nil, openUploadsMax: nil)
    #expect(reset.openUploadsMax == 2 && reset.storedBytesMax == VaultLimits().brandStoredBytesMax)
    let other = try await world.addBrand()
    let theirs = try await world.createDesign(brand: other)
    _ = try await uploads.begin(Self.box, of: theirs.id, brand: other)
  }

  @Test("a quota is refused with what is used and allowed, before or while the bytes arrive")
  func says() async throws {
    let uploads = try await ResumingWorld { $0.brandStoredBytesMax = 1000 }
    let (world, design) = (uploads.world, try await uploads.world.createDesign())
    let other = try await world.createDesign()
    try await world.upload(Self.box, to: design.id)
    let problem = await #expect(throws: Problem.self) {
      try await world.upload(Self.box, to: other.id) {
        // No length was declared, so it shows when there are too many.
        Pieces($0, size: 100, before: { #expect($0 <= 4) })
      }
    }
    #expect(problem?.code == "quota.storage")
    #expect(problem?.detail.contains("\(Self.box.count) bytes are stored") == true)
    #expect(problem?.detail.contains("of 1000 allowed") == true)
    await expectProblem("quota.invalid") {
      _ = try await uploads.vault.setQuota(
        of: world.brand, storedBytesMax: -1, openUploadsMax: nil)
    }
    await expectProblem("not_found") {
      _ = try await uploads.vault.setQuota(
        of: BrandID("brd_0194f6c2d1e97a3c8f00aa5512345678")!, storedBytesMax: 1,
        openUploadsMax: nil)
    }
    try await uploads.expectNothingLeft(files: 1)
  }
}
