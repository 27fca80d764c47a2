import BlobStore
import Database
import Domain
import Synchronization
import TestSupport
import Testing

@testable import Vault

@Suite("Refused and broken uploads")
struct UploadRefusalTests {
  @Test("files that are no whole mesh are refused with the mesh reader's code, and nothing stays")
  func refusesMeshes() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    let good = SampleMesh.noise(facets: 5000, seed: 1)
    var infinite = good
    infinite.replaceSubrange(200_000..<200_004, with: [0, 0, 0x80, 0x7F])
    infinite.replaceSubrange(200_004..<200_020, with: [UInt8](repeating: 0xFF, count: 16))
    let cases: [(String, [UInt8])] = [
      ("mesh.empty", []),
      ("mesh.truncated", Array(good.dropLast(7))),
      ("mesh.not_finite", infinite),
      ("mesh.trailing_data", good + [0]),
    ]
    for (code, bytes) in cases {
      await expectProblem(code) { try await world.upload(bytes, to: design.id) }
      #expect(try await world.leftovers().isEmpty)
      #expect(try await world.count(.blob) == 0)
    }
    // The name is free again.
    try await world.upload(good, to: design.id)
  }

  @Test(
    "a file beyond the limit is refused at the first byte too many, or at once where it says so")
  func refusesLargeFiles() async throws {
    let world = try await VaultWorld(limits: VaultLimits(fileBytesMax: 1000))
    let design = try await world.createDesign()
    let bytes = SampleMesh.noise(facets: 1000, seed: 2)
    await expectProblem("file.too_large") {
      try await world.upload(bytes, to: design.id) {
        Pieces($0, before: { #expect($0 == 0, "read on after the limit") })
      }
    }
    await expectProblem("file.too_large") {
      try await world.vault.upload(
        brand: world.brand, design: design.id, fileName: "a.stl", mediaType: "model/stl",
        declaredBytes: 1001, body: Pieces(bytes, before: { _ in Issue.record("read") }))
    }
    #expect(try await world.count(.blob) == 0)
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("a sender that disconnects leaves nothing, and its error comes back as it was")
  func survivesDisconnects() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    await #expect(throws: Pieces.Disconnected.self) {
      try await world.upload(SampleMesh.noise(facets: 5000, seed: 3), to: design.id) {
        Pieces($0, before: { if $0 == 12 { throw Pieces.Disconnected() } })
      }
    }
    #expect(try await world.count(.blob) == 0)
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("a cancelled upload leaves nothing, even when its body just ends")
  func survivesCancellation() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    let upload = Task {
      try await world.upload(SampleMesh.noise(facets: 5000, seed: 4), to: design.id) { bytes in
        Pieces(bytes, atEnd: { withUnsafeCurrentTask { $0?.cancel() } })
      }
    }
    await #expect(throws: CancellationError.self) { try await upload.value }
    #expect(try await world.count(.blob) == 0)
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("a design whose draft was given up is asked for no byte of a file, and says withdrawn")
  func refusesAfterWithdrawal() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    _ = try await world.vault.withdrawRevision(
      brand: world.brand, design: design.id, design.revision.id, reason: "A slip."
    ) { _, _, _ in }
    let asked = Mutex(0)
    let body = AsyncStream<[UInt8]> {
      asked.withLock { $0 += 1 }
      return nil
    }
    let problem = await #expect(throws: Problem.self) {
      _ = try await world.vault.upload(
        brand: world.brand, design: design.id, fileName: "a.stl", mediaType: "model/stl", body: body
      )
    }
    #expect(problem?.code == "design.no_draft")
    #expect(problem?.detail.contains("is withdrawn") == true && asked.withLock { $0 } == 0)
  }

  @Test("a draft that is released during an upload does not get the file")
  func refusesAfterRelease() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    try await world.upload(SampleMesh.box(), to: design.id, name: "first.stl")
    await expectProblem("design.no_draft") {
      try await world.upload(
        SampleDocument.csv, to: design.id, name: "second.csv", purpose: .inspectionPlan,
        mediaType: "text/csv"
      ) {
        Pieces(
          $0,
          atEnd: {
            _ = try await world.vault.releaseRevision(
              brand: world.brand, design: design.id, by: world.key)
          })
      }
    }
    #expect(try await world.count(.file) == 1)
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("a sweep during an upload leaves it alone")
  func sweepsAroundUploads() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    try await world.upload(SampleMesh.noise(facets: 5000, seed: 5), to: design.id) {
      Pieces($0, before: { _ in try await world.vault.sweep() })
    }
    #expect(try await world.count(.file) == 1)
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("an upload whose blob another process abandoned fails, and nothing stays")
  func failsWhenAbandoned() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    await expectProblem("internal") {
      try await world.upload(SampleMesh.box(), to: design.id) {
        Pieces($0, atEnd: { try await world.run("UPDATE blob SET state = 'abandoned'") })
      }
    }
    #expect(try await world.count(.file) == 0)
    #expect(try await world.leftovers().isEmpty)
  }
}
