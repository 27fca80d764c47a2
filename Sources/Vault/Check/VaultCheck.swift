public import BlobStore
import Crypto
public import Database
import Domain
public import Ledger
public import Sealing

/// Verifies everything that is stored against everything else, and repairs nothing: blobs and their rows,
/// lengths, wrapped keys, licences and what proves them; when asked also every byte of every payload.
///
/// It only reads, and may run while a server works: what belongs together is read in one snapshot, and
/// what looks wrong because it came or went meanwhile is looked at again.
public struct VaultCheck: Sendable {
  /// How far it is, for whoever looks on.
  public enum Progress: Sendable, Hashable {
    /// A step has begun.
    case step(String)
    /// So many bytes of payloads were read, of so many.
    case read(bytes: Int, of: Int)
  }

  private let database: Database
  private let blobs: any BlobStore
  private let keys: @Sendable () throws -> any KeyHolder
  private let sources: [any WrappedSecrets]
  private let isServing: Bool

  /// A check of one installation.
  ///
  /// - Parameters:
  ///   - keys: reads the key ring. Called again where a version is not known: it may have been added
  ///     since.
  ///   - sources: every kind of wrapped secret that is stored, of all use cases.
  ///   - isServing: whether a server works on the data, so that uploads may be under way.
  public init(
    database: Database, blobs: any BlobStore, keys: @escaping @Sendable () throws -> any KeyHolder,
    sources: [any WrappedSecrets], isServing: Bool
  ) {
    self.database = database
    self.blobs = blobs
    self.keys = keys
    self.sources = sources + [WrappedKeyRingCheck()]
    self.isServing = isServing
  }

  /// Looks at everything.
  ///
  /// - Parameter readingData: also opens every payload; takes as long as reading all of them does, and
  ///   holds one piece at a time.
  /// - Returns: the report, and the blobs that may go: those that no row knows, and payloads of shredded files.
  public func run(
    readingData: Bool, progress: (Progress) -> Void
  ) async throws -> (report: CheckReport, orphans: [BlobName]) {
    var report = CheckReport()
    progress(.step("listing payloads"))
    var blobCheck = BlobCheck(listed: try await blobs.list())
    progress(.step("comparing rows"))
    (blobCheck, report) = try await database.read { [blobCheck, report, isServing] transaction in
      var (blobCheck, report, licences) = (blobCheck, report, LicenceCheck())
      try blobCheck.takeRows(transaction, isServing: isServing, &report)
      try licences.run(transaction, &report)
      return (blobCheck, report)
    }
    try await blobCheck.compare(blobs, database, &report)
    progress(.step("checking the database file"))
    for damage in try await database.damages() {
      report.add(Finding("database.damaged", damage))
    }
    progress(.step("unwrapping keys"))
    var keys = try CheckedKeys(keys)
    try await unwrapAll(&report, &keys)
    if readingData { try await readAll(&report, &keys, progress) }
    return (report, blobCheck.orphans + blobCheck.returned)
  }

  // MARK: keys

  private func unwrapAll(_ report: inout CheckReport, _ keys: inout CheckedKeys) async throws {
    for source in sources {
      var (place, readAgain) = (WrappedRow.Place(version: .min, id: ""), "")
      pages: while true {
        let gone = keys.gone
        let page = try await database.read { [place] in
          try source.batch($0, after: place, through: .max, limit: 500)
        }
        guard !page.isEmpty else { break }
        for row in page {
          let refusal = try await keys.refusal(of: row)
          if case .versionUnknown(let version)? = refusal, readAgain != row.id,
            !gone.contains(version)
          {
            readAgain = row.id
            continue pages
          }
          place = row.place
          report.count("wrapped_keys")
          if let refusal { report.add(Self.finding(row, source.name, refusal)) }
        }
      }
    }
  }

  private static func finding(
    _ row: WrappedRow, _ kind: String, _ refusal: KeyHolderError
  ) -> Finding {
    var finding = finding(kind, refusal)
    finding.brand = row.context?.tenant
    switch row.context?.purpose {
    case .designFile?:
      (finding.design, finding.file) = (row.context?.subject, row.context?.file)
    case .shipTo?: finding.order = row.context?.subject
    default: finding.file = row.id
    }
    return finding
  }

  private static func finding(_ kind: String, _ refusal: KeyHolderError) -> Finding {
    Finding(
      refusal == .notAuthentic ? "key.refused" : "key.version_unknown",
      "The wrapped key of a \(kind) does not open: "
        + (refusal == .notAuthentic
          ? "its row was changed, or holds another row's key." : "\(refusal.message)."))
  }

  // MARK: data

  private func readAll(
    _ report: inout CheckReport, _ keys: inout CheckedKeys, _ progress: (Progress) -> Void
  ) async throws {
    let total = report.counts["payload_bytes"] ?? 0
    var read = 0
    for kind in payloadRows {
      var (after, readAgain) = ("", "")
      pages: while true {
        let gone = keys.gone
        let page = try await database.read { [after] in try kind.batch($0, after: after) }
        guard !page.isEmpty else { break }
        for payload in page where payload.blobState == .live {
          do {
            try await self.read(payload, &keys, &report) {
              read += $0
              progress(.read(bytes: read, of: total))
            }
          } catch KeyHolderError.versionUnknown(let version)
            where readAgain != payload.file && !gone.contains(version)
          {
            readAgain = payload.file
            continue pages
          } catch let refusal as KeyHolderError {
            report.count("payloads_unread")
            // The step before has named the keys that do not open. One of which it did not know must not
            // pass as if its payload had been read.
            if report.findingCounts["key.refused"] == nil,
              report.findingCounts["key.version_unknown"] == nil
            {
              report.add(Self.finding(kind.name, refusal).about(payload))
            }
          }
          after = payload.file
        }
        after = page.last?.file ?? after
      }
    }
  }

  private func read(
    _ payload: StoredPayload, _ keys: inout CheckedKeys, _ report: inout CheckReport,
    _ progress: (Int) -> Void
  ) async throws {
    guard let blob = payload.blob, let sealed = payload.sealed else { return }
    var secret = try await keys.unwrap(sealed.key, sealed.context)
    defer { secret.wipe() }
    guard let fileKey = FileKey(bytes: secret) else {
      return report.add(
        Finding("key.refused", "What is wrapped is no file key.").about(payload))
    }
    let check = PayloadCheck(blobs: blobs, name: blob, sealed: sealed)
    let (wasRead, finding) = try await check.run(fileKey, progress)
    if wasRead { report.count("payloads_read") }
    if let finding { report.add(finding.about(payload)) }
  }
}
