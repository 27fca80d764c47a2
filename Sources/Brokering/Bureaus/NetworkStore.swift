public import Database

/// The SQL of the network snapshot.
public enum NetworkStore: StatementCatalogue {
  /// Every change of what bureaus can do runs this in its transaction.
  static let bump = Statement("UPDATE network SET version = version + 1 WHERE id = 1")
  static let version = Statement("SELECT version FROM network WHERE id = 1")
  static let bureaus = Statement("SELECT id, name, recipient FROM bureau ORDER BY id")
  static let sites = Statement(
    """
    SELECT id, bureau_id, country, latitude_e6, longitude_e6 FROM site ORDER BY id
    """)
  static let machines = Statement(
    """
    SELECT id, bureau_id, site_id, name, process, build_x_um, build_y_um, build_z_um FROM machine
    ORDER BY id
    """)
  static let materials = Statement(
    "SELECT machine_id, material FROM machine_material ORDER BY machine_id, material")
  static let certifications = Statement(
    """
    SELECT id, bureau_id, site_id, machine_id, process, material, scheme, issuer, valid_from,
      valid_until, document_sha256 FROM certification ORDER BY id
    """)

  /// All of them.
  public static let statements = [
    bump, version, bureaus, sites, machines, materials, certifications,
  ]

  /// Reads the one row that is always there: whether the database answers.
  public static func touch(_ transaction: Transaction) throws {
    _ = try transaction.row(version)
  }
}
