import Database
import Domain
import Ledger
import MeshFiles
import TestSupport
import Testing
import Workers

@testable import Vault

@Suite("Measuring")
struct MeasuringTests {
  private func worker() throws -> Worker {
    Worker(
      program: try #require(BuiltProduct.path, Comment(rawValue: BuiltProduct.missing)),
      budget: WorkerBudget(previewWidth: 0))
  }

  private func uploaded(
    _ world: VaultWorld, _ mesh: [UInt8] = SampleMesh.box(), brand: BrandID? = nil
  ) async throws -> DesignID {
    let design = try await world.createDesign(brand: brand)
    try await world.upload(mesh, to: design.id, brand: brand)
    return design.id
  }

  private func view(_ world: VaultWorld, _ design: DesignID) async throws -> MeasurementView? {
    try await world.vault.design(brand: world.brand, design).revision.measurement
  }

  private func release(_ world: VaultWorld, _ design: DesignID) async throws {
    _ = try await world.vault.releaseRevision(brand: world.brand, design: design, by: world.key)
  }

  private func actions(_ world: VaultWorld) async throws -> [String] {
    try await world.database.read {
      try $0.rows(
        Statement("SELECT action FROM audit_entry WHERE brand_id = $1 ORDER BY number"), world.brand
      ).map { try $0.text("action") }
    }
  }

  @Test("a stored mesh is measured by a worker, and then its revision can be released")
  func done() async throws {
    let world = try await VaultWorld(worker: try worker())
    let design = try await uploaded(world)
    #expect(try await view(world, design)?.state == .pending)
    await expectProblem("mesh.measuring") { try await release(world, design) }
    let job = try #require(try await world.vault.nextMeasuringJob())
    #expect(try await view(world, design)?.state == .running)
    await expectProblem("mesh.measuring") { try await release(world, design) }
    #expect(try await world.vault.nextMeasuringJob() == nil)
    #expect(try await world.vault.measure(job) == .done)
    let measured = try #require(try await view(world, design))
    #expect(measured.vertices == 8 && measured.shells == 1 && measured.isWatertight == true)
    #expect(measured.problems == [] && measured.attempts == 1 && measured.crashes == 0)
    try await release(world, design)
  }

  @Test("what welding finds in a mesh is told with what the first pass has found")
  func problems() async throws {
    let world = try await VaultWorld(worker: try worker())
    let mesh = try Repository.bytes("Fixtures/meshes/two_cubes_sharing_an_edge.stl")
    let design = try await uploaded(world, mesh)
    try await world.vault.measure(try #require(try await world.vault.nextMeasuringJob()))
    let measured = try #require(try await view(world, design))
    #expect(measured.isWatertight == false)
    #expect(measured.problems.map(\.code) == [.nonManifoldEdges])
  }

  @Test("a mesh that ends two workers is put into quarantine, also over a restart between them")
  func quarantine() async throws {
    let world = try await VaultWorld(worker: Worker(program: WorkerDouble.dies.path))
    let design = try await uploaded(world)
    let first = try #require(try await world.vault.nextMeasuringJob())
    #expect(try await world.vault.measure(first) == .pending)
    #expect(try await view(world, design)?.crashes == 1)
    #expect(try await view(world, design)?.detail == "it ended by signal 11")
    let later = world.restarted()
    try await later.resumeMeasuring()
    let second = try #require(try await later.nextMeasuringJob())
    #expect(try await later.measure(second) == .quarantined)
    #expect(try await later.nextMeasuringJob() == nil)
    let held = try #require(try await view(world, design))
    #expect(held.code == "mesh.quarantined" && held.attempts == 2 && held.crashes == 2)
    await expectProblem("mesh.quarantined") { try await release(world, design) }
    #expect(
      try await world.vault.design(brand: world.brand, design).actions
        == ["upload", "profiles", "measure", "shred"])
    #expect(try await actions(world).last == "mesh.quarantined")

    let again = try await world.vault.measureAgain(brand: world.brand, design: design)
    #expect(again.state == .pending && again.crashes == 0 && again.code == nil)
    #expect(try await actions(world).last == "measuring.asked")
    _ = try await world.vault.measureAgain(brand: world.brand, design: design)
    #expect(try await actions(world).count { $0 == "measuring.asked" } == 1)
    let other = try await world.addBrand()
    await expectProblem("not_found") {
      _ = try await world.vault.measureAgain(brand: other, design: design)
    }
  }

  @Test("an answer that cannot be true counts as a crash")
  func lies() async throws {
    let world = try await VaultWorld(worker: Worker(program: WorkerDouble.answersUntrue.path))
    let design = try await uploaded(world)
    let job = try #require(try await world.vault.nextMeasuringJob())
    #expect(try await world.vault.measure(job) == .pending)
    #expect(try await view(world, design)?.crashes == 1)
    #expect(try await view(world, design)?.detail == "it answered what cannot be true")
  }

  @Test("a measurement from a worker that has not read the mesh is none")
  func readsNothing() async throws {
    let mesh = SampleMesh.noise(facets: 20_000, seed: 3)
    let world = try await VaultWorld(worker: Worker(program: WorkerDouble.answersUnread.path))
    let design = try await uploaded(world, mesh)
    try await world.vault.measure(try #require(try await world.vault.nextMeasuringJob()))
    #expect(try await view(world, design)?.crashes == 1)
  }

  @Test("a server that dies counts nothing against the mesh that was under way")
  func serverDies() async throws {
    let world = try await VaultWorld(worker: try worker())
    let design = try await uploaded(world)
    for attempt in 1...5 {
      _ = try #require(try await world.vault.nextMeasuringJob())
      try await world.restarted().resumeMeasuring()
      let waiting = try #require(try await view(world, design))
      #expect(waiting.state == .pending && waiting.attempts == attempt && waiting.crashes == 0)
    }
    let job = try #require(try await world.vault.nextMeasuringJob())
    #expect(try await world.vault.measure(job) == .done)
  }

  @Test("an attempt that is not the one under way settles nothing")
  func oldAttempt() async throws {
    let world = try await VaultWorld(worker: try worker())
    let design = try await uploaded(world)
    let old = try #require(try await world.vault.nextMeasuringJob())
    try await world.vault.resumeMeasuring()
    let new = try #require(try await world.vault.nextMeasuringJob())
    try await world.vault.measure(old)
    #expect(try await view(world, design)?.state == .running)
    try await world.vault.measure(new)
    #expect(try await view(world, design)?.state == .done)
  }

  @Test("that no worker can be started counts nothing against a mesh")
  func noWorker() async throws {
    let world = try await VaultWorld(worker: Worker(program: "/nonexistent"))
    let design = try await uploaded(world)
    for _ in 1...3 {
      let job = try #require(try await world.vault.nextMeasuringJob())
      await #expect(throws: WorkerFault.self) { try await world.vault.measure(job) }
    }
    let waiting = try #require(try await view(world, design))
    #expect(waiting.state == .pending && waiting.attempts == 3 && waiting.crashes == 0)
  }

  @Test(
    "a payload that is not what was uploaded gets no measurement: refused at once, in whichever chunk",
    arguments: [60, 100_000])
  func changedPayload(byte: Int) async throws {
    let world = try await VaultWorld(worker: try worker())
    let design = try await uploaded(world, SampleMesh.noise(facets: 5000, seed: 4))
    let name = try #require(
      try world.directory.files().first { $0.hasPrefix("data/blobs/") })
    var bytes = try world.directory.read(name)
    bytes[byte] ^= 1
    try world.directory.write(bytes, to: name)
    let job = try #require(try await world.vault.nextMeasuringJob())
    await expectProblem("vault.record") { try await world.vault.measure(job) }
    let refused = try #require(try await view(world, design))
    #expect(refused.state == .refused && refused.code == "vault.record")
    await expectProblem("vault.record") {
      _ = try await world.vault.isSame(
        brand: world.brand, design: design, job.file, sha256: String(repeating: "0", count: 64))
    }
  }

  @Test("a mesh whose attempt failed waits behind the brand's other meshes")
  func behindOthers() async throws {
    for program in [WorkerDouble.dies.path, "/nonexistent"] {
      let world = try await VaultWorld(worker: Worker(program: program))
      _ = try await uploaded(world)
      world.clock.advance(by: .seconds(1))
      _ = try await uploaded(world)
      let first = try #require(try await world.vault.nextMeasuringJob())
      world.clock.advance(by: .seconds(1))
      _ = try? await world.vault.measure(first)
      let second = try #require(try await world.vault.nextMeasuringJob())
      #expect(second.file != first.file, "\(program)")
    }
  }

  @Test("a mesh that nobody can release any more leaves the queue", arguments: [true, false])
  func notNeeded(isShredded: Bool) async throws {
    let world = try await VaultWorld(worker: Worker(program: "/nonexistent"))
    let design = try await uploaded(world)
    let job = try #require(try await world.vault.nextMeasuringJob())
    _ = try? await world.vault.measure(job)
    let revision = try await world.vault.design(brand: world.brand, design).revision.id
    try await world.run(
      "UPDATE revision SET state = '\(isShredded ? "shredded" : "withdrawn")' "
        + "WHERE id = '\(revision)'")
    if isShredded {
      try await world.run("UPDATE design_file SET wrapped_key = NULL")
    }
    let again = try #require(try await world.vault.nextMeasuringJob())
    #expect(try await world.vault.measure(again) == nil)
    #expect(try await world.vault.nextMeasuringJob() == nil)
    #expect(try await view(world, design) == nil)
  }

  @Test("a brand with many meshes and one with few take turns")
  func turns() async throws {
    let world = try await VaultWorld(worker: try worker())
    let few = try await world.addBrand()
    for _ in 0..<6 { _ = try await uploaded(world) }
    for _ in 0..<2 { _ = try await uploaded(world, brand: few) }
    var order: [BrandID] = []
    while let job = try await world.vault.nextMeasuringJob() { order.append(job.brand) }
    #expect(order.count == 8)
    #expect(order.prefix(4).count { $0 == few } == 2, "\(order)")
  }

  @Test("brands that come back with one mesh after another leave a third its turns")
  func comeAndGo() {
    // One place: while a brand's only mesh is under way, the brand does not wait.
    let turns = MeasuringTurns()
    let brands = (1...3).map { BrandID("brd_" + String(repeating: "\($0)", count: 32))! }
    var (order, running): ([BrandID], BrandID?) = ([], nil)
    for _ in 0..<30 {
      let waiting = brands.filter { $0 == brands[2] || $0 != running }
      running = turns.next(among: waiting)
      order.append(contentsOf: running.map { [$0] } ?? [])
    }
    #expect(order.count { $0 == brands[2] } >= 10, "\(order)")
    #expect(Set(brands).allSatisfy { brand in order.count { $0 == brand } >= 5 })
  }

  @Test("of more brands than are remembered, each has its turn, and few are kept")
  func forgottenTurns() {
    let turns = MeasuringTurns(kept: 2)
    let brands = (1...5).map { BrandID("brd_" + String(repeating: "\($0)", count: 32))! }
    var order: [BrandID] = []
    for _ in 0..<50 { order += turns.next(among: brands).map { [$0] } ?? [] }
    #expect(Set(brands).allSatisfy { brand in order.count { $0 == brand } == 10 }, "\(order)")
    #expect(turns.next(among: [brands[0]]) == brands[0])
    for brand in brands { _ = turns.next(among: [brand]) }
    #expect(turns.count == 2)
  }

  @Test("a brand that has used its hour waits until the hour moves on; the others do not")
  func processorTime() async throws {
    var limits = VaultLimits(filesMax: 32)
    limits.measuring.cpuSecondsPerHour = 1
    let world = try await VaultWorld(limits: limits, worker: try worker())
    let other = try await world.addBrand()
    let design = try await uploaded(world)
    _ = try await uploaded(world, brand: other)
    let now = world.clock.now
    try await world.database.write { try MeasuringUse.add($0, 1000, to: world.brand, at: now) }
    #expect(try await world.vault.nextMeasuringJob()?.brand == other)
    #expect(try await world.vault.nextMeasuringJob() == nil)
    await expectProblem("mesh.measuring") { try await release(world, design) }
    world.clock.advance(by: .seconds(59 * 60))
    #expect(try await world.vault.nextMeasuringJob() == nil)
    world.clock.advance(by: .seconds(60))
    #expect(try await world.vault.nextMeasuringJob()?.brand == world.brand)
  }

  @Test("what a clock has written that was ahead keeps no brand out, then or later")
  func clockAhead() async throws {
    var limits = VaultLimits(filesMax: 32)
    limits.measuring.cpuSecondsPerHour = 1
    let world = try await VaultWorld(limits: limits, worker: try worker())
    _ = try await uploaded(world)
    let now = world.clock.now
    let ahead = Instant(milliseconds: now.milliseconds + 30 * 86_400_000)
    let used = { (at: Instant) in
      try await world.database.read {
        try MeasuringUse($0, of: world.brand, at: at).cpuMilliseconds
      }
    }
    try await world.database.write { try MeasuringUse.add($0, 5000, to: world.brand, at: ahead) }
    #expect(try await used(now) == 0)
    #expect(try await used(ahead) == 5000)
    #expect(try await world.vault.nextMeasuringJob() != nil)
    try await world.database.write { try MeasuringUse.add($0, 1, to: world.brand, at: now) }
    #expect(try await used(ahead) == 0)
  }

  @Test("a worker that only waits costs its brand the time that it held its place")
  func waiting() async throws {
    let world = try await VaultWorld(
      worker: Worker(
        program: WorkerDouble.neverAnswers.path, budget: WorkerBudget(seconds: 1)))
    let design = try await uploaded(world)
    try await world.vault.measure(try #require(try await world.vault.nextMeasuringJob()))
    #expect(try await view(world, design)?.crashes == 1)
    let now = world.clock.now
    let used = try await world.database.read {
      try MeasuringUse($0, of: world.brand, at: now).cpuMilliseconds
    }
    #expect(used >= 1000)
  }

  @Test("what a worker has used is counted for its brand, whatever became of the mesh")
  func use() async throws {
    let world = try await VaultWorld(
      worker: Worker(program: WorkerDouble.computesThenDies.path))
    _ = try await uploaded(world)
    try await world.vault.measure(try #require(try await world.vault.nextMeasuringJob()))
    let now = world.clock.now
    let used = try await world.database.read {
      try MeasuringUse($0, of: world.brand, at: now).cpuMilliseconds
    }
    #expect(used > 0)
  }

  @Test("a brand whose queue is full is told before a byte is read, also where it begins an upload")
  func queueFull() async throws {
    var limits = VaultLimits(filesMax: 32)
    limits.measuring.queueMax = 2
    let world = try await VaultWorld(limits: limits, worker: try worker())
    _ = try await uploaded(world)
    let promised = try await world.createDesign()
    let new = { (design: DesignID) in
      NewUpload(
        design: design, name: "a.stl", purpose: .geometry, mediaType: "model/stl", length: 684,
        metadata: "")
    }
    _ = try await world.vault.createUpload(brand: world.brand, new(promised.id))
    let design = try await world.createDesign()
    await expectProblem("measuring.queue_full") {
      try await world.upload(SampleMesh.box(), to: design.id) {
        Pieces($0, before: { _ in Issue.record("a byte was read") })
      }
    }
    await expectProblem("measuring.queue_full") {
      _ = try await world.vault.createUpload(brand: world.brand, new(design.id))
    }
    // A document is not measured, and another brand has its own queue.
    try await world.upload(
      SampleDocument.pdf, to: design.id, name: "a.pdf", purpose: .drawing,
      mediaType: "application/pdf")
    _ = try await uploaded(world, brand: try await world.addBrand())
    while let job = try await world.vault.nextMeasuringJob() { try await world.vault.measure(job) }
    try await world.upload(SampleMesh.box(), to: design.id)
  }

  @Test("a mesh that is gone leaves the queue")
  func gone() async throws {
    let world = try await VaultWorld(worker: try worker())
    _ = try await uploaded(world)
    try await world.run("DELETE FROM design_file")
    let job = try #require(try await world.vault.nextMeasuringJob())
    #expect(try await world.vault.measure(job) == nil)
    try await world.vault.resumeMeasuring()
    #expect(try await world.vault.nextMeasuringJob() == nil)
  }
}
