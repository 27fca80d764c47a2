public import Database
public import Domain

/// What a brand stores, what its open uploads were promised, and how much of both it may have.
///
/// The sums are taken in the transaction that adds to them, which is serializable: uploads that run at the
/// same time cannot exceed the quota together, and there is no counter that could be wrong.
public struct BrandQuota: Sendable, Hashable, Codable {
  /// Bytes of the files that it has.
  public let storedBytes: Int
  /// Bytes of the files that its open uploads are to become.
  public let promisedBytes: Int
  /// How many bytes the two may be together.
  public let storedBytesMax: Int
  /// Its uploads that are neither finished nor refused.
  public let openUploads: Int
  /// How many of them it may have.
  public let openUploadsMax: Int

  /// How many bytes there is room for.
  var bytesLeft: Int { max(0, storedBytesMax - storedBytes - promisedBytes) }

  private enum CodingKeys: String, CodingKey {
    case storedBytes = "stored_bytes"
    case promisedBytes = "promised_bytes"
    case storedBytesMax = "stored_bytes_max"
    case openUploads = "open_uploads"
    case openUploadsMax = "open_uploads_max"
  }
}

extension BrandQuota {
  init(_ transaction: Transaction, _ brand: BrandID, limits: VaultLimits) throws {
    let row = try transaction.row(QuotaStore.select, brand).orAbsent("brand")
    storedBytes = try row.integer("stored_bytes")
    promisedBytes = try row.integer("promised_bytes")
    storedBytesMax =
      try row.integerOrNil("stored_bytes_max", as: Int.self) ?? limits.brandStoredBytesMax
    openUploads = try row.integer("open_uploads")
    openUploadsMax =
      try row.integerOrNil("open_uploads_max", as: Int.self) ?? limits.brandOpenUploadsMax
  }

  /// Refuses what there is no room for (`quota.storage`).
  func check(adding bytes: Int) throws {
    guard bytes <= bytesLeft else { throw exceeded }
  }

  /// Refuses one more open upload (`quota.uploads`).
  func checkOpenUploads() throws {
    guard openUploads < openUploadsMax else {
      throw Problem(
        .tooMany, "quota.uploads",
        "\(openUploads) of \(openUploadsMax) uploads are open: finish one or delete it.")
    }
  }

  var exceeded: Problem {
    Problem(
      .tooLarge, "quota.storage",
      "There is no room for this file: \(storedBytes) bytes are stored and \(promisedBytes) promised to "
        + "open uploads, of \(storedBytesMax) allowed. Delete open uploads, or ask the operator for "
        + "more.")
  }
}

/// How many bytes a file may still have, and what a sender of more is told.
struct Allowance {
  let bytesMax: Int
  let exceeded: Problem

  /// The smaller of what any file may have and what the quota has room for.
  init(_ fileBytesMax: Int, _ quota: BrandQuota?) {
    if let quota, quota.bytesLeft < fileBytesMax {
      (bytesMax, exceeded) = (quota.bytesLeft, quota.exceeded)
    } else {
      (bytesMax, exceeded) = (fileBytesMax, Self.tooLarge(fileBytesMax))
    }
  }

  func check(_ bytes: Int) throws {
    guard bytes <= bytesMax else { throw exceeded }
  }

  static func tooLarge(_ bytesMax: Int) -> Problem {
    Problem(.tooLarge, "file.too_large", "A file has at most \(bytesMax) bytes.")
  }
}

extension Vault {
  /// What a brand stores and may store; `not_found` for an unknown one.
  public func quota(of brand: BrandID) async throws -> BrandQuota {
    try await database.read { [limits] in try BrandQuota($0, brand, limits: limits) }
  }

  /// Says what a brand may have; nil is what the configuration says. What it has already stays, also
  /// where it is more than that.
  ///
  /// - Throws: `quota.invalid`; `not_found` for an unknown brand.
  public func setQuota(
    of brand: BrandID, storedBytesMax: Int?, openUploadsMax: Int?
  ) async throws -> BrandQuota {
    let bytesRange = 0...(1 << 60)
    let uploadsRange = 0...10_000
    guard storedBytesMax.map(bytesRange.contains) ?? true,
      openUploadsMax.map(uploadsRange.contains) ?? true
    else {
      throw Problem(
        .invalid, "quota.invalid",
        "A quota is 0 to 2^60 bytes and 0 to \(uploadsRange.upperBound) open uploads.")
    }
    return try await database.write { [limits] transaction in
      do {
        try transaction.run(QuotaStore.set, brand, storedBytesMax, openUploadsMax)
      } catch DatabaseError.foreignKeyViolation {
        throw Problem.absent("brand")
      }
      return try BrandQuota(transaction, brand, limits: limits)
    }
  }
}

/// The SQL of quotas.
public enum QuotaStore: StatementCatalogue {
  static let select = Statement(
    """
    SELECT brand_quota.stored_bytes_max, brand_quota.open_uploads_max,
      (SELECT CAST(COALESCE(SUM(plaintext_bytes), 0) AS BIGINT) FROM design_file
        WHERE design_file.brand_id = brand.id AND wrapped_key IS NOT NULL) AS stored_bytes,
      (SELECT CAST(COALESCE(SUM(length), 0) AS BIGINT) FROM upload
        WHERE upload.brand_id = brand.id AND upload.state = 'open') AS promised_bytes,
      (SELECT COUNT(*) FROM upload
        WHERE upload.brand_id = brand.id AND upload.state = 'open') AS open_uploads
    FROM brand LEFT JOIN brand_quota ON brand_quota.brand_id = brand.id
    WHERE brand.id = $1
    """)
  static let set = Statement(
    """
    INSERT INTO brand_quota (brand_id, stored_bytes_max, open_uploads_max) VALUES ($1, $2, $3)
    ON CONFLICT (brand_id) DO UPDATE
    SET stored_bytes_max = excluded.stored_bytes_max, open_uploads_max = excluded.open_uploads_max
    """)

  /// All of them.
  public static let statements = [select, set]
}
