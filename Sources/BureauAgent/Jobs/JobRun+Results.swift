import BureauProtocol
import Domain
import Logging
import PrintPackage
import Sealing

/// From the print to the parcel, as the bureau's tools answer in marker files.
extension JobRun {
  private var markers: Markers { Markers(folder: place.folder, log: log, said: place.said) }

  /// Waits for the print and reports it; or holds the job when it failed.
  func complete(_ job: JobView, _ lease: LeaseView) async throws -> JobView {
    let (attempt, name) = try ours(job)
    // What is signed is fixed in the journal first: a repeated completion has to say the same.
    var outcome = attempt.outcome
    if outcome == nil {
      switch try await waitFor("the print of \(name)", { try markers.outcome(of: name) }) {
      case .failed(let reason): return try await hold(job, lease, reason)
      case .done(var seen):
        seen.seenAt = place.ambient.now()
        outcome = seen
        try note(.printed, job) { $0.outcome = seen }
      }
    }
    let completion = Completion(
      job: id, bureau: place.bureau, attempt: job.attempt, epoch: lease.epoch,
      manifestSHA256: try grant(lease).manifestSHA256, quantity: job.quantity,
      machine: outcome?.machine, materialLot: outcome?.materialLot,
      completedAt: outcome?.seenAt ?? place.ambient.now())
    let statement = try SignedStatement(json: try completion.signed(by: place.signer).json())
    let next = try await report(.completed(statement), job, lease)
    try note(.completed, job)
    // The broker has the completion: the design has no more business on this disk.
    place.folder.removePart(name)
    log.info("printed", metadata: ["lot": "\(outcome?.materialLot ?? "–")"])
    return next
  }

  /// Waits until everything planned is measured and reports it.
  func inspect(_ job: JobView, _ lease: LeaseView) async throws -> JobView {
    let (_, name) = try ours(job)
    place.folder.removePart(name)
    let outcome = try await waitFor("the inspection of \(name)") {
      try markers.inspection(of: name, plan: job.profile.inspection)
    }
    let measured = outcome.measurements ?? [:]
    let faults = job.profile.inspection.compactMap { item in
      measured[item.feature].flatMap(item.fault)
    }
    let result = InspectionResult(
      passed: faults.isEmpty && outcome.passed != false,
      measurements: measured.sorted { $0.key < $1.key }.map {
        Measurement(feature: $0.key, millimetres: $0.value)
      }, materialLot: outcome.materialLot)
    let next = try await report(.inspected(result), job, lease)
    if result.passed {
      log.info("passed inspection")
    } else {
      let why = faults.isEmpty ? ["the bureau says so"] : faults
      log.warning(
        "failed inspection",
        metadata: ["why": "\(why.joined(separator: "; "))", "next": "\(next.state)"])
    }
    return next
  }

  /// Waits for the parcel's number and reports it.
  func ship(_ job: JobView, _ lease: LeaseView) async throws -> JobView {
    let (_, name) = try ours(job)
    // The broker has the inspection: nobody here measures by a drawing any more.
    try place.folder.removeDocuments(name)
    let shipment = try await waitFor("the shipment of \(name)") {
      try markers.shipment(of: name)
    }
    let next = try await report(.shipped(shipment), job, lease)
    log.info("shipped", metadata: ["carrier": "\(shipment.carrier)"])
    return next
  }
}

extension InspectionItem {
  /// What is wrong with a measurement of this feature; nil if it is within tolerance. A nanometre of
  /// slack takes up the rounding of decimal fractions, as at the broker.
  fileprivate func fault(_ millimetres: Double) -> String? {
    guard abs(millimetres - nominalMillimetres) > toleranceMillimetres + 1e-6 else { return nil }
    return "\(feature) is \(millimetres) mm, planned \(nominalMillimetres) ± "
      + "\(toleranceMillimetres) mm"
  }
}
