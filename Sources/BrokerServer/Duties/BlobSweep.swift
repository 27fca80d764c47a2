import BlobStore
import Domain
import Logging
import Vault

/// Removes, once at the start, what uploads that a crash cut off have left: rows with their blobs, and
/// files that never got a name. A fault does not keep the server from starting: what is left, the next
/// start tries again.
struct BlobSweep: Sendable {
  let vault: Vault
  let blobs: DirectoryBlobStore
  let logger: Logger

  func run() async {
    do {
      try await vault.sweep()
      // Nothing is served yet and the directory is this process's alone, so that every unfinished file
      // is a dead writer's, whatever the clock says of it.
      try await blobs.removeUnfinished(before: Instant(milliseconds: .max))
    } catch {
      logger.error("blob sweep failed", metadata: ["detail": "\(error)"])
    }
  }
}
