import BlobStore
import Database
import Domain
import PrintPackage
import Sealing

/// A package as it was stored once: nothing in it opens without the bureau's key.
struct StoredPackage: Sendable {
  let id: PackageID
  let job: JobID
  let bureau: BureauID
  /// The manifest's envelope, as JSON.
  let envelope: String
  let ticket: [UInt8]
  let expiresAt: Instant
  let headers: [FileID: [UInt8]]
  let blobs: [FileID: BlobName]

  init?(_ transaction: Transaction, of job: JobID, bureau: BureauID) throws {
    guard let row = try transaction.row(PackageStore.select, job, bureau) else { return nil }
    self.job = job
    self.bureau = bureau
    id = try row.identifier("id")
    envelope = try row.text("manifest")
    ticket = try row.blob("ticket")
    expiresAt = try row.instant("expires_at")
    var headers: [FileID: [UInt8]] = [:]
    var blobs: [FileID: BlobName] = [:]
    for row in try transaction.rows(PackageStore.files, job, bureau) {
      let file: FileID = try row.identifier("file_id")
      headers[file] = try row.blob("header")
      blobs[file] = BlobName(try row.text("blob_name"))
    }
    self.headers = headers
    self.blobs = blobs
  }
}

extension Dispatcher {
  /// A stored manifest, verified with the broker's own key: a changed row is not served, and not
  /// what a grant or a completion is held against.
  func verified(_ envelope: String) throws -> VerifiedStatement<Manifest> {
    do {
      return try Manifest.verified(
        try Envelope(json: Array(envelope.utf8)), trusted: [signingKey.verificationKey])
    } catch {
      throw Problem.failed("a stored manifest does not verify: \(error)")
    }
  }

  func manifest(
    _ transaction: Transaction, of job: JobID, bureau: BureauID
  ) throws -> String {
    guard let row = try transaction.row(PackageStore.select, job, bureau) else {
      throw Problem(.conflict, "package.absent", "The job has no package yet: lease it first.")
    }
    return try row.text("manifest")
  }
}
