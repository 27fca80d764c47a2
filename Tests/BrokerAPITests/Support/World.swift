import BureauProtocol
import Domain
import FoundationEssentials
import HTTPTypes
import PrintPackage
import Sealing
import TestSupport
import Testing

@testable import BrokerAPI

/// Two brands and two bureaus that know nothing of each other, set up over HTTP as people would.
struct World: Sendable {
  let server: RunningServer
  let acme: Brand
  let other: Brand
  let berlin: BureauByHand
  let lyon: BureauByHand

  struct Brand: Sendable {
    let id: String
    let key: String
    let storefront: String
  }

  init(_ server: RunningServer) async throws {
    self.server = server
    acme = try await Self.brand(server, "Acme")
    other = try await Self.brand(server, "Other")
    berlin = try await BureauByHand(
      server, "Berlin Print", country: "DE", latitude: 52.5, longitude: 13.4)
    lyon = try await BureauByHand(
      server, "Lyon Forme", country: "FR", latitude: 45.8, longitude: 4.8)
  }

  private static func brand(_ server: RunningServer, _ name: String) async throws -> Brand {
    let brand = try await server.must(
      .post, "/v1/operator/brands", key: server.operatorKey, ["name": .text(name)])
    let path = "/v1/operator/brands/\(brand["id"].text)/keys"
    let keys = try await ["owner", "storefront"].asyncMap { role in
      try await server.must(
        .post, path, key: server.operatorKey, ["role": .text(role), "label": "test"])
    }
    return Brand(id: brand["id"].text, key: keys[0]["key"].text, storefront: keys[1]["key"].text)
  }

  /// A key for one of a brand's people, made by its owner.
  func key(_ brand: Brand, _ role: String, _ label: String = "test") async throws -> JSON {
    try await server.must(
      .post, "/v1/brand/keys", key: brand.key, ["role": .text(role), "label": .text(label)])
  }

  /// The brand as it is with another of its people's key.
  func acting(_ brand: Brand, with key: JSON) -> Brand {
    Brand(id: brand.id, key: key["key"].text, storefront: brand.storefront)
  }

  /// A brand's design with a cube in it, released if asked for.
  func design(
    _ brand: Brand, units: Int = 10, scrap: Int = 1, isReleased: Bool = true,
    hasGeometry: Bool = true, certifications: [JSON] = []
  ) async throws -> JSON {
    var profile = Samples.profile.members
    profile["certifications"] = .array(certifications)
    let design = try await server.must(
      .post, "/v1/brand/designs", key: brand.key,
      [
        "name": "leg cap", "profile": .object(profile),
        "licence": [
          "authorised_units": .number(Double(units)), "scrap_allowance": .number(Double(scrap)),
        ],
      ])
    let path = "/v1/brand/designs/\(design["id"].text)"
    guard hasGeometry else { return design }
    try await server.must(
      .post, path + "/files?name=leg-cap.stl", key: brand.key, bytes: Samples.cube,
      headers: [.contentType: "model/stl"])
    guard isReleased else { return try await server.must(.get, path, key: brand.key) }
    return try await server.must(.post, path + "/release", key: brand.key)
  }

  /// A part of a released design.
  func part(_ brand: Brand, _ design: JSON, sku: String = "LC-1") async throws -> JSON {
    try await server.must(
      .post, "/v1/brand/parts", key: brand.key,
      [
        "sku": .text(sku), "name": "Leg cap", "fits": ["Chair 7"], "design": design["id"],
        "price": ["minor_units": 1290, "currency": "EUR"],
        "payout": ["minor_units": 640, "currency": "EUR"], "lead_days": 7,
      ])
  }

  /// An order to Berlin.
  func order(
    _ brand: Brand, _ part: JSON, quantity: Int = 2, idempotencyKey: String = "order-1"
  ) async throws -> JSON {
    try await server.must(
      .post, "/v1/storefront/orders", key: brand.storefront,
      Samples.order(part["id"].text, quantity: quantity),
      headers: [.idempotencyKey: idempotencyKey])
  }
}

/// Things that requests are made of.
enum Samples {
  static let profile: JSON = [
    "process": "PBF-LB/P", "material": "PA12", "layer_height_um": 100, "tolerance": "ISO 2768-m",
    "finish": "as printed", "orientation": "flat side down",
    "inspection": [["feature": "width", "nominal_mm": 20, "tolerance_mm": 0.3]],
    "certifications": [],
  ]

  static let shipTo: JSON = [
    "name": "Erika Mustermann", "lines": ["Torstraße 1"], "postal_code": "10119",
    "city": "Berlin", "country": "DE", "coordinates": ["latitude": 52.53, "longitude": 13.4],
  ]

  static func order(_ part: String, quantity: Int = 2) -> JSON {
    ["part": .text(part), "quantity": .number(Double(quantity)), "ship_to": shipTo]
  }

  /// A binary STL of a cube with sides of 20 mm.
  static let cube: [UInt8] = {
    var corners: [[Float]] = []
    for z: Float in [0, 20] { corners += [[0, 0, z], [20, 0, z], [20, 20, z], [0, 20, z]] }
    let faces = [
      [0, 2, 1], [0, 3, 2], [4, 5, 6], [4, 6, 7], [0, 1, 5], [0, 5, 4], [1, 2, 6], [1, 6, 5],
      [2, 3, 7], [2, 7, 6], [3, 0, 4], [3, 4, 7],
    ]
    return stl(faces.map { $0.map { corners[$0] } })
  }()

  /// A binary STL of facets with three corners each.
  static func stl(_ facets: [[[Float]]]) -> [UInt8] {
    stlHead(facetCount: facets.count) + facets.flatMap(facet)
  }

  static func stlHead(facetCount: Int) -> [UInt8] {
    [UInt8](repeating: 0x20, count: 80) + bytes(UInt32(facetCount))
  }

  static func facet(_ corners: [[Float]]) -> [UInt8] {
    [UInt8](repeating: 0, count: 12) + corners.joined().flatMap { bytes($0.bitPattern) } + [0, 0]
  }

  private static func bytes(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }
}

extension Sequence where Element: Sendable {
  func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
