import Database
import Domain
import Ledger
import MeshFiles
import TestSupport
import Testing
import Workers

@testable import Vault

@Suite("Mesh formats")
struct MeshFormatTests {
  /// A box in a format, as a brand would send it.
  struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    let mediaType: String
    let bytes: [UInt8]
    let format: MeshFormat
    var testDescription: String { name }
  }

  static let samples = [
    Sample(name: "a.obj", mediaType: "model/obj", bytes: SampleMesh.boxOBJ(), format: .obj),
    Sample(name: "a.ply", mediaType: "model/ply", bytes: SampleMesh.boxPLY(), format: .plyASCII),
    Sample(name: "a.3mf", mediaType: "model/3mf", bytes: SampleMesh.box3MF(), format: .threeMF),
  ]

  private func worker() throws -> Worker {
    Worker(
      program: try #require(BuiltProduct.path, Comment(rawValue: BuiltProduct.missing)),
      budget: WorkerBudget(previewWidth: 0))
  }

  private func mesh(_ world: VaultWorld, _ design: DesignID) async throws -> FileView {
    let view = try await world.vault.design(brand: world.brand, design)
    return try #require(view.files.first { $0.purpose == .geometry })
  }

  private func view(_ world: VaultWorld, _ design: DesignID) async throws -> MeasurementView {
    try await world.vault.measurement(brand: world.brand, design: design)
  }

  private func release(_ world: VaultWorld, _ design: DesignID) async throws {
    _ = try await world.vault.releaseRevision(brand: world.brand, design: design, by: world.key)
  }

  @discardableResult
  private func measure(_ world: VaultWorld) async throws -> MeasuringState? {
    try await world.vault.measure(try #require(try await world.vault.nextMeasuringJob()))
  }

  @Test(
    "a mesh that is no STL has its sizes from a worker, and is not released before",
    arguments: samples)
  func measured(sample: Sample) async throws {
    let world = try await VaultWorld(worker: try worker())
    let design = try await world.createDesign().id
    let file = try await world.upload(
      sample.bytes, to: design, name: sample.name, mediaType: sample.mediaType)
    #expect(file.measurement == nil)
    await expectProblem("mesh.measuring") { try await release(world, design) }
    #expect(try await measure(world) == .done)
    let measured = try #require(try await mesh(world, design).measurement)
    #expect(measured.format == sample.format && measured.size == [20, 30, 5])
    #expect((measured.volumeCubicMillimetres - 3000).magnitude < 1e-9 && measured.isClosed)
    #expect(measured.unit == .millimeter)
    #expect(measured.unitSource == (sample.format == .threeMF ? .file : .assumed))
    let view = try await view(world, design)
    #expect(view.vertices == 8 && view.shells == 1 && view.isWatertight == true)
    let fixture = try await ReleaseWorld(world, releasing: design, contents: [:])
    try await fixture.record()
    let files = try await world.vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
    #expect(files.map(\.unit) == [.millimeter])
    #expect(try await fixture.open(files[0]) == sample.bytes)
  }

  @Test(
    "a mesh in another unit has the sizes that it is printed in, and the bureau is told the unit")
  func units() async throws {
    let world = try await VaultWorld(worker: try worker())
    for (bytes, name, type) in [
      (SampleMesh.box(), "a.stl", "model/stl"), (SampleMesh.boxOBJ(), "a.obj", "model/obj"),
    ] {
      let design = try await world.createDesign().id
      try await world.upload(bytes, to: design, name: name, mediaType: type, unit: .inch)
      try await measure(world)
      let file = try await mesh(world, design)
      let measured = try #require(file.measurement)
      #expect(file.unit == .inch && measured.unit == .inch && measured.unitSource == .sender)
      for (size, expected) in zip([0, 1, 2].map { measured.size[$0] }, [508, 762, 127]) {
        #expect((size - Double(expected)).magnitude < 1e-9, "\(name)")
      }
      #expect((measured.volumeCubicMillimetres / 3000 / 16387.064 - 1).magnitude < 1e-12)
      let fixture = try await ReleaseWorld(world, releasing: design, contents: [:])
      try await fixture.record()
      let files = try await world.vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
      #expect(files.map(\.unit) == [.inch])
    }
  }

  @Test("a 3MF file says its own unit, and is refused with another one beside it")
  func statedUnit() async throws {
    let world = try await VaultWorld(worker: try worker())
    let design = try await world.createDesign().id
    let bytes = SampleMesh.box3MF(2, 3, 5, unit: "inch")
    await expectProblem("mesh.unit_stated") {
      try await world.upload(bytes, to: design, name: "a.3mf", mediaType: "model/3mf", unit: .inch)
    }
    try await world.upload(bytes, to: design, name: "a.3mf", mediaType: "model/3mf")
    try await measure(world)
    let measured = try #require(try await mesh(world, design).measurement)
    #expect(measured.unit == .inch && measured.unitSource == .file)
    #expect((measured.size.x - 50.8).magnitude < 1e-9)
  }

  @Test("a part that would rather be of another unit is suspected aloud, unless its unit was said")
  func suspected() async throws {
    let world = try await VaultWorld()
    for (unit, problems) in [(nil, [MeshProblem.Code.unitSuspected]), (MeshUnit.inch, [])] {
      let design = try await world.createDesign().id
      let file = try await world.upload(SampleMesh.box(1, 2, 3), to: design, unit: unit)
      #expect(file.problems.map(\.code) == problems)
    }
  }

  @Test("a document has no unit")
  func documentUnit() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign().id
    await expectProblem("file.unit") {
      try await world.upload(
        SampleDocument.pdf, to: design, name: "a.pdf", purpose: .drawing,
        mediaType: "application/pdf", unit: .inch)
    }
  }

  @Test("what a file is called and sent as has to be what it is; a type for anything says nothing")
  func contradictions() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign().id
    for (bytes, name, type) in [
      (SampleMesh.boxOBJ(), "part", "model/stl"), (SampleMesh.boxOBJ(), "part.stl", "model/obj"),
      (SampleMesh.box(), "part.3MF", "application/octet-stream"),
      (SampleMesh.box3MF(), "part.3mf", "model/ply"),
      (SampleMesh.boxPLY(), "part.obj", "application/octet-stream"),
    ] {
      for size in [7, 4096] {
        await expectProblem("file.content") {
          try await world.upload(bytes, to: design, name: name, mediaType: type) {
            Pieces($0, size: size)
          }
        }
      }
    }
    await expectProblem("mesh.unrecognised") {
      try await world.upload(
        SampleDocument.pdf, to: design, name: "part.obj", mediaType: "model/obj")
    }
    #expect(try await world.leftovers().isEmpty)
    for (index, sample) in Self.samples.enumerated() {
      let design = try await world.createDesign().id
      try await world.upload(
        sample.bytes, to: design, name: "part \(index)", mediaType: "application/octet-stream")
    }
  }

  @Test("the bytes that a mesh may have are counted while it comes in, whatever its format")
  func tooLarge() async throws {
    let limits = VaultLimits(filesMax: 32, mesh: MeshLimits(bytesMax: 150))
    let world = try await VaultWorld(limits: limits)
    let design = try await world.createDesign().id
    for sample in Self.samples {
      await expectProblem("mesh.too_large") {
        try await world.upload(
          sample.bytes, to: design, name: sample.name, mediaType: sample.mediaType
        ) { Pieces($0, size: 100) }
      }
    }
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("a mesh that ends its workers has no sizes, and says so wherever they are asked for")
  func quarantine() async throws {
    let world = try await VaultWorld(worker: Worker(program: WorkerDouble.dies.path))
    let design = try await world.createDesign().id
    try await world.upload(SampleMesh.box3MF(), to: design, name: "a.3mf", mediaType: "model/3mf")
    #expect(try await measure(world) == .pending)
    #expect(try await measure(world) == .quarantined)
    #expect(try await mesh(world, design).measurement == nil)
    #expect(try await view(world, design).problems == [])
    await expectProblem("mesh.quarantined") { try await release(world, design) }
  }

  @Test("where there are no workers, a mesh without sizes is not released")
  func noWorkers() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign().id
    try await world.upload(SampleMesh.boxOBJ(), to: design, name: "a.obj", mediaType: "model/obj")
    await expectProblem("mesh.not_measured") { try await release(world, design) }
  }

  @Test("an upload in pieces keeps its unit until it is a file")
  func resumed() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign().id
    let bytes = SampleMesh.boxOBJ()
    let upload = try await world.vault.createUpload(
      brand: world.brand,
      NewUpload(
        design: design, name: "a.obj", mediaType: "model/obj", unit: .centimeter,
        length: bytes.count, metadata: ""))
    #expect(upload.unit == .centimeter)
    for range in [0..<100, 100..<bytes.count] {
      _ = try await world.vault.receive(
        upload.id, brand: world.brand, at: range.lowerBound, body: Pieces(Array(bytes[range])))
    }
    #expect(try await mesh(world, design).unit == .centimeter)
  }

  @Test("an approval counts for the unit that it was given for")
  func approval() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign().id
    try await world.upload(SampleMesh.box(), to: design, unit: .inch)
    let profile = [ProfileView](
      try await world.vault.design(brand: world.brand, design).revision.profiles)
    let revision = try await world.vault.design(brand: world.brand, design).revision.id
    let digest = { (unit: MeshUnit?) in
      try await world.run(
        "UPDATE design_file SET unit = \(unit.map { "'\($0.rawValue)'" } ?? "NULL")")
      let files = try await world.database.read {
        try $0.rows(DesignStore.files, revision, world.brand).map(StoredFile.init(row:))
      }
      return try Vault.contentDigest(revision, profiles: profile, files: files)
    }
    let digests = [try await digest(.inch), try await digest(.foot), try await digest(nil)]
    #expect(Set(digests).count == 3)
  }
}
