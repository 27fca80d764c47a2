import Database
public import Domain
import Ledger
import Sealing

extension Vault {
  /// The report of a brand's shredding as it stands now; `not_found` for another's.
  public func shredding(brand: BrandID, _ id: ShreddingID) async throws -> ShreddingReport {
    let held = try await heldVersions()
    return try await database.read { transaction in
      let row = try transaction.row(ShreddingStore.select, id, brand).orAbsent("shredding")
      return try Self.report(transaction, row, brand: brand, held: held)
    }
  }

  /// A brand's shreddings, newest first. Throws `page.limit`.
  public func shreddings(
    brand: BrandID, limit: Int = 20, after: ShreddingID? = nil
  ) async throws -> Page<ShreddingView> {
    let limit = try Page<ShreddingView>.checked(limit: limit)
    let held = try await heldVersions()
    return try await database.read { transaction in
      // `~` is above every identifier.
      let rows = try transaction.rows(ShreddingStore.page, brand, after?.text ?? "~", limit + 1)
      return Page(
        try rows.map { row in
          let versions = try Self.versions(transaction, of: row.identifier("id"), held: held)
          return ShreddingView(
            id: try row.identifier("id"), design: try row.identifier("design_id"),
            designName: try row.text("design_name"),
            revision: try row.identifierOrNil("revision_id"),
            state: try Self.state(row, versions), at: try row.instant("at"),
            erasedAt: try row.instantOrNil("erased_at"))
        }, limit: limit)
    }
  }

  /// The key releases of what a shredding destroyed, newest first; `not_found` for another brand's.
  public func shreddingReleases(
    brand: BrandID, _ id: ShreddingID, limit: Int = 20, after: LedgerEntryID? = nil
  ) async throws -> Page<ShreddingRelease> {
    let limit = try Page<ShreddingRelease>.checked(limit: limit)
    return try await database.read { transaction in
      _ = try transaction.row(ShreddingStore.select, id, brand).orAbsent("shredding")
      let rows = try transaction.rows(
        ShreddingStore.releases, id, brand, after?.text ?? "~", limit + 1)
      return Page(
        try rows.map {
          ShreddingRelease(
            id: try $0.identifier("ledger_id"), job: try $0.identifier("job_id"),
            order: try $0.identifier("order_id"), bureau: try $0.identifier("bureau_id"),
            revision: try $0.identifier("revision_id"), at: try $0.instant("at"))
        }, limit: limit)
    }
  }

  /// The versions whose keys there are. Asked of the holder, because a version that is retired loses its key
  /// only after that.
  func heldVersions() async throws -> Set<Int> {
    let versions = try await database.read { try KeyVersions.all($0) }
    var held: Set<Int> = []
    for version in versions {
      do {
        _ = try await keys.unwrap(
          WrappedSecret(version: version.number, bytes: []),
          context: KeyContext(purpose: .designFile, tenant: "", subject: ""))
        held.insert(version.number)
      } catch KeyHolderError.versionUnknown {
      } catch KeyHolderError.notAuthentic {
        held.insert(version.number)
      }
    }
    return held
  }

  private static func versions(
    _ transaction: Transaction, of id: ShreddingID, held: Set<Int>
  ) throws -> [ShreddingKeyVersion] {
    try transaction.rows(ShreddingStore.versions, id).map { row in
      let number: Int = try row.integer("number")
      let (unused, retired) = (
        try row.instantOrNil("unused_since"), try row.instantOrNil("retired_at")
      )
      let standing: ShreddingKeyVersion.Standing =
        switch (held.contains(number), retired, unused) {
        // A version that the database does not know can have come into a row by damage alone.
        case (false, .some, _): .destroyed
        case (true, .some, _): .retired
        case (_, nil, .some): .unused
        case (_, nil, nil): .inUse
        }
      return ShreddingKeyVersion(
        number: number, standing: standing, retiredAt: retired, neededBefore: unused)
    }
  }

  private static func state(
    _ row: Row, _ versions: [ShreddingKeyVersion]
  ) throws -> ShreddingState {
    let state: ShreddingState = try row.named("state")
    return state == .erased && versions.allSatisfy { $0.standing == .destroyed }
      ? .complete : state
  }

  private static func report(
    _ transaction: Transaction, _ row: Row, brand: BrandID, held: Set<Int>
  ) throws -> ShreddingReport {
    let id: ShreddingID = try row.identifier("id")
    let versions = try versions(transaction, of: id, held: held)
    let state = try state(row, versions)
    return ShreddingReport(
      id: id, design: try row.identifier("design_id"), designName: try row.text("design_name"),
      revision: try row.identifierOrNil("revision_id"), state: state, at: try row.instant("at"),
      erasedAt: try row.instantOrNil("erased_at"), key: try row.identifier("key_id"),
      ledgerEntry: try row.identifier("ledger_id"),
      revisions: try transaction.rows(ShreddingStore.shreddedRevisions, id, brand).map {
        ShreddedRevision(id: try $0.identifier("id"), number: try $0.integer("number"))
      },
      files: try transaction.rows(ShreddingStore.files, id, brand).map {
        ShreddedFile(
          id: try $0.identifier("id"), revision: try $0.identifier("revision_id"),
          name: try $0.text("name"), purpose: try $0.named("purpose"),
          bytes: try $0.integer("plaintext_bytes"),
          isErased: try $0.blobState("blob_state") == .erased)
      },
      endedUploads: try row.integer("ended_uploads"), keyVersions: versions,
      bureaus: try bureaus(transaction, id, brand: brand),
      readers: try transaction.rows(ShreddingStore.readers, id, brand).map {
        ShreddingReader(
          key: try $0.identifier("actor_id"), role: try $0.text("actor_role"),
          label: try $0.textOrNil("label"), reads: try $0.integer("reads"),
          firstAt: try $0.instant("first_at"), lastAt: try $0.instant("last_at"))
      },
      archives: try transaction.rows(ShreddingStore.archives, id, brand).map {
        let actor = try AuditActor(row: $0)
        return ShreddingArchive(
          at: try $0.instant("at"), by: actor.kind, key: actor.key, role: actor.role,
          label: try $0.textOrNil("label"), detail: try $0.text("detail"))
      },
      left: ShreddingWords.left(state, versions),
      limits: ShreddingWords.limits(
        isImported: try transaction.row(ShreddingStore.imports, brand) != nil))
  }

  private static func bureaus(
    _ transaction: Transaction, _ id: ShreddingID, brand: BrandID
  ) throws -> [ShreddingBureau] {
    let fetched = try transaction.rows(ShreddingStore.fetches, id, brand).reduce(into: [:]) {
      $0[try $1.text("bureau_id")] = try $1.integer("fetched", as: Int.self)
    }
    return try transaction.rows(ShreddingStore.bureaus, id, brand).map {
      ShreddingBureau(
        id: try $0.identifier("bureau_id"), name: try $0.text("name"),
        releases: try $0.integer("releases"),
        fetched: fetched[try $0.text("bureau_id")] ?? 0, firstAt: try $0.instant("first_at"),
        lastAt: try $0.instant("last_at"))
    }
  }
}
