import BlobStore
import Database
import Domain
import Foundation
import Sealing
import TestSupport

@testable import Vault

/// What a broker that does not run has in its directory, opened with its key ring.
struct StoredFiles {
  private let folder: String
  private let database: Database
  private let blobs: DirectoryBlobStore
  private let keys: any KeyHolder

  /// - Parameter root: where the data are in `broker` and the key ring in `keys`.
  init(_ root: TemporaryDirectory) async throws {
    folder = root.path("broker")
    database = try Database.open(directory: folder)
    blobs = try DirectoryBlobStore(directory: folder + "/blobs")
    keys = try KeyRingKeeper(
      path: root.path("keys/key-ring.json"), outside: folder, ambient: .simulated()
    ).holder
  }

  /// The plaintext of every file, by its design.
  func opened() async throws -> [String: [[UInt8]]] {
    let rows = try await database.read { transaction in
      try transaction.rows(Statement("SELECT \(DesignStore.fileColumns) FROM design_file")).map {
        (
          try StoredFile(row: $0),
          WrappedSecret(
            version: try $0.integer("key_version"), bytes: try $0.blob("wrapped_key"))
        )
      }
    }
    var all: [String: [[UInt8]]] = [:]
    for (file, key) in rows {
      let secret = try await keys.unwrap(key, context: file.keyContext)
      guard let fileKey = FileKey(bytes: secret) else {
        throw Child.Failure(description: "no file key")
      }
      var opener = PayloadOpener(fileKey: fileKey)
      var plain: [UInt8] = []
      for try await chunk in blobs.chunks(file.blob) { try opener.open(chunk, into: &plain) }
      try opener.finish(into: &plain)
      all[file.design.text, default: []].append(plain)
    }
    return all
  }

  /// What is there beside the files: blobs without a file, rows without a blob, unfinished blobs, segments.
  func leftovers() async throws -> [String] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder + "/blobs")
      .compactMap { $0.split(separator: "/").dropFirst().first.map(String.init) }
    let (files, rows) = try await database.read { transaction in
      (
        try transaction.rows(Statement("SELECT blob_name FROM design_file")).map {
          try $0.text("blob_name")
        },
        try transaction.rows(Statement("SELECT name FROM blob")).map { try $0.text("name") }
          + transaction.rows(Statement("SELECT blob_name FROM upload_segment")).map {
            "segment \(try $0.text("blob_name"))"
          }
      )
    }
    return Set(names).symmetricDifference(files).sorted()
      + Set(rows).symmetricDifference(files).sorted()
  }

  func close() async throws { try await database.close() }
}
