import BlobStore
import Database
import Domain
import Ledger
import MeshFiles
import Sealing
import TestSupport
import Testing
import Workers

@testable import Vault

@Suite("STEP files")
struct StepTests {
  static let sizes = DeclaredSizes(
    size: SIMD3(40, 30, 10), volumeCubicMillimetres: 10_869, areaSquareMillimetres: 3950.8)

  /// A draft whose STEP file was looked at.
  private func kept(_ world: VaultWorld) async throws -> DesignID {
    let design = try await world.createDesign().id
    let file = try await world.upload(
      SampleMesh.step, to: design, name: "plate.stp", mediaType: "application/octet-stream")
    #expect(file.measurement == nil)
    let job = try #require(try await world.vault.nextMeasuringJob())
    #expect(try await world.vault.measure(job) == .refused)
    return design
  }

  private func world() async throws -> VaultWorld {
    // No worker is ever started for STEP: this program does not exist.
    try await VaultWorld(worker: Worker(program: "/nonexistent"))
  }

  private func release(_ world: VaultWorld, _ design: DesignID, by key: APIKeyID? = nil)
    async throws -> DesignView
  {
    try await world.vault.releaseRevision(
      brand: world.brand, design: design, by: key ?? world.key)
  }

  private func declare(
    _ world: VaultWorld, _ design: DesignID, _ sizes: DeclaredSizes = StepTests.sizes
  ) async throws -> DesignView {
    try await world.vault.declareSizes(brand: world.brand, design: design, sizes)
  }

  @Test(
    "a STEP file is kept and dispatched, and its brand is told what is missing until it says it")
  func declared() async throws {
    let world = try await world()
    let design = try await kept(world)
    let view = try await world.vault.measurement(brand: world.brand, design: design)
    #expect(view.state == .refused && view.code == "geometry.not_measured" && view.crashes == 0)
    let detail = try #require(view.detail)
    for word in ["size", "volume", "area", "brand measure"] { #expect(detail.contains(word)) }
    await expectProblem("geometry.not_measured") { _ = try await release(world, design) }

    let said = try await declare(world, design)
    #expect(said.files[0].measurement?.declared == Self.sizes)
    #expect(said.revision.measurement?.state == .done && said.revision.measurement?.code == nil)
    #expect(said.actions.contains("release") && said.actions.contains("declare"))
    #expect(try await release(world, design).revision.state == .released)

    let fixture = try await ReleaseWorld(world, releasing: design, contents: [:])
    try await fixture.record()
    let files = try await world.vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
    // The file itself says its unit.
    #expect(files.map(\.unit) == [nil])
    #expect(try await fixture.open(files[0]) == SampleMesh.step)
  }

  @Test("what was said can be said again of a draft, and never of what may have been sold by it")
  func again() async throws {
    let world = try await world()
    let design = try await kept(world)
    _ = try await declare(world, design)
    var other = Self.sizes
    other.size.x = 41
    let version = try await world.vault.design(brand: world.brand, design).version
    let view = try await declare(world, design, other)
    #expect(view.files[0].measurement?.size.x == 41 && view.version == version + 1)
    _ = try await release(world, design)
    await expectProblem("design.no_draft") { _ = try await declare(world, design) }
    let actions = try await world.database.read {
      try $0.rows(
        Statement("SELECT action FROM audit_entry WHERE brand_id = $1 ORDER BY number"), world.brand
      ).map { try $0.text("action") }
    }
    #expect(actions.count { $0 == "sizes.declared" } == 2)
  }

  @Test("an approval does not count for sizes that are said after it")
  func approvals() async throws {
    let world = try await world()
    let design = try await kept(world)
    try await world.database.write {
      _ = try $0.run(
        Statement("UPDATE brand SET release_approvals = 2 WHERE id = $1"), world.brand)
    }
    _ = try await declare(world, design)
    #expect(try await release(world, design).revision.approvals.count == 1)
    var other = Self.sizes
    other.volumeCubicMillimetres = 9000
    #expect(try await declare(world, design, other).revision.approvals == [])
    // And counts again for what it was given for.
    #expect(try await declare(world, design).revision.approvals.count == 1)
  }

  @Test("nobody says the sizes of a mesh, impossible ones, or those of another brand's file")
  func refused() async throws {
    let world = try await world()
    let mesh = try await world.createDesign().id
    await expectProblem("design.no_geometry") { _ = try await declare(world, mesh) }
    try await world.upload(SampleMesh.box(), to: mesh)
    await expectProblem("geometry.is_measured") { _ = try await declare(world, mesh) }
    let design = try await world.createDesign().id
    try await world.upload(SampleMesh.step, to: design, name: "a.step", mediaType: "model/step")
    // Somebody is about to look at it.
    await expectProblem("mesh.measuring") { _ = try await declare(world, design) }
    var wrong = Self.sizes
    wrong.areaSquareMillimetres = 10
    await expectProblem("geometry.sizes") { _ = try await declare(world, design, wrong) }
    let other = try await VaultWorld.addBrand(world.database, world.clock.ambient)
    await expectProblem("not_found") {
      _ = try await world.vault.declareSizes(brand: other, design: design, Self.sizes)
    }
  }

  @Test("a STEP file is called one, and nothing else is")
  func names() async throws {
    let world = try await world()
    let design = try await world.createDesign().id
    for (bytes, name, type) in [
      (SampleMesh.step, "a.stl", "application/octet-stream"),
      (SampleMesh.step, "a.bin", "application/octet-stream"), (SampleMesh.step, "a", "model/stl"),
      (SampleMesh.box(), "a.step", "application/octet-stream"),
      (SampleMesh.box(), "a", "model/step"),
    ] {
      await expectProblem("file.content") {
        try await world.upload(bytes, to: design, name: name, mediaType: type)
      }
    }
    await expectProblem("mesh.unit_stated") {
      try await world.upload(
        SampleMesh.step, to: design, name: "a.step", mediaType: "model/step", unit: .inch)
    }
    await expectProblem("mesh.truncated") {
      try await world.upload(
        SampleMesh.step.dropLast(20), to: design, name: "a.step", mediaType: "model/step")
    }
  }

  @Test("sizes that a brand has said go with its archive")
  func archived() async throws {
    let world = try await world()
    var generator = SeededGenerator(seed: 3)
    let identity = try Identity.generate(.mlkem768x25519, using: &generator)
    try await world.register(identity.recipient)
    let design = try await kept(world)
    _ = try await declare(world, design)
    _ = try await release(world, design)
    let bytes = try await world.exported(world.brand)
    let there = try await VaultWorld.other()
    _ = try await there.imported(bytes, [identity])
    let view = try await there.vault.design(brand: world.brand, design)
    #expect(view.files[0].measurement?.declared == Self.sizes)
    #expect(view.revision.state == .released && view.revision.measurement?.state == .done)
    #expect(view.revision.approvals.count == 1)
  }

  @Test("an archive takes no brand's word for a mesh, and none that is impossible")
  func forged() throws {
    func file(_ name: String, _ type: String, _ measurement: MeshSummary) throws -> ArchivedFile {
      var generator = SeededGenerator(seed: 4)
      let stored = StoredFile(
        id: FileID(at: Instant(milliseconds: 0), using: &generator),
        brand: BrandID(at: Instant(milliseconds: 0), using: &generator),
        design: DesignID(at: Instant(milliseconds: 0), using: &generator),
        revision: RevisionID(at: Instant(milliseconds: 0), using: &generator), name: name,
        purpose: .geometry, mediaType: type, blob: BlobName(using: &generator), plaintextBytes: 0,
        payloadBytes: 32, payloadSHA256: [UInt8](repeating: 0, count: 32), unit: nil,
        measurement: measurement, createdAt: Instant(milliseconds: 0))
      return try ArchivedFile(stored, .archived, until: Instant(milliseconds: 0))
    }
    let said = MeshSummary(declared: Self.sizes)
    #expect(try file("a.step", "model/step", said).declaredSizes == Self.sizes)
    #expect(try file("a.obj", "model/obj", said).declaredSizes == nil)
    var wrong = Self.sizes
    wrong.volumeCubicMillimetres = 1e9
    #expect(
      try file("a.step", "model/step", MeshSummary(declared: wrong)).declaredSizes == nil)
    let converted = MeshSummary(converted: try SampleMesh.measurement(20, 30, 5))
    #expect(try file("a.step", "model/step", converted).declaredSizes?.size == SIMD3(20, 30, 5))
  }
}

@Suite("STEP files with a converter")
struct ConvertedStepTests {
  private func world(
    _ double: ConverterDouble, convertedBytesMax: Int = 64 << 20
  ) async throws -> (VaultWorld, DesignID) {
    let program = try #require(BuiltProduct.path, Comment(rawValue: BuiltProduct.missing))
    let world = try await VaultWorld(
      worker: Worker(
        program: program,
        budget: WorkerBudget(previewWidth: 64, convertedBytesMax: convertedBytesMax)),
      converter: StepConverter(.prusaSlicer, program: double.path))
    let design = try await world.createDesign().id
    try await world.upload(
      SampleMesh.step, to: design, name: "plate.step", mediaType: "model/step")
    return (world, design)
  }

  private func measure(_ world: VaultWorld) async throws -> MeasuringState? {
    try await world.vault.measure(try #require(try await world.vault.nextMeasuringJob()))
  }

  @Test("a STEP file has the sizes of the mesh that a converter makes of it, and a picture")
  func converted() async throws {
    let (world, design) = try await world(.makesTetrahedron)
    #expect(try await measure(world) == .done)
    let view = try await world.vault.design(brand: world.brand, design)
    let measured = try #require(view.files[0].measurement)
    #expect(measured.measuredBy == .converter && measured.format == .step)
    #expect(measured.size == SIMD3(10, 20, 30) && measured.triangles == 4)
    #expect((measured.volumeCubicMillimetres - 1000).magnitude < 1e-6)
    #expect(view.revision.measurement?.isWatertight == true)
    #expect(!view.actions.contains("declare"))
    await expectProblem("geometry.is_measured") {
      _ = try await world.vault.declareSizes(brand: world.brand, design: design, StepTests.sizes)
    }
    #expect(try await measure(world) == .done)
    let picture = try await world.vault.preview(
      brand: world.brand, design: design, revision: view.revision.id)
    #expect(picture.starts(with: [0x89, 0x50]))
    let released = try await world.vault.releaseRevision(
      brand: world.brand, design: design, by: world.key)
    #expect(released.revision.state == .released)
  }

  @Test(
    "a converter that makes no mesh leaves the sizes to the brand",
    arguments: [ConverterDouble.refuses, .dies, .makesNothing, .makesOBJ, .copies])
  func lying(double: ConverterDouble) async throws {
    let (world, design) = try await world(double)
    #expect(try await measure(world) == .refused)
    let measured = try await world.vault.measurement(brand: world.brand, design: design)
    #expect(measured.code == "geometry.not_converted" && measured.crashes == 0)
    #expect(measured.detail?.contains("brand measure") == true)
    let said = try await world.vault.declareSizes(
      brand: world.brand, design: design, StepTests.sizes)
    #expect(said.files[0].measurement?.declared == StepTests.sizes)
  }

  @Test("a STEP file that is larger than what is converted is kept, and its brand says the sizes")
  func tooLarge() async throws {
    let (world, design) = try await world(
      .makesTetrahedron, convertedBytesMax: SampleMesh.step.count - 1)
    #expect(try await measure(world) == .refused)
    let measured = try await world.vault.measurement(brand: world.brand, design: design)
    #expect(measured.code == "geometry.not_converted")
    #expect(measured.detail?.contains("that are converted") == true)
  }
}
