import BlobStore
import Database
public import Domain
import Ledger
import MeshFiles
import Sealing
import Workers

/// A mesh that a worker is to measure now, or to draw.
public struct MeasuringJob: Sendable, Hashable {
  enum Kind: Sendable, Hashable { case measure, draw }

  /// The mesh.
  public let file: FileID
  /// Whose it is.
  public let brand: BrandID
  /// The design that it belongs to.
  public let design: DesignID
  /// Which attempt this is: what settles another one changes nothing.
  let attempt: Int
  /// What is to be done.
  let kind: Kind
}

extension Vault {
  private var draws: Bool { (worker?.budget.previewWidth ?? 0) > 0 }

  /// Puts what a server left under way back into the queue. A server calls it when it starts: that the one
  /// before died says nothing against a mesh, because meshes are not measured in it. What was measured while there
  /// were no pictures gets one now, where there are.
  public func resumeMeasuring() async throws {
    let now = ambient.now()
    try await database.write { [self] transaction in
      try transaction.run(MeasuringStore.resume)
      try transaction.run(PreviewStore.resume)
      if draws { try transaction.run(PreviewStore.askForMissing, now) }
    }
  }

  /// Takes the next mesh for a worker, of the brand whose turn it is among those that have processor time
  /// left; nil when there is none. A brand's pictures come after its measurements. Whoever takes one measures
  /// it. One call at a time.
  public func nextMeasuringJob() async throws -> MeasuringJob? {
    let now = ambient.now()
    let waiting = try await database.read { [limits] transaction in
      try transaction.rows(
        MeasuringStore.brands, MeasuringUse.firstMinute(before: now), MeasuringUse.minute(of: now)
      )
      .filter { try $0.integer("used") < limits.measuring.cpuSecondsPerHour * 1000 }
      .map { try $0.identifier("brand_id", as: BrandID.self) }
    }
    guard let brand = measuringTurns.next(among: waiting) else { return nil }
    return try await database.write { transaction in
      func begin(_ statement: Statement, _ kind: MeasuringJob.Kind) throws -> MeasuringJob? {
        try transaction.row(statement, brand).map {
          MeasuringJob(
            file: try $0.identifier("file_id"), brand: brand,
            design: try $0.identifier("design_id"), attempt: try $0.integer("attempt"), kind: kind)
        }
      }
      return try begin(MeasuringStore.begin, .measure) ?? begin(PreviewStore.begin, .draw)
    }
  }

  /// Has a worker measure a mesh and stores what came of it: its report, that it is refused, or that it has
  /// ended one more worker. The payload is opened here and goes to the worker through a pipe.
  ///
  /// A broker that is stopped or fails in between leaves the mesh to the next attempt, and counts nothing
  /// against it. A crash before the commit does the same.
  ///
  /// Of a STEP file a converter's mesh is measured. Without a converter, and where it makes none, the file is
  /// refused (`geometry.not_measured`, `geometry.not_converted`), and its brand can say its sizes.
  ///
  /// A job to draw a mesh is done the same way: a picture that cannot be drawn is `refused`.
  ///
  /// - Returns: how far the mesh is; nil where it is gone, or nobody needs it measured any more.
  /// - Throws: `vault.record` when the mesh is not what was uploaded: it is refused with that. `WorkerFault`
  ///   when no worker can be started, `CancellationError`, and what the database, the blob store or the key
  ///   holder throws: the mesh waits again then, behind the brand's others.
  @discardableResult
  public func measure(_ job: MeasuringJob) async throws -> MeasuringState? {
    if job.kind == .draw { return try await makePreview(job) }
    guard let worker else { throw Problem.failed("a vault without workers was asked to measure") }
    do {
      let open = try await openable(job.file) { try Self.measurable($0, job) }
      guard let (file, key) = open else {
        _ = try await database.write {
          try $0.run(MeasuringStore.forget, job.file, job.brand, job.attempt)
        }
        return nil
      }
      if file.family == .step { return try await measureConverted(job, file, key, worker) }
      return try await measureMesh(job, file, key, with: worker)
    } catch let problem as Problem where problem.code == "vault.record" {
      try await settle(
        job, Settlement(state: .refused, code: problem.code, detail: problem.detail))
      throw problem
    } catch {
      // In a task of its own, because this one may be cancelled. If it fails, the next start does it.
      await Task { _ = try? await settle(job, Settlement(state: .pending)) }.value
      throw error
    }
  }

  private func measureMesh(
    _ job: MeasuringJob, _ file: StoredFile, _ key: FileKey, with worker: Worker
  ) async throws -> MeasuringState {
    let run = try await worker.run(
      .measureMesh, byteCount: file.plaintextBytes,
      input: OriginalFile(file: file, key: key, blobs: blobs))
    return try await settle(job, file, run)
  }

  /// The row of a mesh that is still worth measuring: nothing is released any more of a revision that is
  /// withdrawn, superseded or shredded.
  static func measurable(_ transaction: Transaction, _ job: MeasuringJob) throws -> Row? {
    guard let row = try transaction.row(DesignStore.file, job.file, job.design, job.brand) else {
      return nil
    }
    let state: RevisionState? = try transaction.row(
      RevisionStore.select, try row.identifier("revision_id", as: RevisionID.self), job.design,
      job.brand)?.named("state")
    return state == .draft || state == .released ? row : nil
  }

  /// How one attempt ends.
  private struct Settlement {
    var state: MeasuringState
    var report: [UInt8]?
    /// Of a mesh that was not measured before.
    var measurement: MeshSummary?
    var code: String?
    var detail: String?
    var crashes = 0
    /// What the attempt counts for in the brand's hour.
    var billedMilliseconds = 0
  }

  private static let unconverted = Settlement(
    state: .refused, code: "geometry.not_measured",
    detail: unmeasured(because: "STEP files are not measured by this broker."))

  /// A mesh that a converter has made is measured as one that was sent. One that is none settles the file:
  /// whatever the converter did, its brand can say the sizes.
  private func measureConverted(
    _ job: MeasuringJob, _ file: StoredFile, _ key: FileKey, _ worker: Worker
  ) async throws -> MeasuringState {
    guard let conversion = try await convert(file, key) else {
      return try await settle(job, Self.unconverted)
    }
    switch conversion.outcome {
    case .failed(let reason):
      return try await settle(
        job,
        Settlement(
          state: .refused, code: "geometry.not_converted",
          detail: Self.unmeasured(because: reason),
          billedMilliseconds: conversion.billedMilliseconds))
    case .mesh(let mesh):
      let run = try await worker.run(.measureMesh, byteCount: mesh.bytes.count, input: mesh)
      return try await settle(
        job, file, run, of: mesh, billing: conversion.billedMilliseconds)
    }
  }

  /// - Parameter mesh: what a converter has made of the file.
  private func settle(
    _ job: MeasuringJob, _ file: StoredFile, _ run: WorkerRun, of mesh: ConvertedMesh? = nil,
    billing milliseconds: Int = 0
  ) async throws -> MeasuringState {
    let finding = run.outcome.flatMap { answer -> Result<MeshReport, WorkerDeath> in
      let known = mesh.map { MeshReport.Known.measured($0.summary) } ?? self.known(file)
      guard let report = MeshReport(answer: answer, of: known) else {
        return .failure(.answer)
      }
      // Who has not read it all cannot know.
      if case .measured = report.finding, !run.hasTakenAll { return .failure(.answer) }
      return .success(report)
    }
    var settlement: Settlement
    switch finding {
    case .success(let report):
      switch report.finding {
      case .measured:
        settlement = Settlement(
          state: .done, report: try report.encoded(),
          measurement: mesh.map { MeshSummary(converted: $0.summary) }
            ?? report.measured?.summary(read: file.unit?.length))
      case .refused(let code):
        settlement = Settlement(
          state: .refused, code: code.rawValue,
          detail:
            "The worker that was to measure this mesh refuses it (\(code.rawValue)); `everpart "
            + "inspect` says where. Withdraw the revision, open the next one and upload the part as it "
            + "should be.")
      }
    case .failure(let death):
      settlement = Settlement(state: .pending, detail: death.description, crashes: 1)
    }
    // A worker that has died held a place for as long as it was there, also where it only waited.
    settlement.billedMilliseconds =
      settlement.crashes > 0 ? max(run.cpuMilliseconds, run.milliseconds) : run.cpuMilliseconds
    settlement.billedMilliseconds += milliseconds
    return try await settle(job, settlement)
  }

  /// What a worker's report of a mesh is held against.
  private func known(_ file: StoredFile) -> MeshReport.Known {
    if let measured = file.measurement, measured.format.family == .stl {
      return .measured(measured)
    }
    return .unmeasured(file.family, trianglesMax: limits.mesh.trianglesMax)
  }

  /// The one commit that ends an attempt. An attempt that is not the one under way changes nothing of the
  /// mesh; what it has cost counts all the same.
  @discardableResult
  private func settle(
    _ job: MeasuringJob, _ settlement: Settlement
  ) async throws -> MeasuringState {
    let now = ambient.now()
    let state = try await database.write { [self] transaction in
      var end = settlement
      let row = try transaction.row(MeasuringStore.select, job.file, job.brand)
      let crashes = try row?.integer("crashes", as: Int.self) ?? 0
      if end.crashes > 0, crashes + end.crashes >= limits.measuring.crashesMax {
        (end.state, end.code) = (.quarantined, "mesh.quarantined")
        end.detail = Self.quarantined(after: settlement.detail ?? "it ended")
      }
      // Whatever broke it off may do so again: it goes behind the brand's other meshes.
      let askedAt = end.state == .pending ? now : try row?.instant("asked_at") ?? now
      let isOurs =
        try transaction.run(
          MeasuringStore.settle, end.state.rawValue, end.crashes,
          end.report.map { String(decoding: $0, as: UTF8.self) }, end.code, end.detail,
          end.state.isSettled ? now : nil, askedAt, job.file, job.brand, job.attempt) == 1
      if isOurs, end.state == .done, draws {
        try transaction.run(PreviewStore.ask, job.file, job.brand, now)
      }
      if isOurs, let measurement = end.measurement {
        try transaction.run(
          DesignStore.measured, try StoredJSON.text(measurement), job.file, job.brand)
      }
      if end.billedMilliseconds > 0 {
        try MeasuringUse.add(transaction, end.billedMilliseconds, to: job.brand, at: now)
      }
      if isOurs, end.state == .quarantined {
        try ledger.audit(
          transaction, .meshQuarantined, brand: job.brand,
          about: AuditSubject(
            design: job.design, revision: try row?.identifierOrNil("revision_id"), file: job.file),
          detail: settlement.detail ?? "", at: now)
      }
      return end.state
    }
    measuringSignals.notify(job.design)
    return state
  }
}
