import Logging
import Vault

/// Wraps anew what is not under the newest version of the wrapping key. Where all of it is, a round is a
/// few looks into indexes.
struct KeyRewrapping: Duty {
  /// How many rows that do not unwrap a round names in the log; the status has more.
  static let namedMax = 20

  let name = "wrapping keys anew"
  let rotation: KeyRotation
  let logger: Logger

  func round() async throws {
    guard let unreadable = try await rotation.rewrap() else { return }
    if unreadable.isEmpty { logger.notice("every wrapped key opens again") }
    for secret in unreadable.prefix(Self.namedMax) {
      logger.error(
        "a wrapped key does not open",
        metadata: [
          "kind": "\(secret.kind)", "id": "\(secret.id)", "version": "\(secret.version)",
          "reason": "\(secret.code)",
        ])
    }
    if unreadable.count > Self.namedMax {
      logger.error("so do others not", metadata: ["count": "\(unreadable.count - Self.namedMax)"])
    }
  }
}
