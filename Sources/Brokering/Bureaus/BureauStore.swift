public import Database

/// The SQL of what one bureau is and has. Every statement names the bureau.
public enum BureauStore: StatementCatalogue {
  static let select = Statement(
    """
    SELECT id, name, recipient, verification_key, created_at, enrolled_at FROM bureau WHERE id = $1
    """)
  static let enrol = Statement(
    "UPDATE bureau SET recipient = $1, verification_key = $2, enrolled_at = $3 WHERE id = $4")
  static let insertSite = Statement(
    """
    INSERT INTO site (id, bureau_id, name, country, latitude_e6, longitude_e6, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """)
  static let site = Statement("SELECT id FROM site WHERE id = $1 AND bureau_id = $2")
  static let sites = Statement(
    """
    SELECT id, name, country, latitude_e6, longitude_e6 FROM site WHERE bureau_id = $1 ORDER BY id
    """)
  static let insertMachine = Statement(
    """
    INSERT INTO machine (
      id, bureau_id, site_id, name, process, build_x_um, build_y_um, build_z_um, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """)
  static let insertMaterial = Statement(
    "INSERT INTO machine_material (machine_id, material) VALUES ($1, $2)")
  static let machine = Statement("SELECT id FROM machine WHERE id = $1 AND bureau_id = $2")
  static let machines = Statement(
    """
    SELECT id, site_id, name, process, build_x_um, build_y_um, build_z_um FROM machine
    WHERE bureau_id = $1 ORDER BY id
    """)
  static let materials = Statement(
    """
    SELECT machine_id, material FROM machine_material
    WHERE machine_id IN (SELECT id FROM machine WHERE bureau_id = $1)
    ORDER BY machine_id, material
    """)
  static let insertCertification = Statement(
    """
    INSERT INTO certification (
      id, bureau_id, site_id, machine_id, process, material, scheme, issuer, valid_from,
      valid_until, document_sha256, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    """)
  static let certifications = Statement(
    """
    SELECT id, site_id, machine_id, process, material, scheme, issuer, valid_from, valid_until,
      document_sha256 FROM certification WHERE bureau_id = $1 ORDER BY id
    """)
  static let counts = Statement(
    """
    SELECT (SELECT COUNT(*) FROM site WHERE bureau_id = $1) AS sites,
      (SELECT COUNT(*) FROM machine WHERE bureau_id = $1) AS machines,
      (SELECT COUNT(*) FROM certification WHERE bureau_id = $1) AS certifications
    """)

  /// All of them.
  public static let statements = [
    select, enrol, insertSite, site, sites, insertMachine, insertMaterial, machine, machines,
    materials, insertCertification, certifications, counts,
  ]
}
