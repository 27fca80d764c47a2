import Logging
import Vault

/// Removes, once at the start, what uploads that a crash cut off have left. A fault does not keep the
/// server from starting: the rows stay, and the next start tries again.
struct BlobSweep: Sendable {
  let vault: Vault
  let logger: Logger

  func run() async {
    do {
      try await vault.sweep()
    } catch {
      logger.error("blob sweep failed", metadata: ["detail": "\(error)"])
    }
  }
}
