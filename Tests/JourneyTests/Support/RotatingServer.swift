import BlobStore
import Brokering
import Database
import Domain
import Foundation
import HTTPClient
import Ledger
import MeshFiles
import Sealing
import TestSupport
import Testing

@testable import Vault

/// A broker process with many wrapped keys, which the shim can kill, and a look at its data from outside.
final class RotatingServer {
  let root: TemporaryDirectory
  private(set) var child: Child
  private(set) var client: Client
  private let http = HTTPClient()
  private let program: String
  private let shim: String
  private var starts = 0
  private var armed = 0
  private static let path = "/v1/operator/vault/key-versions"

  /// - Parameter count: how many files' keys; there is a tenth as many of orders.
  init(keys count: Int) async throws {
    root = try TemporaryDirectory()
    program = try Product.require()
    shim = try Product.shim(into: root.path)
    child = try Self.start(program, root, shim, port: "0", number: 0)
    let lines = try await Self.ready(child, root)
    client = Client(
      url: lines.first { $0["event"] == "ready" }?["url"].text ?? "",
      key: lines.first { $0["event"] == "operator_key" }?["key"].text ?? "", http: http)
    child.kill()
    try await addKeys(count)
    try await restart()
  }

  deinit { http.shutdown() }

  var log: String {
    String(((try? String(contentsOfFile: root.path("err"), encoding: .utf8)) ?? "").suffix(1500))
  }

  /// Starts it where it was.
  func restart() async throws {
    starts += 1
    child = try Self.start(
      program, root, shim, port: String(client.url.split(separator: ":").last ?? ""),
      number: starts)
    _ = try await Self.ready(child, root)
  }

  /// Lets the shim count durable writes and kill at one; 0 only counts.
  func arm(at number: Int, _ moment: String) throws {
    armed += 1
    try? FileManager.default.removeItem(atPath: root.path("trigger.log"))
    try root.write("\(armed) \(number) \(moment)\n".utf8, to: ".trigger")
    _ = rename(root.path(".trigger"), root.path("trigger"))
  }

  func disarm() { unlink(root.path("trigger")) }

  /// What was counted: a line a durable write.
  var counted: [String] {
    let text = try? String(contentsOfFile: root.path("trigger.log"), encoding: .utf8)
    return (text ?? "").split(separator: "\n").map {
      $0.replacingOccurrences(of: root.path + "/", with: "")
    }
  }

  /// Rotates to a version, waits until everything is under it, and retires the one before.
  ///
  /// - Returns: false when the server died on the way.
  func rotate(to version: Int) async throws -> Bool {
    do {
      var status = try await client.post(Self.path, ["number": .number(Double(version))]).must()
      while status["left"].number > 0 {
        try await Task.sleep(for: .milliseconds(20))
        status = try await client.get(Self.path).must()
        #expect(status["unreadable_count"] == 0)
      }
      _ = try await client.post("\(Self.path)/\(version - 1)/retire").must()
      return true
    } catch {
      // A connection that broke is the server's death; any other fault is one.
      let isDead = try? await eventually("the death", seconds: 10) { child.status }
      guard isDead != nil, child.wasKilled else { throw error }
      return false
    }
  }

  /// What is on the disk: the ring's versions, the versions in use, how many keys there are, and the ids
  /// of those that do not open with the ring.
  func look() async throws -> (ring: [Int], used: [Int], keys: Int, refused: [String]) {
    let path = root.path("keys/ring.json")
    let ring = try KeyRingFormat.decode(
      try #require(try KeyRingFile(path: path).read()), nil, path: path, ambient: .system)
    let database = try Database.open(directory: root.path("data"))
    let sources: [any WrappedSecrets] = [WrappedFileKeys(), WrappedShipToKeys()]
    let rows = try await database.read { transaction in
      try sources.flatMap {
        try $0.batch(
          transaction, after: .init(version: 0, id: ""), through: .max, limit: 1_000_000)
      }
    }
    try await database.close()
    let holder = ring.holder
    var refused: [String] = []
    for row in rows {
      let secret = try? await holder.unwrap(row.secret, context: #require(row.context))
      if secret == nil { refused.append(row.id) }
    }
    return (
      ring.wrapping.map(\.number), Set(rows.map(\.secret.version)).sorted(), rows.count, refused
    )
  }

  private static func start(
    _ program: String, _ root: TemporaryDirectory, _ shim: String, port: String, number: Int
  ) throws -> Child {
    try Child(
      program,
      [
        "serve", "--preview-width", "0", "--json", "--port", port, "--data", root.path("data"),
        "--key-ring",
        root.path("keys/ring.json"), "--log-level", "warning",
      ], output: root.path("\(number).out"), errors: root.path("err"),
      environment: ["LD_PRELOAD": shim, "EVERPART_KILL_TRIGGER": root.path("trigger")])
  }

  private static func ready(_ child: Child, _ root: TemporaryDirectory) async throws -> [JSON] {
    try await eventually("the server") { () -> [JSON]? in
      let lines = child.text.split(separator: "\n").compactMap { try? JSON($0.utf8) }
      guard child.isRunning else {
        let said = try String(contentsOfFile: root.path("err"), encoding: .utf8)
        throw Child.Failure(description: "the server ended: \(said)")
      }
      return lines.contains { $0["event"] == "ready" } ? lines : nil
    }
  }
}

extension RotatingServer {
  /// Files' and orders' keys, wrapped as an upload and an order do, without their contents.
  private func addKeys(_ count: Int) async throws {
    let ring = try KeyRingKeeper(
      path: root.path("keys/ring.json"), outside: root.path("data"), ambient: .system)
    defer { ring.release() }
    let database = try Database.open(directory: root.path("data"))
    let model = try await addDesign(database)
    for start in stride(from: 0, to: count, by: 500) {
      var files: [(StoredFile, WrappedSecret)] = []
      var orders: [(OrderID, WrappedSecret)] = []
      for index in start..<min(start + 500, count) {
        let file = StoredFile(
          id: Ambient.system.identifier(at: model.createdAt), brand: model.brand,
          design: model.design, revision: model.revision, name: "\(index).stl",
          purpose: .drawing, mediaType: model.mediaType, blob: model.blob, plaintextBytes: 1,
          payloadBytes: 1,
          payloadSHA256: model.payloadSHA256, unit: nil, measurement: model.measurement,
          createdAt: model.createdAt)
        let key = try await ring.holder.wrap(
          Ambient.system.randomBytes(16), context: file.keyContext)
        files.append((file, key))
        guard index.isMultiple(of: 10) else { continue }
        let order: OrderID = Ambient.system.identifier(at: model.createdAt)
        let context = KeyContext(purpose: .shipTo, tenant: model.brand.text, subject: order.text)
        orders.append(
          (order, try await ring.holder.wrap(Ambient.system.randomBytes(32), context: context)))
      }
      try await database.write { [files, orders] tx in
        for (file, key) in files { try file.insert(tx, key) }
        for (order, key) in orders {
          try tx.run(
            Statement(
              """
              INSERT INTO customer_order
              SELECT $1, brand_id, id, 1, 1, 'EUR', 'placed', 'DE', 0, 0, $2, $2, $3, 0, 'job' FROM part
              """), order, key.bytes, key.version)
        }
      }
    }
    try await database.close()
  }

  /// A brand with a design and a part of it; a file as all others are.
  private func addDesign(_ database: Database) async throws -> StoredFile {
    let (ambient, now) = (Ambient.system, Ambient.system.now())
    var generator = ambient.generator
    let file = StoredFile(
      id: ambient.identifier(at: now), brand: ambient.identifier(at: now),
      design: ambient.identifier(at: now), revision: ambient.identifier(at: now), name: "model",
      purpose: .geometry, mediaType: "model/stl", blob: BlobName(using: &generator),
      plaintextBytes: 1,
      payloadBytes: 1, payloadSHA256: [1], unit: nil,
      measurement: try SampleMesh.measurement(1, 1, 1),
      createdAt: now)
    let licence: LicenceID = ambient.identifier(at: now)
    let part: PartID = ambient.identifier(at: now)
    let profile: ProfileID = ambient.identifier(at: now)
    try await database.write { tx in
      try tx.run(
        Statement("INSERT INTO brand (id, name, created_at) VALUES ($1, 'Brand', 0)"), file.brand)
      try tx.run(
        Statement("INSERT INTO design (id, brand_id, name, created_at) VALUES ($1, $2, 'D', 0)"),
        file.design, file.brand)
      try tx.run(
        Statement(
          """
          INSERT INTO revision (id, brand_id, design_id, number, state, created_at)
          VALUES ($1, $2, $3, 1, 'released', 0)
          """), file.revision, file.brand, file.design)
      try tx.run(
        Statement("INSERT INTO print_profile VALUES ($1, $2, $3, $4, 1, 'standard', '{}', 0)"),
        profile, file.brand, file.design, file.revision)
      // There is no payload, and a start would miss one.
      try tx.run(
        Statement("INSERT INTO blob (name, state, created_at) VALUES ($1, 'lost', 0)"),
        file.blob.text)
      try tx.run(
        Statement("INSERT INTO licence VALUES ($1, $2, $3, '{}', 1, 0, 0, 0, 0, 0)"), licence,
        file.brand, file.design)
      try tx.run(
        Statement(
          """
          INSERT INTO part (
            id, brand_id, design_id, revision_id, licence_id, sku, name, description, fits,
            price_minor, payout_minor, currency, lead_days, created_at, profile_id)
          VALUES ($1, $2, $3, $4, $5, 'S', 'P', '', '[]', 1, 1, 'EUR', 3, 0, $6)
          """),
        part, file.brand, file.design, file.revision, licence, profile)
    }
    return file
  }
}
