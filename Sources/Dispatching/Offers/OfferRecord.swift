import BureauProtocol
import Database
import Domain

/// An offer as a transaction read it.
struct OfferRecord {
  let id: OfferID
  let job: JobID
  let bureau: BureauID
  let machine: MachineID
  let state: OfferState
  let expiresAt: Instant

  init(row: Row) throws {
    id = try row.identifier("id")
    job = try row.identifier("job_id")
    bureau = try row.identifier("bureau_id")
    machine = try row.identifier("machine_id")
    state = try row.named("state")
    expiresAt = try row.instant("expires_at")
  }

  /// Refuses an answer to an offer that does not wait for one: `offer.expired` and
  /// `offer.withdrawn` are gone, an answer that was already given is a conflict. The deadline counts
  /// even before the sweep has come by.
  func requireOpen(at now: Instant) throws(Problem) {
    switch state {
    case .open where now < expiresAt: return
    case .open, .expired:
      throw Problem(.gone, "offer.expired", "The offer's deadline, \(expiresAt), has passed.")
    case .withdrawn: throw Problem(.gone, "offer.withdrawn", "The offer was withdrawn.")
    case .accepted:
      throw Problem(.conflict, "offer.accepted", "The offer was accepted before.")
    case .declined:
      throw Problem(.conflict, "offer.declined", "The offer was declined before.")
    }
  }
}
