import BlobStore
import Database
import Dispatch
import Domain
import Ledger
import Sealing
import TestSupport
import Testing

@testable import Vault

@Suite("Shredding beside everything else", .timeLimit(.minutes(4)))
struct ShreddingConcurrencyTests {
  @Test("a rotation that has a key in its hands does not bring it back")
  func rotation() async throws {
    let world = try await RotationWorld()
    let file = try await world.upload("a.stl")
    let keys = try await world.world.wrappedKeys()
    let design = try await design(of: file, world.world)
    _ = try await world.rotation.add(2)
    let (reached, reach) = AsyncStream.makeStream(of: Void.self)
    let (released, release) = AsyncStream.makeStream(of: Void.self)
    world.holder.each { call in
      guard case .wrap = call else { return }
      reach.yield()
      for await _ in released { break }
    }
    let rotation = Task { try await world.rotation.rewrap() }
    for await _ in reached { break }
    world.holder.each { _ in }
    let report = try await shred(design, world)
    #expect(report.keyVersions.map(\.number) == [1, 2])
    release.finish()
    #expect(try await rotation.value == nil)
    #expect(try await world.counts().isEmpty)
    #expect(try await world.world.wrappedKeys().isEmpty)
    try await world.world.database.checkpoint()
    #expect(try world.world.onDisk(keys) == 0)
    #expect(try await world.rotation.retire(1).versions[0].isInRing == false)
  }

  @Test("rotations, shreddings and reads at once leave no key of what is shredded")
  func storm() async throws {
    let world = try await RotationWorld()
    var files: [FileView] = []
    for index in 0..<12 { files.append(try await world.upload("\(index).stl")) }
    var designs: [DesignID] = []
    for file in files { designs.append(try await design(of: file, world.world)) }
    // Of what is shredded: a key that was only wrapped anew may lie in the log until that is emptied.
    var keys: [[UInt8]] = []
    for design in designs.prefix(8) { keys += try await world.world.wrappedKeys(of: design) }
    try await withThrowingTaskGroup { [files, designs] group in
      group.addTask {
        for version in 2...6 {
          _ = try await world.rotation.add(version)
          try await world.rotation.rewrap()
          _ = try? await world.rotation.retire(version - 1)
        }
      }
      for design in designs.prefix(8) {
        group.addTask { _ = try await shred(design, world) }
      }
      for (file, design) in zip(files, designs) {
        group.addTask {
          do {
            let original = try await world.vault.original(
              brand: world.world.brand, design: design, file.id)
            var bytes: [UInt8] = []
            for try await piece in original { bytes += piece }
            #expect(bytes == SampleMesh.box())
          } catch let problem as Problem {
            #expect(["revision.shredded", "vault.record"].contains(problem.code), "\(problem)")
          }
        }
      }
      try await group.waitForAll()
    }
    try await world.rotation.rewrap()
    #expect(try await world.opening() == (4, []))
    try await world.vault.eraseShreddings()
    let shreddings = try await world.vault.shreddings(brand: world.world.brand)
    #expect(shreddings.data.count == 8 && shreddings.data.allSatisfy { $0.state != .erasing })
    #expect(try world.world.onDisk(keys) == 0, "all were destroyed")
    #expect(try await world.world.blobs.list().count == 4)
    for design in designs.prefix(8) {
      #expect(
        try await world.vault.design(brand: world.world.brand, design).revision.state == .shredded)
    }
  }

  @Test("a key is released, or its revision is shredded, and never the one after the other")
  func releases() async throws {
    let fixture = try await ReleaseWorld(terms: LicenceTerms(authorisedUnits: 500))
    let (world, vault) = (fixture.world, fixture.vault)
    var (released, shredded) = (0, 0)
    for round in 0..<24 {
      let draft = try await world.createDesign()
      try await world.upload(SampleMesh.box(), to: draft.id)
      let design = try await vault.releaseRevision(
        brand: world.brand, design: draft.id, by: world.key)
      let job = try await ReleaseWorld.order(
        world, design, quantity: 1, bureau: fixture.bureau, machine: fixture.machine,
        at: world.clock.now)
      // It has a successor, so that nothing but its order keeps it from being shredded.
      _ = try await vault.openRevision(brand: world.brand, design: design.id)
      try await world.upload(SampleMesh.box(1, 2, 3), to: design.id, name: "next.stl")
      _ = try await vault.releaseRevision(brand: world.brand, design: design.id, by: world.key)
      let outcome = try await race(fixture, design, job, in: Step.orders[round % 6])
      let files = try? await vault.releasedFiles(job: job.id, bureau: fixture.bureau)
      #expect((files != nil) == outcome.accepted, "\(outcome)")
      #expect(!outcome.accepted || !outcome.shredded, "\(outcome)")
      let keys = try await world.database.read {
        try #require(
          try $0.row(
            Statement(
              """
              SELECT COUNT(wrapped_key) AS n FROM design_file
              WHERE revision_id = $1
              """), design.revision.id)
        ).integer("n", as: Int.self)
      }
      #expect(keys == (outcome.shredded ? 0 : 1))
      released += outcome.accepted ? 1 : 0
      shredded += outcome.shredded ? 1 : 0
    }
    print("releases against shreddings: \(released) released, \(shredded) shredded")
    #expect(released > 0 && shredded > 0)
  }

  private enum Step {
    case accept, cancel, shred

    static let orders: [[Step]] = [
      [.accept, .cancel, .shred], [.accept, .shred, .cancel], [.cancel, .accept, .shred],
      [.cancel, .shred, .accept], [.shred, .accept, .cancel], [.shred, .cancel, .accept],
    ]
  }

  /// The bureau accepts, the customer cancels, and the owner shreds, all at once; how they begin is said,
  /// how they meet is not.
  private func race(
    _ fixture: ReleaseWorld, _ design: DesignView, _ job: JobRecord, in order: [Step]
  ) async throws -> (accepted: Bool, shredded: Bool) {
    let (world, vault) = (fixture.world, fixture.vault)
    let (ledger, now) = (world.ledger, world.clock.now)
    return try await withThrowingTaskGroup(of: (Step, Bool).self) { group in
      for step in order {
        group.addTask {
          guard step != .shred else {
            switch await Result({
              try await fixture.shred(design.revision.id, design: design.id)
            }) {
            case .success: return (step, true)
            case .failure(let error):
              #expect((error as? Problem)?.code == "shredding.orders_open", "\(error)")
              return (step, false)
            }
          }
          let isDone = try await world.database.write { transaction in
            guard let current = try ledger.job(transaction, job.id), current.state == .offered
            else { return false }
            if step == .accept {
              try vault.recordRelease(
                transaction, job: current, bureau: fixture.bureau,
                recipient: fixture.identity.recipient.description, at: now)
            } else {
              try ledger.giveBack(
                transaction, licence: job.licence, brand: job.brand, units: job.quantity,
                job: job.id, at: now)
            }
            _ = try ledger.advance(
              transaction, current, by: step == .accept ? .accept : .cancel, at: now)
            return true
          }
          return (step, isDone)
        }
      }
      let done = try await group.reduce(into: Set<Step>()) { if $1.1 { $0.insert($1.0) } }
      return (done.contains(.accept), done.contains(.shred))
    }
  }

  @Test("an original that is being read ends in an error, and is never whole")
  func reading() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.giveUp()
    let file = try #require(fixture.design.files.first { $0.name == "a.stl" })
    let original = try await fixture.vault.original(
      brand: fixture.world.brand, design: fixture.design.id, file.id)
    var pieces = original.makeAsyncIterator()
    // A piece of the payload is more than this file has; its end is asked for after the shredding.
    _ = try await fixture.shred()
    await #expect(throws: Problem.self) {
      while try await pieces.next() != nil {}
    }
  }

  @Test("an original that was asked for before the commit gets no byte after it, and no entry")
  func askedBefore() async throws {
    let (fixture, blobs) = try await ReleaseWorld.overFailingBlobs()
    let world = fixture.world
    try await fixture.giveUp()
    // The payload is still there.
    blobs.fail(.delete)
    let holder = InterruptibleKeyHolder(world.ring.holder)
    let vault = Vault(
      database: world.database, blobs: world.blobs, keys: holder, ledger: world.ledger,
      ambient: world.clock.ambient)
    let file = fixture.design.files[0].id
    // The row is read, its key is about to be unwrapped.
    holder.each { _ in
      guard holder.calls == 1 else { return }
      _ = try await fixture.shred()
    }
    await expectProblem("revision.shredded") {
      try await vault.original(brand: world.brand, design: fixture.design.id, file)
    }
    let entries = try await world.database.read {
      try world.ledger.auditEntries(
        $0, brand: world.brand, AuditFilter(action: .originalRead), below: .max, limit: 10)
    }
    #expect(entries.isEmpty)
    #expect(try await world.blobs.list().count == 1)
  }

  @Test("an upload into the draft is ended: its sender is told, nothing of it stays")
  func uploads() async throws {
    let uploads = try await ResumingWorld()
    let (world, vault, mesh) = (uploads.world, uploads.vault, ResumingWorld.mesh)
    let design = try await world.createDesign()
    let upload = try await uploads.begin(of: design.id)
    try await uploads.send(0..<300_000, to: upload)
    let keys = try await world.wrappedKeys()
    #expect(keys.count == 2)
    let (begun, hangs) = AsyncStream.makeStream(of: Void.self)
    let (told, tell) = AsyncStream.makeStream(of: Never.self)
    let sending = Task {
      _ = try await vault.receive(
        upload, brand: world.brand, at: 300_000, letGo: { tell.finish() },
        body: Pieces(
          Array(mesh[300_000..<400_000]),
          atEnd: {
            hangs.finish()
            for await _ in told {}
            throw Pieces.Disconnected()
          }))
    }
    for await _ in begun {}
    let report = try await vault.shred(
      brand: world.brand, design: design.id, named: "Leg cap", by: world.key
    ) { _, _ in }
    #expect(report.endedUploads == 1)
    await #expect(throws: (any Error).self) { try await sending.value }
    let view = try await uploads.view(upload)
    #expect(view.state == .refused && view.reason?.code == "revision.shredded")
    await expectProblem("upload.refused") { try await uploads.send(300_000..<310_000, to: upload) }
    try await vault.eraseShreddings()
    try await uploads.expectNothingLeft()
    #expect(try world.onDisk(keys) == 0)
    #expect(try await vault.shredding(brand: world.brand, report.id).state == .erased)
    let quota = try await vault.quota(of: world.brand)
    #expect([quota.storedBytes, quota.promisedBytes, quota.openUploads] == [0, 0, 0])
  }

  @Test("an upload that becomes a file at that moment is a shredded file, or none")
  func becomingFile() async throws {
    for round in 0..<10 {
      let uploads = try await ResumingWorld()
      let (world, vault) = (uploads.world, uploads.vault)
      let design = try await world.createDesign()
      let isResumed = round.isMultiple(of: 2)
      let upload = isResumed ? try await uploads.full(of: design.id) : nil
      async let arriving = Result {
        if let upload {
          _ = try await vault.settledUpload(brand: world.brand, upload)
        } else {
          try await world.upload(ResumingWorld.mesh, to: design.id)
        }
      }
      async let shredding = vault.shred(
        brand: world.brand, design: design.id, named: "Leg cap", by: world.key
      ) { _, _ in }
      let report = try await shredding
      _ = await arriving
      try await vault.eraseShreddings()
      let now = try await vault.design(brand: world.brand, design.id)
      #expect(now.files.count == report.files.count && report.files.count <= 1)
      #expect(try await world.wrappedKeys().isEmpty)
      #expect(try await world.blobs.list().isEmpty)
      #expect(try await uploads.segments().isEmpty)
      #expect(try await vault.shredding(brand: world.brand, report.id).state != .erasing)
    }
  }

  @Test("an upload whose bytes are shredded while it becomes a file is over, and not damaged")
  func overNotDamaged() async throws {
    let uploads = try await ResumingWorld()
    let world = uploads.world
    let design = try await world.createDesign()
    let upload = try await uploads.full(of: design.id)
    let holder = InterruptibleKeyHolder(world.ring.holder)
    let vault = Vault(
      database: world.database, blobs: world.blobs, keys: holder, ledger: world.ledger,
      ambient: world.clock.ambient, limits: uploads.vault.limits)
    // The keys of its segments are being unwrapped when they go.
    holder.each { _ in
      guard holder.calls == 1 else { return }
      _ = try await uploads.vault.shred(
        brand: world.brand, design: design.id, named: "Leg cap", by: world.key
      ) { _, _ in }
    }
    await expectProblem("upload.refused") {
      try await vault.receive(
        upload, brand: world.brand, at: ResumingWorld.mesh.count, body: Pieces([]))
    }
    #expect(try await uploads.view(upload).reason?.code == "revision.shredded")
    try await uploads.expectNothingLeft()
  }

  @Test("of many who shred at once one does, and the others hear that it is done")
  func once() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.giveUp()
    let done = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          switch await Result({ try await fixture.shred() }) {
          case .success: return 1
          case .failure(let error):
            #expect((error as? Problem)?.code == "design.shredded", "\(error)")
            return 0
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(done == 1)
    #expect(try await fixture.vault.shreddings(brand: fixture.world.brand).data.count == 1)
  }
}

private func design(of file: FileView, _ world: VaultWorld) async throws -> DesignID {
  try await world.database.read {
    try #require(
      try $0.row(Statement("SELECT design_id FROM design_file WHERE id = $1"), file.id)
    ).identifier("design_id")
  }
}

private func shred(_ design: DesignID, _ world: RotationWorld) async throws -> ShreddingReport {
  try await world.vault.shred(
    brand: world.world.brand, design: design, named: "Leg cap", by: world.world.key
  ) { _, _ in }
}

/// Holds the thread of a closure until it is opened.
final class ReadGate: Sendable {
  private let entered = AsyncStream.makeStream(of: Void.self)
  private let opened = DispatchSemaphore(value: 0)

  func hold() {
    entered.continuation.yield()
    opened.wait()
  }

  func isHolding() async {
    for await _ in entered.stream { return }
  }

  func open() { opened.signal() }
}
