import Domain
import HTTPTypes
import Hummingbird

extension HTTPField.Name {
  /// The header of draft-ietf-httpapi-idempotency-key-header.
  static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
  /// Says that an answer is that of an earlier request with the same key.
  static let idempotentReplayed = HTTPField.Name("Idempotent-Replayed")!
}

/// The key that makes a repeated request safe: 1 to 255 visible ASCII characters.
enum IdempotencyKey {
  /// What a route does with one.
  enum Use: Sendable {
    /// Nothing: repeating the request is harmless, or it streams.
    case ignored
    /// With one, the request is done once.
    case optional
    /// There has to be one.
    case required
  }

  /// - Throws: `idempotency.missing` when there is none, `idempotency.key` when it has another form.
  static func required(in request: Request) throws(Problem) -> String {
    guard let key = try optional(in: request) else {
      throw Problem(
        .malformed, "idempotency.missing",
        "This request needs an Idempotency-Key header: a text of your choice, the same when the "
          + "request is repeated.")
    }
    return key
  }

  /// - Throws: `idempotency.key` when there is one of another form.
  static func optional(in request: Request) throws(Problem) -> String? {
    let values = request.headers[values: .idempotencyKey]
    guard let key = values.first else { return nil }
    guard values.count == 1, (1...255).contains(key.utf8.count),
      key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw Problem(
        .malformed, "idempotency.key",
        "An Idempotency-Key is one text of 1 to 255 visible ASCII characters.")
    }
    return key
  }
}
