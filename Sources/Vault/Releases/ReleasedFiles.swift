public import BlobStore
import Database
public import Domain
import Ledger
import MeshFiles
import Sealing

/// One file as a bureau may have it: the stored payload, and a header for that bureau's key. The
/// header before the payload is an age file.
public struct ReleasedFile: Sendable, Hashable {
  /// The design's file.
  public let id: FileID
  /// Its name, unique in the revision.
  public let name: String
  /// What it is for; authenticated by the wrapped key.
  public let purpose: FilePurpose
  /// Its media type.
  public let mediaType: String
  /// What a mesh's coordinates were read in: where its sender has said it, authenticated by the wrapped key;
  /// else what was measured, which is what a 3MF file states or, for the others, millimetres. Nil for a
  /// document and for STEP.
  public let unit: MeshUnit?
  /// Where the sealed payload lies.
  public let blob: BlobName
  /// The age header for the recipient of the release; another one every time it is asked for.
  public let header: [UInt8]
  /// The payload's length in bytes.
  public let payloadBytes: Int
  /// The payload's SHA-256, authenticated by the wrapped key: what is read from the blob must match
  /// it before anybody relies on it.
  public let payloadSHA256: [UInt8]
}

extension Vault {
  /// The files of a job's revision for the bureau that they were released to, in the order of their
  /// names. Costs the same for large files as for small ones, once this process has read the payloads.
  ///
  /// - Throws: `not_found` without a committed release for this job and bureau; `revision.withdrawn`
  ///   once the brand has withdrawn the revision, however often the files were given before;
  ///   `licence.key_type` when the recipient does not suit the licence; `vault.record` when a file's row
  ///   or payload is not what was stored at its upload, and then nothing is released;
  ///   `release.state_file` while the release cannot be made known outside of the database.
  public func releasedFiles(job: JobID, bureau: BureauID) async throws -> [ReleasedFile] {
    do {
      // A version may be retired between reading a row and unwrapping its key: the row has been wrapped
      // anew by then.
      return try await KeyVersions.tryingAgain { try await files(of: job, for: bureau) }
    } catch let error as KeyHolderError {
      throw Self.changed("a file of \(job)", error.description)
    }
  }

  private func files(of job: JobID, for bureau: BureauID) async throws -> [ReleasedFile] {
    let (release, files) = try await database.read { transaction in
      let row = try transaction.row(ReleaseStore.select, job, bureau).orAbsent("key release")
      try row.named("state", as: RevisionState.self).requireReleasesKeys()
      let release = try Release(row: row)
      return (
        release,
        try transaction.rows(DesignStore.files, release.revision, release.brand).map {
          (file: try StoredFile(row: $0), key: try WrappedSecret(fileKeyIn: $0))
        }
      )
    }
    try await releaseIsKnown(release.entry)
    var released: [ReleasedFile] = []
    for (file, key) in files {
      let fileKey = try await unwrap(key, of: file)
      try await verifiedPayloads.require(file, in: blobs)
      var generator = ambient.generator
      released.append(
        ReleasedFile(
          id: file.id, name: file.name, purpose: file.purpose, mediaType: file.mediaType,
          unit: file.readUnit, blob: file.blob,
          header: try AgeHeader.make(
            fileKey: fileKey, for: .recipients([release.recipient]), using: &generator),
          payloadBytes: file.payloadBytes, payloadSHA256: file.payloadSHA256))
    }
    return released
  }
}

extension Vault {
  /// Refuses while a payload of a revision is not there, or has another length: before the licence is
  /// consumed for a package that could not be made. Its bytes are looked at when one is made. A payload that
  /// was given up is `release.payload_lost` when the release is recorded.
  ///
  /// - Throws: `release.payload_missing`.
  public func requirePayloads(revision: RevisionID, brand: BrandID) async throws {
    let files = try await database.read { transaction -> [StoredFile] in
      // One that was given up is refused for good where the release is recorded, and its order ends.
      guard try transaction.row(ReleaseStore.lostFile, revision, brand) == nil else { return [] }
      return try transaction.rows(DesignStore.files, revision, brand).map(StoredFile.init(row:))
    }
    for file in files {
      guard try await bytes(of: file.blob) != file.payloadBytes else { continue }
      throw Problem(
        .unavailable, "release.payload_missing",
        "A file of the job's revision is not in the broker's store now. Nothing was accepted; try again, "
          + "or ask the operator.")
    }
  }

  private func bytes(of blob: BlobName) async throws -> Int? {
    do { return try await blobs.size(blob) } catch BlobError.absent { return nil }
  }
}

/// A committed key release.
private struct Release {
  let brand: BrandID
  let revision: RevisionID
  let recipient: Recipient
  /// The number of its ledger entry.
  let entry: Int64

  /// A recipient that was exchanged in the row by one of another kind is refused.
  init(row: Row) throws {
    brand = try row.identifier("brand_id")
    revision = try row.identifier("revision_id")
    guard let key = try? Recipient(parsing: try row.text("recipient")) else {
      throw Problem(.conflict, "release.recipient", "The bureau has no usable recipient key.")
    }
    try DesignKeyPolicy(isPostQuantumOnly: row.bool("pq_only"))
      .require(postQuantum: key.isPostQuantum)
    recipient = key
    entry = try row.integer("number")
  }
}
