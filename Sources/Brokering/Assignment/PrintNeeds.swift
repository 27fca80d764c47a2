import Database
import Domain
import Ledger
import MeshFiles
import Synchronization

/// What printing a released revision in one of its profiles under a licence needs. A released revision,
/// its profiles and a licence's terms never change, so this never does either.
struct PrintNeeds: Sendable {
  let process: PrintProcess
  let material: Material
  let sizes: [BoxSize]
  let certifications: [String]
  let licence: LicenceTerms
}

/// Keeps print needs, whose JSON would otherwise be decoded for every order.
final class PrintNeedsCache: Sendable {
  /// When so many are kept, all are dropped: at some kilobytes each that bounds the memory.
  private static let countMax = 10_000

  private struct Key: Hashable {
    let profile: ProfileID
    let licence: LicenceID
  }

  private let kept = Mutex<[Key: PrintNeeds]>([:])

  /// The needs of a brand's job. Kept only once the transaction that read them is committed.
  func needs(_ transaction: Transaction, of job: JobRecord) throws -> PrintNeeds {
    let (revision, licence, brand) = (job.revision, job.licence, job.brand)
    let key = Key(profile: job.profile, licence: licence)
    if let needs = kept.withLock({ $0[key] }) { return needs }
    guard
      let row = try transaction.row(
        AssignmentStore.printNeeds, job.profile, revision, licence, brand)
    else {
      throw Problem.failed("no profile \(job.profile) of \(revision) with licence \(licence)")
    }
    let profile: PrintProfile = try row.json("profile")
    let terms: LicenceTerms = try row.json("terms")
    let sizes = try transaction.rows(AssignmentStore.measurements, revision, brand)
      .map(size(measuredIn:))
    let needs = PrintNeeds(
      process: profile.process, material: profile.material, sizes: sizes,
      certifications: profile.certifications, licence: terms)
    transaction.afterCommit { [self] in
      kept.withLock { kept in
        if kept.count >= Self.countMax { kept = [:] }
        kept[key] = needs
      }
    }
    return needs
  }

  /// How large a file is. One that is not measured yet, as after an import, fits nowhere: nothing is kept of
  /// its revision's needs, and nobody orders it.
  private func size(measuredIn row: Row) throws -> BoxSize {
    guard try row.textOrNil("measurement") != nil else {
      throw Problem(
        .conflict, "part.not_measured",
        "The part cannot be ordered yet: its sizes are still being measured.")
    }
    let size = try row.json("measurement", as: MeshSummary.self).size
    guard let box = BoxSize(x: size.x, y: size.y, z: size.z) else {
      throw DatabaseError.columnMismatch(column: "measurement", expected: "millimetres")
    }
    return box
  }
}
