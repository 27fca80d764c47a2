import Crypto
import Database
import Domain
import Ledger
import Synchronization
import TestSupport
import Testing

@testable import Vault

@Suite("Uploads that are gone on with")
struct ResumingTests {
  private static let mesh = ResumingWorld.mesh
  private static let (chunk, segment) = (64 << 10, ResumingWorld.segmentBytes)

  @Test(
    "an upload that is cut anywhere becomes the same file",
    arguments: [
      [], [1], [chunk - 1, chunk, chunk + 1], [segment - 1], [segment], [segment + 1],
      [segment - 1, segment, segment + 1], [segment + chunk - 1, 2 * segment + chunk + 1],
      [100, 200, 300, 40_000, 40_001], [mesh.count - 1], [0, 0, 5],
    ] as [[Int]])
  func cuts(at cuts: [Int]) async throws {
    let uploads = try await ResumingWorld()
    let design = try await uploads.world.createDesign()
    let upload = try await uploads.begin(of: design.id)
    var offset = 0
    for cut in cuts {
      try await uploads.send(offset..<cut, to: upload)
      offset = cut
      let view = try await uploads.view(upload)
      #expect(view.offset == offset && view.state == .open)
      #expect(try await uploads.world.leftovers().isEmpty)
    }
    try await uploads.goOn(upload)
    try await uploads.expectFile(upload)
    // The client whose answer was lost asks again.
    let again = try await uploads.goOn(upload)
    #expect(again.state == .finished)
    try await uploads.expectFile(upload)
    let seen = try await uploads.vault.design(brand: uploads.world.brand, design.id)
    #expect(seen.files == [try #require(again.file)])
  }

  @Test("what was received is durable a segment at a time, while more arrives")
  func commits() async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    _ = try await uploads.vault.receive(
      upload, brand: uploads.world.brand, at: 0,
      body: Pieces(
        Self.mesh, size: 1 << 16,
        before: { index in
          let durable = try await uploads.view(upload).offset
          #expect(durable == index / 4 * Self.segment)
        }))
    try await uploads.expectFile(upload)
  }

  @Test("small pieces do not become as many blobs, and every blob has a key of its own")
  func merges() async throws {
    let uploads = try await ResumingWorld()
    let bytes = SampleMesh.noise(facets: 2000, seed: 5)
    let upload = try await uploads.begin(bytes, of: try await uploads.world.createDesign().id)
    var (offset, blobs): (Int, Set<String>) = (0, [])
    while offset < bytes.count - 3000 {
      try await uploads.send(offset..<offset + 3000, of: bytes, to: upload)
      offset += 3000
      let segments = try await uploads.segments()
      #expect(segments.count <= 1 + offset / (32 << 10))
      blobs.formUnion(segments)
      #expect(try await uploads.world.leftovers().isEmpty)
    }
    #expect(blobs.count == offset / 3000, "a blob was written twice")
    try await uploads.goOn(upload, bytes)
    try await uploads.expectFile(upload, bytes)
  }

  @Test("bytes that do not begin where the upload is, or are more than it has, are refused")
  func offsets() async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    try await uploads.send(0..<100_000, to: upload)
    for offset in [0, 99_999, 100_001, Self.mesh.count] {
      await expectProblem("upload.offset") {
        _ = try await uploads.vault.receive(
          upload, brand: uploads.world.brand, at: offset, body: Pieces([1]))
      }
    }
    await expectProblem("upload.length") {
      _ = try await uploads.vault.receive(
        upload, brand: uploads.world.brand, at: 100_000,
        declaredBytes: Self.mesh.count - 99_999,
        body: Pieces([1], before: { _ in Issue.record("a byte was read in vain") }))
    }
    try await uploads.send(100_000..<Self.mesh.count - 100, to: upload)
    await expectProblem("upload.length") {
      // Nobody said how many come.
      _ = try await uploads.vault.receive(
        upload, brand: uploads.world.brand, at: Self.mesh.count - 100,
        body: Pieces(Array(Self.mesh.suffix(101)), size: 10))
    }
    #expect(try await uploads.view(upload).offset == Self.mesh.count - 100)
    try await uploads.goOn(upload)
    try await uploads.expectFile(upload)
  }

  @Test(
    "a checksum vouches for all bytes of a request or for none",
    arguments: [UploadChecksum.Algorithm.sha1, .sha256])
  func checksums(algorithm: UploadChecksum.Algorithm) async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    let part = Array(Self.mesh[..<600_000])
    let digest =
      algorithm == .sha1 ? Array(Insecure.SHA1.hash(data: part)) : Array(SHA256.hash(data: part))
    #expect(UploadChecksum(algorithm, digest: Array(digest.dropLast())) == nil)
    let checksum = try #require(UploadChecksum(algorithm, digest: digest))
    func send(_ bytes: [UInt8], isCut: Bool = false) async throws {
      _ = try await uploads.vault.receive(
        upload, brand: uploads.world.brand, at: 0, checksum: checksum,
        body: Pieces(bytes, atEnd: { if isCut { throw Pieces.Disconnected() } }))
    }
    var wrong = part
    wrong[599_999] ^= 1
    await expectProblem("upload.checksum") { try await send(wrong) }
    await #expect(throws: Pieces.Disconnected.self) { try await send(part, isCut: true) }
    #expect(try await uploads.view(upload).offset == 0)
    try await uploads.expectNothingLeft()
    try await send(part)
    #expect(try await uploads.view(upload).offset == 600_000)
    try await uploads.goOn(upload)
    try await uploads.expectFile(upload)
  }

  @Test("a file that is no mesh refuses its upload, which says why and takes no more")
  func refuses() async throws {
    let uploads = try await ResumingWorld()
    let design = try await uploads.world.createDesign()
    let bad = Array(Self.mesh.dropLast(7))
    for bytes in [bad, []] {
      let upload = try await uploads.begin(bytes, of: design.id)
      await #expect(throws: Problem.self) { try await uploads.goOn(upload, bytes) }
      let view = try await uploads.view(upload)
      #expect(view.state == .refused && view.reason?.code.hasPrefix("mesh.") == true)
      await expectProblem("upload.refused") { try await uploads.goOn(upload, bytes) }
      try await uploads.expectNothingLeft()
    }
    #expect(try await uploads.vault.openUploads(brand: uploads.world.brand).data.isEmpty)
    // The name is free.
    let upload = try await uploads.begin(of: design.id)
    try await uploads.goOn(upload)
    try await uploads.expectFile(upload)
    await expectProblem("file.name_taken") { _ = try await uploads.begin(of: design.id) }
    await expectProblem("design.geometry_taken") {
      _ = try await uploads.begin(of: design.id, name: "b.stl")
    }
  }

  @Test("a revision that was released meanwhile takes no file; the upload says so")
  func released() async throws {
    let uploads = try await ResumingWorld()
    let design = try await uploads.world.createDesign()
    let upload = try await uploads.begin(of: design.id)
    try await uploads.world.upload(SampleMesh.box(), to: design.id, name: "other.stl")
    _ = try await uploads.vault.releaseRevision(
      brand: uploads.world.brand, design: design.id, by: uploads.world.key)
    await expectProblem("design.no_draft") { try await uploads.goOn(upload) }
    #expect(try await uploads.view(upload).reason?.code == "design.no_draft")
    try await uploads.expectNothingLeft(files: 1)
  }

  @Test("an upload into a draft that was given up ends before its next byte, with the right word")
  func withdrawn() async throws {
    let uploads = try await ResumingWorld()
    let (vault, brand) = (uploads.vault, uploads.world.brand)
    let design = try await uploads.world.createDesign()
    let upload = try await uploads.begin(of: design.id)
    try await uploads.send(0..<300_000, to: upload)
    let offset = try await vault.settledUpload(brand: brand, upload).offset
    _ = try await vault.withdrawRevision(
      brand: brand, design: design.id, design.revision.id, reason: "A slip."
    ) { _, _, _ in }
    // A new draft takes nothing of the old one's.
    _ = try await vault.openRevision(brand: brand, design: design.id)
    let asked = Mutex(0)
    let body = AsyncStream<[UInt8]> {
      asked.withLock { $0 += 1 }
      return [0]
    }
    let problem = await #expect(throws: Problem.self) {
      _ = try await vault.receive(upload, brand: brand, at: offset, body: body)
    }
    #expect(problem?.code == "design.no_draft")
    #expect(problem?.detail.contains("is withdrawn") == true)
    #expect(asked.withLock { $0 } == 0, "bytes were taken")
    #expect(try await uploads.view(upload).reason?.code == "design.no_draft")
    try await uploads.expectNothingLeft()
    await expectProblem("upload.refused") { try await uploads.goOn(upload) }
  }

  @Test("a document comes in like a mesh, and is held against its media type")
  func documents() async throws {
    let uploads = try await ResumingWorld()
    let design = try await uploads.world.createDesign()
    for (bytes, name) in [(SampleDocument.pdf, "a.pdf"), (SampleDocument.csv, "b.pdf")] {
      let upload = try await uploads.vault.createUpload(
        brand: uploads.world.brand,
        NewUpload(
          design: design.id, name: name, purpose: .drawing, mediaType: "application/pdf",
          length: bytes.count, metadata: "")
      ).id
      try await uploads.send(0..<20, of: bytes, to: upload)
      if name == "a.pdf" {
        let view = try await uploads.goOn(upload, bytes)
        #expect(view.file?.purpose == .drawing && view.purpose == .drawing)
        try await uploads.expectFile(upload, bytes)
      } else {
        await expectProblem("file.content") { try await uploads.goOn(upload, bytes) }
        try await uploads.expectNothingLeft(files: 1)
      }
    }
  }

  @Test("an upload of fewer than no bytes is refused for that")
  func negativeLength() async throws {
    let uploads = try await ResumingWorld()
    let new = NewUpload(
      design: try await uploads.world.createDesign().id, name: "a.stl", mediaType: "model/stl",
      length: -1, metadata: "")
    await expectProblem("upload.length") {
      _ = try await uploads.vault.createUpload(brand: uploads.world.brand, new)
    }
  }

  @Test("uploads of another brand are not there")
  func tenancy() async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    try await uploads.send(0..<1000, to: upload)
    let other = try await uploads.world.addBrand()
    let vault = uploads.vault
    await expectProblem("not_found") { _ = try await vault.upload(brand: other, upload) }
    await expectProblem("not_found") { _ = try await vault.settledUpload(brand: other, upload) }
    await expectProblem("not_found") { try await vault.deleteUpload(brand: other, upload) }
    await expectProblem("not_found") {
      _ = try await vault.receive(upload, brand: other, at: 1000, body: Pieces([1]))
    }
    #expect(try await vault.openUploads(brand: other).data.isEmpty)
    #expect(try await vault.openUploads(brand: uploads.world.brand).data.map(\.id) == [upload])
    try await uploads.goOn(upload)
    try await uploads.expectFile(upload)
  }

  @Test("an upload that nobody goes on with is removed; one that moves is kept")
  func expires() async throws {
    let uploads = try await ResumingWorld()
    let design = try await uploads.world.createDesign()
    let kept = try await uploads.begin(of: design.id)
    let left = try await uploads.begin(of: try await uploads.world.createDesign().id)
    try await uploads.send(0..<300_000, to: left)
    uploads.world.clock.advance(by: .seconds(2 * 86_400))
    try await uploads.send(0..<300_000, to: kept)
    uploads.world.clock.advance(by: .seconds(2 * 86_400))
    await expectProblem("upload.expired") { try await uploads.goOn(left) }
    try await uploads.vault.tendUploads()
    await expectProblem("not_found") { _ = try await uploads.view(left) }
    try await uploads.goOn(kept)
    try await uploads.expectFile(kept)
  }

  @Test("an upload that is deleted takes its bytes with it; a finished one leaves its file")
  func deletes() async throws {
    let uploads = try await ResumingWorld()
    let (brand, design) = (uploads.world.brand, try await uploads.world.createDesign())
    let upload = try await uploads.begin(of: design.id)
    try await uploads.send(0..<300_000, to: upload)
    try await uploads.vault.deleteUpload(brand: brand, upload)
    await expectProblem("not_found") { _ = try await uploads.view(upload) }
    try await uploads.expectNothingLeft()
    let finished = try await uploads.begin(of: design.id)
    try await uploads.goOn(finished)
    try await uploads.vault.deleteUpload(brand: brand, finished)
    #expect(try await uploads.world.count(.file) == 1)
    try await uploads.expectNothingLeft(files: 1)
  }

  @Test("the same request to begin an upload begins one")
  func once() async throws {
    let uploads = try await ResumingWorld()
    let design = try await uploads.world.createDesign()
    let new = NewUpload(
      design: design.id, name: "a.stl", mediaType: "model/stl", length: 100, metadata: "")
    let request = IdempotentRequest(scope: "brand", key: "k", fingerprint: [1])
    let first = try await uploads.vault.createUpload(
      brand: uploads.world.brand, new, once: request)
    let repeated = await #expect(throws: RepeatedRequest.self) {
      _ = try await uploads.vault.createUpload(brand: uploads.world.brand, new, once: request)
    }
    #expect(repeated?.resource == first.id.text)
  }
}
