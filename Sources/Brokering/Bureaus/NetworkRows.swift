import Database
import Domain

extension Row {
  /// A place stored as `latitude_e6` and `longitude_e6`.
  func coordinates() throws -> Coordinates {
    let latitude: Int64 = try integer("latitude_e6")
    let longitude: Int64 = try integer("longitude_e6")
    guard
      let place = Coordinates(latitude: Double(latitude) / 1e6, longitude: Double(longitude) / 1e6)
    else { throw DatabaseError.columnMismatch(column: "latitude_e6", expected: "degrees") }
    return place
  }

  /// A material, or nil for NULL.
  func materialOrNil(_ column: String) throws -> Material? {
    guard let name = try textOrNil(column) else { return nil }
    guard let material = Material(name) else {
      throw DatabaseError.columnMismatch(column: column, expected: "Material")
    }
    return material
  }

  /// A machine, whose materials are in another table.
  func machine(materials: [Material]) throws -> Machine {
    let micrometres: [Int64] = [
      try integer("build_x_um"), try integer("build_y_um"), try integer("build_z_um"),
    ]
    let sides = micrometres.map { Double($0) / 1000 }
    guard let volume = BoxSize(x: sides[0], y: sides[1], z: sides[2]) else {
      throw DatabaseError.columnMismatch(column: "build_x_um", expected: "micrometres")
    }
    return Machine(
      id: try identifier("id"), name: try text("name"), process: try named("process"),
      materials: materials, buildVolume: volume)
  }

  /// A certification.
  func certification() throws -> Certification {
    Certification(
      id: try identifier("id"), scheme: try text("scheme"), site: try identifierOrNil("site_id"),
      process: try textOrNil("process") == nil ? nil : named("process"),
      material: try materialOrNil("material"), machine: try identifierOrNil("machine_id"),
      issuer: try text("issuer"), validFrom: try day("valid_from"),
      validUntil: try day("valid_until"), documentSHA256: try text("document_sha256"))
  }
}
