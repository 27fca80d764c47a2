import BureauProtocol
import Database
import Domain
import Ledger

/// A job with what its bureau sees of it. Only the bureau whose offer was accepted holds a job: one
/// that was merely asked, and every other one, is told that there is no such job.
struct HeldJob {
  let record: JobRecord
  let partName: String
  let profile: PrintProfile
  let payout: Money
  let startedEpoch: Int?

  init(row: Row) throws {
    record = try JobRecord(row: row)
    partName = try row.text("part_name")
    profile = try row.json("profile")
    payout = try row.money("payout_minor")
    startedEpoch = try row.integerOrNil("started_epoch")
  }

  /// The states in which a lease means something.
  static let leasable: Set<JobState> = [.accepted, .printing, .printed, .inspected]

  func requireLeasable() throws(Problem) {
    guard Self.leasable.contains(record.state) else {
      throw Problem(
        .conflict, "job.state", "A job that is \(record.state.rawValue) cannot be leased.")
    }
  }

  func view(leased: Bool) throws -> JobView {
    guard let machine = record.machine else { throw Problem.failed("a held job without a machine") }
    return JobView(
      id: record.id, order: record.order, state: record.state, version: record.version,
      attempt: record.attempt, epoch: record.epoch, leased: leased, startedEpoch: startedEpoch,
      partName: partName, quantity: record.quantity, profile: profile, machine: machine,
      payout: payout, productionDay: record.productionDay, dueDay: record.dueDay, actions: actions)
  }

  private var actions: [String] {
    switch record.state {
    case .accepted: ["lease", "package", "report.started", "report.held"]
    case .printing: ["lease", "package", "report.completed", "report.held"]
    case .printed: ["lease", "report.inspected", "report.held"]
    case .inspected: ["lease", "report.shipped", "report.held"]
    case .shipped: ["delivered", "lost"]
    case .lost: ["delivered"]
    case .queued, .offered, .delivered, .held, .cancelled, .unmakeable: []
    }
  }
}
