import Crypto
import Database
import Domain
import FoundationEssentials
import Sealing

/// Seals an order's address under a key of that order alone, which the key holder wraps. Erasing a
/// customer is destroying that wrapped key: the address, and the code that recognises a repeated
/// request, are worthless without it.
struct SealedShipTo: Sendable {
  let keys: any KeyHolder

  /// What an order stores of its address.
  struct Sealed: Sendable {
    var bytes: [UInt8]
    var wrappedKey: WrappedSecret

    init(bytes: [UInt8], wrappedKey: WrappedSecret) {
      self.bytes = bytes
      self.wrappedKey = wrappedKey
    }

    init(row: Row) throws {
      bytes = try row.blob("ship_to")
      wrappedKey = try WrappedSecret(shipToKeyIn: row)
    }
  }

  /// The sealed address, and the authentication code of the request that it came in. Called outside
  /// transactions, because the holder may be far away.
  func seal(
    _ request: PlaceOrder, order: OrderID, brand: BrandID, ambient: Ambient
  ) async throws -> (sealed: Sealed, requestCode: [UInt8]) {
    var generator = ambient.generator
    let key = WrappingKey.generate(using: &generator)
    var address = JSONWriter()
    request.shipTo.write(to: &address)
    let bytes = try KeyWrap.wrap(
      address.bytes, under: key,
      context: Self.addressContext(order: order, brand: brand),
      using: &generator)
    let wrapped = try await keys.wrap(
      key.bytes, context: Self.keyContext(order: order, brand: brand))
    let code = HMAC<SHA256>.authenticationCode(
      for: Self.canonical(request), using: SymmetricKey(data: key.bytes))
    return (Sealed(bytes: bytes, wrappedKey: wrapped), Array(code))
  }

  /// The address.
  func open(_ sealed: Sealed, order: OrderID, brand: BrandID) async throws -> ShipTo {
    let bytes = try await keys.unwrap(
      sealed.wrappedKey, context: Self.keyContext(order: order, brand: brand))
    guard let key = WrappingKey(bytes: bytes) else {
      throw Problem.failed("the ship-to key of \(order) has another length")
    }
    let json = try KeyWrap.unwrap(
      sealed.bytes, under: key, context: Self.addressContext(order: order, brand: brand))
    // The decoder's own error could quote the address.
    guard let address = try? JSONDecoder().decode(ShipTo.self, from: Data(json)) else {
      throw Problem.failed("the ship-to of \(order) is not JSON of an address")
    }
    return address
  }

  /// Whether a request is the one that an order was placed with.
  func isRequest(
    _ request: PlaceOrder, code: [UInt8], wrappedKey: WrappedSecret, order: OrderID, brand: BrandID
  ) async throws -> Bool {
    let key = try await keys.unwrap(
      wrappedKey, context: Self.keyContext(order: order, brand: brand))
    return HMAC<SHA256>.isValidAuthenticationCode(
      code, authenticating: Self.canonical(request), using: SymmetricKey(data: key))
  }

  /// What the code is made over. It is a keyed code, not a digest: a digest of an address would confirm
  /// a guess of it, and would outlive its erasure.
  private static func canonical(_ request: PlaceOrder) -> [UInt8] {
    Array("everpart/order-request/v1\n".utf8) + request.json
  }

  static func keyContext(order: OrderID, brand: BrandID) -> KeyContext {
    KeyContext(purpose: .shipTo, tenant: brand.text, subject: order.text)
  }

  private static func addressContext(order: OrderID, brand: BrandID) -> WrapContext {
    ["purpose": "ship-to", "tenant": brand.text, "order": order.text]
  }
}

extension WrappedSecret {
  /// The wrapped key of an order's address.
  init(shipToKeyIn row: Row) throws {
    self.init(
      version: try row.integer("ship_to_key_version"), bytes: try row.blob("ship_to_key"))
  }
}
