import Database
import Domain
import Ledger
import Sealing
import Synchronization
import TestSupport
import Testing

@testable import Brokering

/// Wraps under version 1 until it is rotated; then version 1 is gone.
private final class RotatedKeyHolder: KeyHolder {
  private let state = Mutex((newest: 1, wrapped: 0))
  private let keys: [MemoryKeyHolder]
  private let ambient = Ambient.simulated(seed: 5)

  init() {
    var generator = ambient.generator
    keys = (0..<2).map { [ambient] _ in
      MemoryKeyHolder(key: WrappingKey.generate(using: &generator), ambient: ambient)
    }
  }

  /// How many secrets it has wrapped.
  var wrapped: Int { state.withLock { $0.wrapped } }
  func rotate() { state.withLock { $0.newest = 2 } }

  func newestVersion() async throws -> Int { state.withLock { $0.newest } }

  func wrap(_ secret: [UInt8], context: KeyContext) async throws -> WrappedSecret {
    let version = state.withLock { state in
      state.wrapped += 1
      return state.newest
    }
    var generator = ambient.generator
    return WrappedSecret(
      version: version,
      bytes: try KeyWrap.wrap(
        secret, under: keys[version - 1].key, context: context.wrapContext(version: version),
        using: &generator))
  }

  func unwrap(_ wrapped: WrappedSecret, context: KeyContext) async throws -> [UInt8] {
    guard wrapped.version >= state.withLock({ $0.newest }) else {
      throw KeyHolderError.versionUnknown(wrapped.version)
    }
    return try await keys[wrapped.version - 1].unwrap(wrapped, context: context)
  }
}

@Suite("Orders and retired versions of the wrapping key")
struct RetiredVersionTests {
  private static let retire = Statement(
    "UPDATE key_version SET unused_since = 1, retired_at = 1 WHERE number = 1")

  @Test("an address whose key's version is retired is not stored, but wrapped anew")
  func placing() async throws {
    let holder = RotatedKeyHolder()
    let world = try await World(keys: holder)
    let (brand, shop) = try await world.brand()
    _ = try await world.bureau()
    let part = try await world.part(brand)
    try await world.database.write { transaction in
      for number in 1...2 {
        try KeyVersions.record(transaction, number, createdAt: world.clock.now)
      }
      try transaction.run(Self.retire)
    }
    // A holder that has not heard of it: nothing is stored, and the units stay where they were.
    await #expect(throws: KeyVersionRetired.self) {
      try await world.place(part.id, by: shop, key: "a")
    }
    #expect(holder.wrapped == 3)
    #expect(try await world.count("customer_order") == 0)
    #expect(try await world.licence(part, brand).reserved == 0)
    holder.rotate()
    let order = try await world.place(part.id, by: shop, key: "a")
    let address = try await world.assignment.destination(of: order.id, brand: brand)
    #expect(address == World.address())
  }

  @Test("the keys of addresses are wrapped anew in batches, each only where nothing has changed")
  func rewrapping() async throws {
    let holder = RotatedKeyHolder()
    let world = try await World(keys: holder)
    let (brand, shop) = try await world.brand()
    _ = try await world.bureau()
    let part = try await world.part(brand)
    var orders: [OrderID] = []
    for index in 0..<3 {
      orders.append(try await world.place(part.id, by: shop, key: "order-\(index)").id)
    }
    // The clock stands still, so that they were not made in this order.
    orders.sort { $0.text < $1.text }
    let source = WrappedShipToKeys()
    func batch(after id: String, limit: Int) async throws -> [WrappedRow] {
      try await world.database.read {
        try source.batch($0, after: .init(version: 1, id: id), through: 1, limit: limit)
      }
    }
    let rows = try await batch(after: "", limit: 2)
    #expect(rows.map(\.id) == orders.prefix(2).map(\.text))
    #expect(try await batch(after: orders[1].text, limit: 2).map(\.id) == [orders[2].text])
    let row = rows[0]
    let context = try #require(row.context)
    let secret = try await holder.unwrap(row.secret, context: context)
    holder.rotate()
    let wrapped = try await holder.wrap(secret, context: context)
    for expected in [true, false] {
      let isReplaced = try await world.database.write {
        try source.replace($0, row, with: wrapped)
      }
      #expect(isReplaced == expected)
    }
    #expect(try await world.database.read { try source.counts($0) } == [1: 2, 2: 1])
    _ = try await world.assignment.destination(of: orders[0], brand: brand)
    await #expect(throws: KeyHolderError.versionUnknown(1)) {
      try await world.assignment.destination(of: orders[1], brand: brand)
    }
  }
}
