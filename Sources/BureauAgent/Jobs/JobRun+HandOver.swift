import BureauProtocol
import Domain
import Logging
import PrintPackage
import Sealing

/// From acceptance to the hand-over. The order is the point: the broker has acknowledged `started`
/// before a tool can see a file, so no print is unknown to it, whenever the agent dies.
extension JobRun {
  /// Accepted: prepares the part out of the tools' sight, and tells the broker.
  func start(_ job: JobView, _ lease: LeaseView) async throws -> JobView {
    let attempt = place.attempt(job.attempt, of: id)
    guard !attempt.isClosed else {
      return try await hold(job, lease, "This attempt was begun here before, and was given up.")
    }
    do {
      let grant = try grant(lease)
      if needsPreparing(attempt, for: grant) { try await prepare(job, grant, after: attempt) }
    } catch let refusal as Problem where refusal.isAboutThePackage {
      log.error("package refused", metadata: ["code": "\(refusal.code)"])
      return try await hold(job, lease, "The package was refused: \(refusal.code).")
    }
    // Before the report: whoever finds this attempt started under this epoch knows that it is ours.
    try note(.asked, job) { $0.epoch = lease.epoch }
    return try await report(.started, job, lease)
  }

  /// Whether there is no prepared part, or only one from a manifest that was signed anew since: the
  /// part is then opened again, so that the completion names what it was printed from.
  private func needsPreparing(_ attempt: Attempt, for grant: LeaseGrant) -> Bool {
    guard let name = attempt.partName else { return true }
    return attempt.manifestSHA256 != grant.manifestSHA256 && !attempt.isHanded
      && !place.folder.hasTrace(name)
  }

  private func prepare(
    _ job: JobView, _ grant: LeaseGrant, after attempt: Attempt
  ) async throws {
    var opener = PackageOpener(
      identity: place.identity, trust: place.trust,
      expecting: PackageExpectation(
        now: place.ambient.now(), bureau: place.bureau,
        recipient: place.identity.recipient.description, job: id))
    try await place.broker.package(id) { try opener.update($0) }
    let package = try opener.finish()
    guard package.statement.digest == grant.manifestSHA256 else {
      throw Problem(.invalid, "grant.mismatch", "The lease grant is for another manifest.")
    }
    guard let file = package.files.first(where: { $0.manifest.purpose == .geometry }) else {
      throw Problem.failed("a package without geometry has verified")
    }
    let documents = try package.documents()
    let name = HotFolder.partName(
      job: id, attempt: job.attempt, fileName: file.manifest.name)
    for old in attempt.partNames { try place.folder.clear(old) }
    try place.folder.prepare(
      file.content, sheet: try JobSheet(package.ticket, unit: file.manifest.unit).json(),
      documents: documents, as: name)
    // A crash here leaves temporary names that no line of the journal knows: the next start removes
    // them.
    try note(.intent, job) {
      $0.manifestSHA256 = package.statement.digest
      $0.partName = name
    }
    log.info(
      "verified, opened and prepared",
      metadata: [
        "file": "\(name)", "bytes": "\(file.content.count)", "documents": "\(documents.count)",
      ])
  }

  /// Printing: hands over if that has not happened, then waits for the print.
  func handOver(_ job: JobView, _ lease: LeaseView) async throws -> JobView {
    let (attempt, name) = try ours(job)
    if !attempt.isHanded {
      switch (place.folder.isPrepared(name), place.folder.hasTrace(name)) {
      case (true, false):
        // The rename takes the prepared name away, so it never happened. The lease is asked for once
        // more: this process may have slept since the broker's last answer.
        _ = try await place.broker.heartbeat(id, epoch: lease.epoch)
        try Task.checkCancellation()
        try place.folder.handOver(name)
        try note(.handed, job)
        log.info("handed over", metadata: ["file": "\(name)", "quantity": "\(job.quantity)"])
      case (false, true):
        // The rename happened; only the line that says so is missing.
        try note(.handed, job)
      default:
        return try await hold(
          job, lease, "After a restart it is not known whether the part was handed over.")
      }
    }
    return try await complete(job, lease)
  }
}

extension OpenedPackage {
  /// What a bureau's people read, numbered by purpose in the manifest's order.
  fileprivate func documents() throws(Problem) -> [HotFolder.Document] {
    var counts: [FilePurpose: Int] = [:]
    var documents: [HotFolder.Document] = []
    for file in files where file.manifest.purpose != .geometry {
      let purpose = file.manifest.purpose
      counts[purpose, default: 0] += 1
      documents.append(
        try HotFolder.Document(
          purpose, number: counts[purpose, default: 0], mediaType: file.manifest.mediaType,
          content: file.content))
    }
    return documents
  }
}

extension Problem {
  /// Whether a package itself is wrong, so that fetching it again cannot help.
  fileprivate var isAboutThePackage: Bool {
    kind == .invalid && (code.hasPrefix("package.") || code.hasPrefix("grant."))
  }
}
