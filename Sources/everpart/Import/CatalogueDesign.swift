import Domain

/// A design of a catalogue: what its rows say of it together.
struct CatalogueDesign {
  /// The brand's own name for it: the column `design`, or the SKU.
  let reference: String
  let rows: [CatalogueRow]
  let files: [DesignFile]
  /// In the order in which the rows name them.
  let profiles: [NamedProfile]
  /// The profile's name for each row, as the catalogue calls it.
  let profileNames: [String]
  let terms: LicenceTerms
  let isPostQuantumOnly: Bool?
  /// What is sent when nothing is there yet.
  var bytes: Int { files.reduce(0) { $0 + $1.size } }
}

/// A whole catalogue, read and found good: only then is anything sent.
struct Catalogue {
  let designs: [CatalogueDesign]
  let rowCount: Int
}
