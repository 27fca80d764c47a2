import BlobStore
import Database
import Domain

/// Holds blobs, their rows and the rows that they belong to against each other.
///
/// Blobs are listed first, rows are read later, and what then looks wrong is looked at again. A blob's row
/// is committed before its first byte and deleted after its last, so that a listed blob that is still
/// there when no row was is an orphan; and a row that is still live when its payload was not there is a
/// loss. What comes and goes meanwhile is neither.
struct BlobCheck {
  /// In the order of names, as they were listed.
  let listed: [BlobName]
  private(set) var orphans: [BlobName] = []
  /// Payloads of shredded files that are there although their deletion is over.
  private(set) var returned: [BlobName] = []
  /// Of every blob that has a row; nil for a word that is no state.
  private var states: [BlobName: BlobState?] = [:]
  private var payloads: [BlobName: StoredPayload] = [:]
  private var shredded: [BlobName: StoredPayload] = [:]
  private var isServing = false

  init(listed: [BlobName]) { self.listed = listed }

  /// Takes in the rows, all of one snapshot.
  ///
  /// - Parameter isServing: a server may be at work, so that uploads may be under way.
  mutating func takeRows(
    _ transaction: Transaction, isServing: Bool, _ report: inout CheckReport
  ) throws {
    self.isServing = isServing
    try takeShreddings(transaction, &report)
    var after = ""
    while let page = try nextPage(transaction, &after) {
      for row in page { try take(row, isServing: isServing, &report) }
    }
    for kind in payloadRows {
      var after = ""
      while true {
        let page = try kind.batch(transaction, after: after)
        guard let end = page.last else { break }
        after = end.file
        for payload in page {
          report.count(kind.name)
          take(payload, &report)
        }
      }
    }
    for (name, state) in states.sorted(by: { $0.key < $1.key }) {
      guard let state, [.live, .lost].contains(state), payloads[name] == nil, shredded[name] == nil
      else { continue }
      report.add(
        Finding("blob.unused", "The blob's row is \(state), and no file has it.", blob: name.text))
    }
  }

  private func nextPage(_ transaction: Transaction, _ after: inout String) throws -> [Row]? {
    let page = try transaction.rows(BlobStateStore.page, after)
    guard let end = page.last else { return nil }
    after = try end.text("name")
    return page
  }

  private mutating func take(_ row: Row, isServing: Bool, _ report: inout CheckReport) throws {
    let state = try row.blobState()
    guard let name = BlobName(try row.text("name")) else {
      report.add(Finding("blob.row", "A blob's row has a name that no blob can have."))
      return
    }
    states.updateValue(state, forKey: name)
    guard let state, [.receiving, .abandoned].contains(state) else { return }
    if isServing { return report.count("uploads_under_way") }
    report.add(
      Finding(
        "blob.unfinished",
        "An upload or a deletion that was cut off has left its row (\(state)); the server's next start "
          + "removes it.", blob: name.text))
  }

  private mutating func take(_ payload: StoredPayload, _ report: inout CheckReport) {
    guard let blob = payload.blob else {
      report.add(Finding("file.row", "The file's row names no blob.").about(payload))
      return
    }
    if payload.sealed == nil, !payload.isShredded {
      report.add(Finding("file.row", "The file's row cannot be read.").about(payload))
    }
    // What was imported without its content never had a key here, and is a known loss.
    let isLost = payload.blobState == .lost && payload.isShredded && payload.isOfShredded == false
    if let isOfShredded = payload.isOfShredded, isOfShredded != payload.isShredded, !isLost {
      report.add(
        Finding(
          "shredding.key",
          isOfShredded
            ? "The revision is shredded, and the file's row has a key all the same: somebody wrote it there."
            : "The file's row has no key, and its revision is not shredded: nobody can open it."
        )
        .about(payload))
    }
    guard !payload.isShredded || isLost else {
      shredded[blob] = payload
      return report.count("shredded_files")
    }
    payloads[blob] = payload
    switch payload.blobState {
    case .live?: break
    case .lost?: report.count("known_losses")
    case let state:
      let word = state?.rawValue ?? "not known"
      report.add(Finding("file.blob_state", "The file's blob is \(word).").about(payload))
    }
  }

  /// A server that works finishes them by itself.
  private func takeShreddings(
    _ transaction: Transaction, _ report: inout CheckReport
  ) throws {
    for row in try transaction.rows(CheckStore.erasing) {
      guard !isServing else {
        report.count("shreddings_under_way")
        continue
      }
      report.add(
        Finding(
          "shredding.unfinished",
          "Remains of shredded keys, or payloads, may still be there; the server goes on with it when it "
            + "runs.", brand: try row.text("brand_id"), design: try row.text("design_id")))
    }
  }

  /// Names what is left of shredded files.
  private mutating func compareShredded(
    _ blobs: any BlobStore, _ report: inout CheckReport
  ) async throws {
    for (name, payload) in shredded.sorted(by: { $0.value.file < $1.value.file }) {
      let isOver = payload.blobState == .erased
      // A server that works may be about to delete it.
      guard isOver || !isServing, (try? await blobs.size(name)) != nil else { continue }
      if isOver { returned.append(name) }
      report.add(
        Finding(
          "shredding.payload",
          "The sealed payload of a shredded file is there. "
            + (isOver
              ? "Nobody can open it without a backup of its key, and `--remove-orphans` deletes it."
              : "The server's next start deletes it.")
        ).about(payload))
    }
  }

  /// Looks at what does not fit once more, and reports what still does not.
  mutating func compare(
    _ blobs: any BlobStore, _ database: Database, _ report: inout CheckReport
  ) async throws {
    report.count("payloads", listed.count)
    try await compareShredded(blobs, &report)
    for name in listed where states[name] == nil {
      do {
        _ = try await blobs.size(name)
      } catch BlobError.absent {
        continue
      } catch is BlobError {
        // Listed, and not to be read: it is there.
      }
      orphans.append(name)
      report.add(Finding("blob.orphan", "No row knows this payload.", blob: name.text))
    }
    var missing: [StoredPayload] = []
    for (name, payload) in payloads.sorted(by: { $0.value.file < $1.value.file })
    where states[name] == .live {
      switch try await Losses.state(of: payload, name, in: blobs) {
      case .whole(let bytes): report.count("payload_bytes", bytes)
      case .shorter(let bytes):
        report.add(
          Finding(
            "blob.length",
            "The payload has \(bytes) bytes; \(payload.payloadBytes) were stored."
          ).about(payload))
      case .unreadable(let error): report.add(Finding(unreadable: error).about(payload))
      case .missing:
        guard try await isLive(name, database) else { continue }
        guard payload.upload == nil else {
          let finding = Finding(
            "blob.missing", "A piece of an upload under way is not there: it has to begin anew.")
          report.add(finding.about(payload))
          continue
        }
        missing.append(payload)
        report.add(Finding("blob.missing", "The payload is not there.").about(payload))
      }
    }
    name(missing: missing, &report)
  }

  private func isLive(_ name: BlobName, _ database: Database) async throws -> Bool {
    try await database.read {
      try $0.row(BlobStateStore.select, name.text)?.blobState() == .live
    }
  }

  /// Says which of the two is the older one, where that explains everything.
  private func name(missing: [StoredPayload], _ report: inout CheckReport) {
    if !orphans.isEmpty, missing.isEmpty {
      report.add(
        Finding(
          "database.older",
          "Payloads without a row: \(orphans.count). The database is older than the blobs beside it, "
            + "as one that was restored from a backup is. Restore the newest copy of it that there is, "
            + "then start the server, which says whether `everpart recover` is needed."))
    }
    let lost = Set(missing.compactMap(\.blob))
    let present = payloads.filter {
      states[$0.key] == .live && !lost.contains($0.key) && $0.value.upload == nil
    }
    guard orphans.isEmpty, let oldest = missing.map(\.createdAt).min(),
      present.values.allSatisfy({ $0.createdAt < oldest })
    else { return }
    report.add(
      Finding(
        "blobs.older",
        "Every file since \(Instant(milliseconds: oldest)) is without its payload: \(missing.count). "
          + "The blobs are older than the database beside them. Copy the newest ones that there are "
          + "into the data directory; `everpart recover` gives up what stays lost."))
  }
}
