import BlobStore
import BureauProtocol
import Database
import Domain
import Ledger
import PrintPackage
import Sealing
import Synchronization
import TestSupport
import Testing

@testable import Dispatching

@Suite("Packages")
struct PackageDeliveryTests {
  @Test("a crash between acceptance and package leaves a job whose package is made when asked for")
  func crashBeforePackage() async throws {
    let world = try await World(bureaus: 1)
    let before = world.start()
    let job = try await world.accepted(before).id
    world.faults.withLock { $0.filesFail = true }
    await #expect(throws: Broken.self) { try await world.lease(before, job) }
    #expect(try await world.number("SELECT COUNT(*) AS n FROM package") == 0)
    #expect(try await world.record(job).epoch == 0)
    world.faults.withLock { $0.filesFail = false }
    let after = world.start()
    #expect(
      try await world.opened(after, job).files.map(\.content) == world.files.map(\.plaintext))
    #expect(try await world.counts() == [0, 2, 0])
  }

  @Test("asked for many times at once, a package is stored once and always the same")
  func once() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let (job, bureau) = (try await world.accepted(dispatcher).id, world.bureaus[0].id)
    let digests = try await withThrowingTaskGroup(of: ContentDigest.self) { group in
      for _ in 0..<8 {
        group.addTask {
          ContentDigest(
            of: try await world.bytes(try await dispatcher.package(of: job, bureau: bureau)))
        }
      }
      return try await group.reduce(into: Set<ContentDigest>()) { $0.insert($1) }
    }
    #expect(digests.count == 1)
    #expect(try await world.number("SELECT COUNT(*) AS n FROM package") == 1)
    #expect(try await world.number("SELECT COUNT(*) AS n FROM package_file") == 2)
  }

  @Test("only the bureau's key opens what is stored")
  func sealed() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher).id
    let bytes = try await world.bytes(
      try await dispatcher.package(of: job, bureau: world.bureaus[0].id))
    let refusal = await code {
      _ = try PackageOpener.open(
        bytes, identity: world.bureaus[1].identity,
        trust: PackageTrust(brokers: [world.broker.verificationKey]),
        expecting: PackageExpectation(now: world.clock.now))
    }
    #expect(refusal == "package.key")
    let stored = try await world.database.read { tx in
      try #require(try tx.row(Statement("SELECT manifest, ticket FROM package")))
    }
    #expect(!(try stored.text("manifest")).contains("Berlin"))
    #expect(try stored.blob("ticket").firstRange(of: Array("Berlin".utf8)) == nil)
  }

  @Test("a manifest that is about to expire is signed anew with the lease that names it")
  func renewal() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher).id
    let first = try await world.lease(dispatcher, job)
    let before = try await world.opened(dispatcher, job)
    #expect(before.statement.digest == (try world.manifest(first)))
    world.clock.advance(by: .seconds(31 * 86_400))
    #expect(await code { _ = try await world.opened(dispatcher, job) } == "package.expired")
    // A renewal that is not committed with a lease does not happen.
    let second = try await world.lease(dispatcher, job)
    let after = try await world.opened(dispatcher, job)
    #expect(after.statement.digest == (try world.manifest(second)))
    #expect(after.statement.digest != before.statement.digest)
    #expect(after.ticket == before.ticket && after.manifest.release == before.manifest.release)
    try await world.report(dispatcher, second, .started)
    #expect(
      await code {
        try await world.report(
          dispatcher, second,
          try world.completion(second, manifest: before.statement.digest))
      } == "completion.mismatch")
    #expect(
      try await world.report(dispatcher, second, try world.completion(second)).state == .printed)
  }

  @Test("a print that outlives its manifest is completed with the one that it was printed from")
  func noRenewalWhilePrinting() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher).id
    let first = try await world.lease(dispatcher, job)
    try await world.report(dispatcher, first, .started)
    world.clock.advance(by: .seconds(31 * 86_400))
    let second = try await world.lease(dispatcher, job)
    #expect(try world.manifest(second) == world.manifest(first))
    let printedFrom = try world.completion(second, manifest: try world.manifest(first))
    #expect(try await world.report(dispatcher, second, printedFrom).state == .printed)
  }

  @Test("a package is not served after the print, nor from a row that somebody changed")
  func notServed() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let lease = try await world.printed(dispatcher)
    let bureau = world.bureaus[0].id
    #expect(
      await code { _ = try await dispatcher.package(of: lease.job, bureau: bureau) }
        == "job.state")
    let other = try await world.accepted(dispatcher).id
    _ = try await world.lease(dispatcher, other)
    try await world.database.write { tx in
      _ = try tx.run(
        Statement("UPDATE package SET manifest = REPLACE(manifest, 'payload', 'payloaD')"))
    }
    #expect(
      await code { _ = try await dispatcher.package(of: other, bureau: bureau) } == "internal")
    #expect(await code { _ = try await world.lease(dispatcher, other) } == "internal")
  }

  @Test(
    "a stream that has begun gives no further header after a withdrawal, nor when the job is gone",
    arguments: [
      ("UPDATE revision SET state = 'withdrawn'", "revision.withdrawn"),
      ("UPDATE job SET state = 'printed'", "job.state"),
      ("UPDATE offer SET state = 'withdrawn'", "not_found"),
    ])
  func begun(change: String, problem: String) async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher).id
    let stream = try await dispatcher.package(of: job, bureau: world.bureaus[0].id)
    var iterator = stream.makeAsyncIterator()
    var bytes = try #require(try await iterator.next())
    #expect(stream.plan.segments.first == .bytes(bytes))
    let begin = bytes.count
    try await world.database.write { _ = try $0.run(Statement(change)) }
    #expect(
      await code { while let piece = try await iterator.next() { bytes += piece } } == problem)
    // The payload whose header had left is whole, and nothing comes after it.
    #expect(bytes.count == begin + stream.payloads[0].bytes)
  }

  @Test("a payload that is shorter than its manifest ends the stream with an error")
  func shortBlob() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher).id
    let stream = try await dispatcher.package(of: job, bureau: world.bureaus[0].id)
    let file = world.files[1]
    try await world.blobs.delete(file.blob)
    let writer = try await world.blobs.create(file.blob)
    try await writer.append(file.payload[..<1000])
    try await writer.commit()
    #expect(await code { for try await _ in stream {} } == "internal")
  }

  @Test("a payload that was exchanged in the blob store is refused by the bureau")
  func plantedBlob() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher).id
    let file = world.files[0]
    // Sealed under the same file key: a bureau that reaches the blob store could make it.
    var generator = world.clock.ambient.generator
    var sealer = PayloadSealer(fileKey: file.key, using: &generator)
    var planted: [UInt8] = []
    try sealer.seal(world.clock.ambient.randomBytes(300), into: &planted)
    try sealer.finish(into: &planted)
    try await world.blobs.delete(file.blob)
    let writer = try await world.blobs.create(file.blob)
    try await writer.append(planted)
    try await writer.commit()
    #expect(await code { _ = try await world.opened(dispatcher, job) } == "package.digest")
  }
}
