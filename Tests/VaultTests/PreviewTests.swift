import Database
import Domain
import Geometry
import Ledger
import MeshFiles
import Sealing
import TestSupport
import Testing
import Workers

@testable import Vault

@Suite("Previews")
struct PreviewTests {
  private func worker() throws -> Worker {
    Worker(
      program: try #require(BuiltProduct.path, Comment(rawValue: BuiltProduct.missing)),
      budget: WorkerBudget(cpuSeconds: 600, previewWidth: 32))
  }

  /// A design whose mesh is measured, and the job to draw it.
  private func measured(
    _ world: VaultWorld, _ mesh: [UInt8] = SampleMesh.box()
  ) async throws -> (DesignView, MeasuringJob) {
    let design = try await world.createDesign().id
    try await world.upload(mesh, to: design)
    let measuring = try #require(try await world.vault.nextMeasuringJob())
    #expect(measuring.kind == .measure)
    #expect(try await world.vault.measure(measuring) == .done)
    let drawing = try #require(try await world.vault.nextMeasuringJob())
    #expect(drawing.kind == .draw && drawing.file == measuring.file)
    return (try await world.vault.design(brand: world.brand, design), drawing)
  }

  private func preview(_ world: VaultWorld, _ design: DesignView) async throws -> [UInt8] {
    try await world.vault.preview(
      brand: world.brand, design: design.id, revision: design.revision.id)
  }

  /// A world whose meshes are measured, and whose pictures a double draws.
  private func drawn(
    by double: WorkerDouble, _ mesh: [UInt8] = SampleMesh.box()
  ) async throws -> (VaultWorld, DesignView) {
    let world = try await VaultWorld(worker: try worker())
    let (design, job) = try await measured(world, mesh)
    let vault = Vault(
      database: world.database, blobs: world.blobs, keys: world.ring.holder, ledger: world.ledger,
      ambient: world.clock.ambient,
      worker: Worker(program: double.path, budget: WorkerBudget(previewWidth: 32)))
    #expect(try await vault.measure(job) == .refused)
    return (world, design)
  }

  @Test("a mesh is drawn once it is measured, and its brand sees it")
  func isDrawn() async throws {
    let world = try await VaultWorld(worker: try worker())
    let (design, job) = try await measured(world)
    await expectProblem("preview.none") { _ = try await preview(world, design) }
    #expect(try await world.vault.measure(job) == .done)
    let picture = try await preview(world, design)
    // Signature, IHDR, 32 × 24, 8 bits of red, green and blue.
    #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]))
    #expect(Array(picture[16..<26]) == [0, 0, 0, 32, 0, 0, 0, 24, 8, 2])
    #expect(picture.count > 200)
    #expect(try await world.vault.nextMeasuringJob() == nil)
    let other = try await world.addBrand()
    await expectProblem("not_found") {
      _ = try await world.vault.preview(
        brand: other, design: design.id, revision: design.revision.id)
    }
  }

  @Test("a picture is stored sealed, under a key that opens neither the file nor another's picture")
  func sealed() async throws {
    let world = try await VaultWorld(worker: try worker())
    let (design, job) = try await measured(world)
    try await world.vault.measure(job)
    let picture = try await preview(world, design)
    let stored = try await world.database.read {
      try $0.row(Statement("SELECT sealed FROM preview"))?.blob("sealed")
    }
    let sealed = try #require(stored)
    #expect(sealed.count > picture.count && !sealed.contains([0x49, 0x48, 0x44, 0x52]))
    let (file, key) = try #require(
      try await world.vault.openable(job.file) {
        try $0.row(DesignStore.file, job.file, job.design, job.brand)
      })
    var opener = PayloadOpener(fileKey: key)
    #expect(throws: (any Error).self) {
      var plain: [UInt8] = []
      try opener.open(sealed, into: &plain)
      try opener.finish(into: &plain)
    }
    #expect(try SealedPreview(of: file, key).opened(sealed) == picture)

    let (second, secondJob) = try await measured(world)
    try await world.vault.measure(secondJob)
    try await world.run(
      "UPDATE preview SET sealed = (SELECT sealed FROM preview WHERE file_id = '\(job.file)')")
    #expect(try await preview(world, design) == picture)
    await expectProblem("vault.record") { _ = try await preview(world, second) }
  }

  @Test(
    "a worker that dies, or answers no picture of the size, leaves none, and the mesh as it is",
    arguments: [
      WorkerDouble.dies, .exits, .answersUntrue, .answersUnread, .outOfMemory, .neverStopsTalking,
    ])
  func noPicture(double: WorkerDouble) async throws {
    let (world, design) = try await drawn(by: double)
    await expectProblem("preview.none") { _ = try await preview(world, design) }
    #expect(try await world.vault.nextMeasuringJob() == nil)
    let view = try await world.vault.measurement(brand: world.brand, design: design.id)
    #expect(view.state == .done && view.crashes == 0)
    _ = try await world.vault.releaseRevision(brand: world.brand, design: design.id, by: world.key)
  }

  @Test(
    "a server that dies while a mesh is drawn leaves it to the next, and so does one that cannot start"
  )
  func serverDies() async throws {
    let world = try await VaultWorld(worker: try worker())
    let (design, old) = try await measured(world)
    let restarted = world.restarted()
    try await restarted.resumeMeasuring()
    let job = try #require(try await restarted.nextMeasuringJob())
    let broken = Vault(
      database: world.database, blobs: world.blobs, keys: world.ring.holder, ledger: world.ledger,
      ambient: world.clock.ambient, worker: Worker(program: "/nonexistent"))
    await #expect(throws: WorkerFault.self) { try await broken.measure(job) }
    // The attempt that the dead server had begun settles nothing.
    try await world.vault.measure(old)
    await expectProblem("preview.none") { _ = try await preview(world, design) }
    let last = try #require(try await world.vault.nextMeasuringJob())
    #expect(try await world.vault.measure(last) == .done)
    _ = try await preview(world, design)
  }

  @Test("what was measured before there were pictures gets one at the next start")
  func older() async throws {
    let world = try await VaultWorld(worker: try worker())
    let (design, _) = try await measured(world)
    let (shredded, _) = try await measured(world)
    _ = try await world.vault.shred(
      brand: world.brand, design: shredded.id, named: "Leg cap", by: world.key
    ) { _, _ in }
    try await world.run("DELETE FROM preview")
    try await world.restarted().resumeMeasuring()
    let job = try #require(try await world.vault.nextMeasuringJob())
    #expect(job.kind == .draw && job.design == design.id)
    #expect(try await world.vault.measure(job) == .done)
    _ = try await preview(world, design)
    // Once: a picture that is there stays, and what is shredded asks for none.
    try await world.restarted().resumeMeasuring()
    #expect(try await world.vault.nextMeasuringJob() == nil)
  }

  @Test("a worker that draws without having read the mesh has drawn nothing")
  func unread() async throws {
    let mesh = SampleMesh.noise(facets: 20_000, seed: 3)
    let (world, design) = try await drawn(by: .drawsUnread, mesh)
    await expectProblem("preview.none") { _ = try await preview(world, design) }
  }

  @Test("a shredding takes the picture with it, also one that is being drawn")
  func shredded() async throws {
    let world = try await VaultWorld(worker: try worker())
    for isDrawn in [true, false] {
      let (design, job) = try await measured(world)
      if isDrawn { try await world.vault.measure(job) }
      _ = try await world.vault.shred(
        brand: world.brand, design: design.id, named: "Leg cap", by: world.key
      ) { _, _ in }
      if !isDrawn { _ = try? await world.vault.measure(job) }
      await expectProblem("revision.shredded") { _ = try await preview(world, design) }
      let rows = try await world.database.read {
        try $0.row(Statement("SELECT COUNT(*) AS n FROM preview"))?.integer("n", as: Int.self)
      }
      #expect(rows == 0)
    }
  }

  @Test("drawing counts for the brand's hour, like measuring")
  func use() async throws {
    let world = try await VaultWorld(worker: try worker())
    let (_, job) = try await measured(world)
    let now = world.clock.now
    let used = {
      try await world.database.read {
        try MeasuringUse($0, of: world.brand, at: now).cpuMilliseconds
      }
    }
    let before = try await used()
    try await world.vault.measure(job)
    #expect(try await used() > before)
  }
}
