import BlobStore
import Domain
import Sealing
import TestSupport
import Testing

@testable import Database
@testable import Vault

@Suite("Faults during uploads that are gone on with")
struct ResumingFaultTests {
  private static let mesh = ResumingWorld.mesh

  @Test(
    "a blob store that fails loses at most what was not durable, and the upload goes on",
    arguments: FailingBlobStore.Fault.allCases, [0, 300_000])
  func survivesBlobFaults(fault: FailingBlobStore.Fault, offset: Int) async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    try await uploads.send(0..<offset, to: upload)
    uploads.blobs.fail(at: fault)
    let result = await Result {
      try await uploads.send(offset..<Self.mesh.count, to: upload, isCut: false)
    }
    uploads.blobs.repair()
    // Failed deletions are no fault of the upload.
    #expect((try? result.get()) != nil || fault != .delete)
    #expect(try await uploads.view(upload).offset >= offset)
    try await uploads.goOn(upload)
    try await uploads.vault.sweep()
    try await uploads.expectFile(upload)
  }

  @Test(
    "a fault while the file is made leaves an upload that is completed when it is asked for",
    arguments: FailingBlobStore.Fault.allCases, [true, false])
  func completesAgain(fault: FailingBlobStore.Fault, byDuty: Bool) async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.full(of: try await uploads.world.createDesign().id)
    uploads.blobs.fail(at: fault)
    _ = await Result { try await uploads.goOn(upload) }
    #expect(try await uploads.world.count(.file) == (fault == .delete ? 1 : 0))
    uploads.blobs.repair()
    if byDuty {
      try await uploads.vault.tendUploads()
    } else {
      _ = try await uploads.vault.settledUpload(brand: uploads.world.brand, upload)
    }
    try await uploads.vault.sweep()
    try await uploads.expectFile(upload)
  }

  @Test(
    "a database that refuses a step undoes it, and the upload goes on",
    arguments: [
      "INSERT ON upload_segment", "UPDATE OF received ON upload", "INSERT ON blob",
      "UPDATE ON blob", "INSERT ON design_file", "UPDATE OF state ON upload",
      "DELETE ON upload_segment",
    ], [0, 280_000])
  func survivesStatements(step: String, offset: Int) async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    // 280,000 leave a segment that is small enough to be replaced.
    try await uploads.send(0..<offset, to: upload)
    try await uploads.world.run(
      "CREATE TRIGGER refuse BEFORE \(step) BEGIN SELECT RAISE(ABORT, 'refused'); END")
    await #expect(throws: DatabaseError.self) {
      try await uploads.send(offset..<Self.mesh.count, to: upload, isCut: false)
    }
    #expect(try await uploads.view(upload).state == .open)
    try await uploads.world.run("DROP TRIGGER refuse")
    try await uploads.vault.sweep()
    try await uploads.goOn(upload)
    try await uploads.vault.sweep()
    try await uploads.expectFile(upload)
  }

  @Test("a database that is gone in the middle costs what was not durable")
  func survivesLostDatabase() async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    await #expect(throws: DatabaseError.self) {
      _ = try await uploads.vault.receive(
        upload, brand: uploads.world.brand, at: 0,
        body: Pieces(
          Self.mesh,
          before: { index in
            guard index == 40 else { return }
            _ = try await uploads.world.database.configureWriter("PRAGMA query_only = 1")
          }))
    }
    _ = try await uploads.world.database.configureWriter("PRAGMA query_only = 0")
    #expect(try await uploads.view(upload).offset == ResumingWorld.segmentBytes)
    try await uploads.vault.sweep()
    try await uploads.goOn(upload)
    try await uploads.expectFile(upload)
  }

  @Test("a full disk is told, and costs no byte of an upload that is there, however long it lasts")
  func survivesFullDisk() async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.full(of: try await uploads.world.createDesign().id)
    uploads.blobs.fail(at: .full)
    for _ in 0..<2 {
      await expectProblem("storage.full") { try await uploads.vault.tendUploads() }
      #expect(try await uploads.view(upload).offset == Self.mesh.count)
      uploads.world.clock.advance(by: .seconds(4 * 86_400))
    }
    uploads.blobs.repair()
    // Neither does a server that was down for so long take it for one that nobody goes on with.
    try await uploads.vault.tendUploads()
    try await uploads.expectFile(upload)
  }

  @Test("a client that comes back late to an upload with all its bytes gets its file")
  func completesLate() async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.full(of: try await uploads.world.createDesign().id)
    uploads.world.clock.advance(by: .seconds(4 * 86_400))
    let settled = try await uploads.vault.settledUpload(brand: uploads.world.brand, upload)
    #expect(settled.state == .finished)
    try await uploads.expectFile(upload)
  }

  @Test("bytes that could not be deleted are deleted by the next round, and one that fails says so")
  func deletesLater() async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    try await uploads.send(0..<300_000, to: upload)
    uploads.blobs.fail(at: .delete)
    try await uploads.vault.deleteUpload(brand: uploads.world.brand, upload)
    #expect(try await uploads.world.count(.blob) == 2)
    await #expect(throws: BlobError.self) { try await uploads.vault.tendUploads() }
    uploads.blobs.repair()
    try await uploads.vault.tendUploads()
    try await uploads.expectNothingLeft()
  }

  @Test("rounds of a server at work take nothing of what comes in, at whatever moment they come")
  func tendsMeanwhile() async throws {
    let uploads = try await ResumingWorld()
    let world = uploads.world
    let holder = InterruptibleKeyHolder(world.ring.holder)
    let vault = Vault(
      database: world.database, blobs: world.blobs, keys: holder, ledger: world.ledger,
      ambient: world.clock.ambient, limits: uploads.vault.limits)
    // A blob is complete and not live yet while its key is wrapped.
    holder.each { _ in try await vault.tendUploads() }
    let upload = try await uploads.begin(of: try await world.createDesign().id)
    for part in [0..<10_000, 10_000..<300_000, 300_000..<Self.mesh.count] {
      _ = try await vault.receive(
        upload, brand: world.brand, at: part.lowerBound,
        checksum: nil,
        body: Pieces(Array(Self.mesh[part]), before: { _ in try await vault.tendUploads() }))
    }
    try await uploads.expectFile(upload)
    #expect(holder.calls >= 5)
    _ = try await vault.upload(
      brand: world.brand, design: try await world.createDesign().id, fileName: "b.stl",
      mediaType: "model/stl",
      body: Pieces(Self.mesh, before: { _ in try await vault.tendUploads() }))
    #expect(try await world.count(.file) == 2)
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("a key holder that cannot be reached costs nothing that was durable")
  func survivesLostKeyHolder() async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    try await uploads.send(0..<300_000, to: upload)
    let world = uploads.world
    let vault = Vault(
      database: world.database, blobs: world.blobs, keys: UnreachableKeyHolder(),
      ledger: world.ledger, ambient: world.clock.ambient)
    await #expect(throws: UnreachableKeyHolder.Unreachable.self) {
      _ = try await vault.receive(
        upload, brand: world.brand, at: 300_000, body: Pieces(Array(Self.mesh[300_000...])))
    }
    #expect(try await uploads.view(upload).offset == 300_000)
    try await uploads.goOn(upload)
    try await uploads.expectFile(upload)
  }

  @Test("a segment whose commit was reported as failed but did happen keeps its blob")
  func keepsLiveSegments() async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    try await uploads.send(0..<300_000, to: upload)
    let names = try await uploads.segments().compactMap(BlobName.init)
    #expect(names.count == 2)
    await uploads.vault.discard(names)
    try await uploads.vault.sweep()
    try await uploads.goOn(upload)
    try await uploads.expectFile(upload)
  }

  /// What somebody who can write to database and blob store may do to a segment.
  enum Tampering: CaseIterable {
    case exchangedOffsets, exchangedUploads, otherBrand, otherDigest, flipped, cut, longer, absent
    case rowGone
  }

  @Test("a segment that is not what was stored refuses its upload", arguments: Tampering.allCases)
  func refusesTampering(how: Tampering) async throws {
    let uploads = try await ResumingWorld()
    let world = uploads.world
    let design = try await world.createDesign()
    let upload = try await uploads.full(of: design.id)
    let segments = try await uploads.segments()
    let second = try #require(BlobName(segments[1]))
    switch how {
    case .exchangedOffsets:
      try await exchange(uploads, segments[0], segments[1])
    case .exchangedUploads:
      let other = try await uploads.begin(of: try await world.createDesign().id)
      try await uploads.send(0..<300_000, to: other)
      let theirs = try #require(try await uploads.segments().first { !segments.contains($0) })
      try await exchange(uploads, segments[0], theirs)
      try await uploads.vault.deleteUpload(brand: world.brand, other)
    case .otherBrand:
      let brand = try await world.addBrand()
      let theirs = try await world.createDesign(brand: brand)
      for table in ["upload", "upload_segment"] {
        try await world.run("UPDATE \(table) SET brand_id = '\(brand)'")
      }
      try await world.run(
        "UPDATE upload SET design_id = '\(theirs.id)', revision_id = '\(theirs.revision.id)'")
      await expectProblem("upload.damaged") {
        _ = try await uploads.vault.receive(
          upload, brand: brand, at: Self.mesh.count, declaredBytes: 0, body: Pieces([]))
      }
      #expect(try await uploads.vault.upload(brand: brand, upload).state == .refused)
      return try await uploads.expectNothingLeft()
    case .otherDigest:
      try await world.run(
        "UPDATE upload_segment SET payload_sha256 = x'00' WHERE blob_name = '\(segments[1])'")
    case .rowGone: try await world.run("DELETE FROM upload_segment WHERE first_byte = 0")
    case .absent: try await world.blobs.delete(second)
    case .flipped, .cut, .longer:
      var bytes: [UInt8] = []
      for try await chunk in world.blobs.chunks(second) { bytes += chunk }
      if how == .flipped { bytes[bytes.count - 20] ^= 1 }
      bytes = how == .cut ? bytes.dropLast(65_552) : how == .longer ? bytes + [0] : bytes
      try await world.blobs.delete(second)
      let writer = try await world.blobs.create(second)
      try await writer.append(bytes)
      try await writer.commit()
    }
    await expectProblem("upload.damaged") { try await completeNow(uploads, upload) }
    let view = try await uploads.view(upload)
    #expect(view.state == .refused && view.reason?.code == "upload.damaged")
    #expect(try await world.count(.file) == 0)
    if how == .rowGone { try await world.run("UPDATE blob SET state = 'abandoned'") }
    try await uploads.vault.sweep()
    try await uploads.expectNothingLeft()
  }

  @Test("so does one that would be sealed anew with what comes next")
  func refusesTamperedSmallSegment() async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    try await uploads.send(0..<1000, to: upload)
    try await uploads.world.run("UPDATE upload_segment SET bytes = 1001, payload_bytes = 1033")
    await expectProblem("upload.damaged") {
      _ = try await uploads.vault.receive(
        upload, brand: uploads.world.brand, at: 1000, body: Pieces(Array(Self.mesh[1000...])))
    }
    #expect(try await uploads.view(upload).state == .refused)
    try await uploads.expectNothingLeft()
  }

  private func completeNow(_ uploads: ResumingWorld, _ upload: UploadID) async throws {
    _ = try await uploads.vault.receive(
      upload, brand: uploads.world.brand, at: Self.mesh.count, declaredBytes: 0,
      body: Pieces([]))
  }

  /// Exchanges everything but the places of two segments.
  private func exchange(_ uploads: ResumingWorld, _ one: String, _ two: String) async throws {
    let columns = "blob_name, bytes, payload_bytes, payload_sha256, wrapped_key, key_version"
    try await uploads.world.run(
      """
      CREATE TABLE swap AS SELECT upload_id, first_byte, \(columns) FROM upload_segment
      WHERE blob_name IN ('\(one)', '\(two)')
      """)
    try await uploads.world.run(
      """
      UPDATE upload_segment SET (\(columns)) = (
        SELECT \(columns) FROM swap WHERE swap.upload_id != upload_segment.upload_id
          OR swap.first_byte != upload_segment.first_byte)
      WHERE blob_name IN ('\(one)', '\(two)')
      """)
    try await uploads.world.run("DROP TABLE swap")
  }
}
