import Database
import Domain
import Ledger
import Sealing

extension Vault {
  /// A file with its key, as its row is now; nil where there is no row. A version of the wrapping key that is
  /// retired while the row is read has it read again: it has been wrapped anew by then.
  ///
  /// - Throws: `vault.record`, and what `row` throws.
  func openable(
    _ id: FileID, _ row: @escaping @Sendable (Transaction) throws -> Row?
  ) async throws -> (StoredFile, FileKey)? {
    do {
      return try await KeyVersions.tryingAgain {
        let stored = try await database.read { transaction in
          try row(transaction).map { (try StoredFile(row: $0), try WrappedSecret(fileKeyIn: $0)) }
        }
        guard let (file, wrapped) = stored else { return nil }
        return (file, try await unwrap(wrapped, of: file))
      }
    } catch let error as KeyHolderError {
      throw Self.changed("\(id)", error.description)
    }
  }

  /// The key of a file's payload. Once this returns, everything that ``StoredFile/keyContext`` names is
  /// authentic.
  ///
  /// - Throws: `vault.record` when the row is not what was stored at the upload;
  ///   ``Sealing/KeyHolderError/versionUnknown(_:)`` while the wrapping key is rotated: see
  ///   ``Ledger/KeyVersions/tryingAgain(isolation:_:)``.
  func unwrap(_ key: WrappedSecret, of file: StoredFile) async throws -> FileKey {
    var secret: [UInt8]
    do {
      secret = try await keys.unwrap(key, context: file.keyContext)
    } catch KeyHolderError.notAuthentic {
      throw file.changed(KeyHolderError.notAuthentic.description)
    }
    defer { secret.wipe() }
    guard let fileKey = FileKey(bytes: secret) else {
      throw file.changed("the wrapped secret is no file key")
    }
    return fileKey
  }
}

extension StoredFile {
  /// What the record of a file that does not fit is refused with.
  func changed(_ reason: String) -> Problem { Vault.changed("\(id)", reason) }
}

extension Vault {
  static func changed(_ file: String, _ reason: String) -> Problem {
    Problem(
      .failed, "vault.record",
      "A file of this design is not what was stored at its upload. Nothing was released; tell the "
        + "operator.",
      privateDetail: "\(file): \(reason)")
  }
}
