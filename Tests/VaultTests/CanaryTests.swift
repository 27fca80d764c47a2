import Database
import Domain
import Foundation
import Ledger
import Sealing
import TestSupport
import Testing
import Vault
import Workers

/// Looks for what must never reach a disk: facets of a mesh in which every byte is noise.
private struct Canaries {
  let samples: [Data]

  /// Sixteen coordinate bytes from every four hundredth facet; each alone would be found by chance
  /// in no amount of data that fits a disk.
  init(_ mesh: [UInt8]) {
    samples = stride(from: 84, to: mesh.count - 50, by: 20_000).map {
      Data(mesh[$0 + 16..<$0 + 32])
    }
  }

  func found(in directory: TemporaryDirectory) throws -> [String] {
    try directory.files().filter { name in
      let bytes = Data(try directory.read(name))
      return samples.contains { bytes.range(of: $0) != nil }
    }
  }

  func expectNone(
    in directory: TemporaryDirectory, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let found = try found(in: directory)
    #expect(found == [], sourceLocation: sourceLocation)
  }
}

@Suite("Canaries")
struct CanaryTests {
  private let mesh = SampleMesh.noise(facets: 20_000, seed: 11)

  @Test("the search finds what is there")
  func searches() throws {
    let directory = try TemporaryDirectory()
    let canaries = Canaries(mesh)
    #expect(canaries.samples.count == 50)
    try directory.write(mesh[500_000..<510_000], to: "plain")
    #expect(try canaries.found(in: directory) == ["plain"])
  }

  @Test("facets are nowhere on disk during and after an upload, its release and a log's checkpoint")
  func stayHiddenAfterSuccess() async throws {
    let world = try await VaultWorld()
    let canaries = Canaries(mesh)
    let design = try await world.createDesign()
    try await world.upload(mesh, to: design.id) {
      Pieces(
        $0, size: 65_536,
        before: { index in
          if index % 5 == 4 { try canaries.expectNone(in: world.directory) }
        },
        atEnd: { try canaries.expectNone(in: world.directory) })
    }
    _ = try await world.vault.releaseRevision(
      brand: world.brand, design: design.id, by: world.key)
    try canaries.expectNone(in: world.directory)
    #expect(try world.directory.files().contains("data/everpart.sqlite-wal"))
    try await world.database.checkpoint()
    try canaries.expectNone(in: world.directory)
  }

  @Test("facets are nowhere on disk while workers measure them, die of them and are asked again")
  func stayHiddenFromWorkers() async throws {
    let canaries = Canaries(mesh)
    for program in [try #require(BuiltProduct.path), WorkerDouble.answersUntrue.path] {
      let world = try await VaultWorld(worker: Worker(program: program))
      let design = try await world.createDesign()
      try await world.upload(mesh, to: design.id)
      while let job = try await world.vault.nextMeasuringJob() {
        let look = Task {
          while !Task.isCancelled {
            try canaries.expectNone(in: world.directory)
            await Task.yield()
          }
        }
        try await world.vault.measure(job)
        look.cancel()
        try await look.value
        try canaries.expectNone(in: world.directory)
      }
      try await world.database.checkpoint()
      try canaries.expectNone(in: world.directory)
    }
  }

  @Test("facets are nowhere on disk while an upload is cut off, gone on with and becomes a file")
  func stayHiddenInSegments() async throws {
    let uploads = try await ResumingWorld()
    let canaries = Canaries(mesh)
    let upload = try await uploads.begin(mesh, of: try await uploads.world.createDesign().id)
    var offset = 0
    for cut in [1, 300_000, 310_000, 900_000] {
      try await uploads.send(offset..<cut, of: mesh, to: upload)
      offset = cut
      try canaries.expectNone(in: uploads.world.directory)
    }
    #expect(try await uploads.segments().count >= 3)
    try await uploads.goOn(upload, mesh)
    try canaries.expectNone(in: uploads.world.directory)
    try await uploads.world.database.checkpoint()
    try canaries.expectNone(in: uploads.world.directory)
  }

  @Test("facets are nowhere on disk after a refusal or an abort")
  func stayHiddenAfterFailure() async throws {
    let world = try await VaultWorld()
    let canaries = Canaries(mesh)
    let design = try await world.createDesign()
    await expectProblem("mesh.truncated") {
      try await world.upload(Array(mesh.dropLast()), to: design.id)
    }
    try canaries.expectNone(in: world.directory)
    await #expect(throws: Pieces.Disconnected.self) {
      try await world.upload(mesh, to: design.id) {
        Pieces(
          $0,
          atEnd: {
            try canaries.expectNone(in: world.directory)
            throw Pieces.Disconnected()
          })
      }
    }
    try canaries.expectNone(in: world.directory)
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("no file key is on disk in the clear: neither database nor log open without the key ring")
  func hidesFileKeys() async throws {
    let fixture = try await ReleaseWorld()
    try await fixture.record()
    let file = try await fixture.vault.releasedFiles(
      job: fixture.job.id, bureau: fixture.bureau)[0]
    let key = Data(try fileKey(of: file, fixture).bytes)
    #expect(key.count == 16)
    for name in try fixture.world.directory.files() {
      let bytes = Data(try fixture.world.directory.read(name))
      #expect(bytes.range(of: key) == nil, "\(name)")
    }
  }
}
