import Database
import Domain
import Geometry
import MeshFiles
import Sealing
import Workers

extension Vault {
  /// Has a worker draw a mesh, and keeps the picture sealed.
  ///
  /// The worker answers with pixels and no file: any bytes of the right number are a picture, and the PNG file
  /// around them is this process's. So nothing that a worker makes up is ever decoded by anybody. What it can
  /// do is draw something else.
  ///
  /// One worker is tried: a mesh without a picture is a mesh all the same. What breaks an attempt off on our
  /// side leaves it to the next.
  func makePreview(_ job: MeasuringJob) async throws -> MeasuringState? {
    guard let worker else { throw Problem.failed("a vault without workers was asked to draw") }
    do {
      let open = try await openable(job.file) { try Self.measurable($0, job) }
      guard let (file, key) = open else {
        _ = try await database.write {
          try $0.run(PreviewStore.forget, job.file, job.brand, job.attempt)
        }
        return nil
      }
      let run: WorkerRun
      var billed = 0
      if file.family == .step {
        let conversion = try await convert(file, key)
        billed = conversion?.billedMilliseconds ?? 0
        guard case .mesh(let mesh)? = conversion?.outcome else {
          return try await settlePreview(job, .refused, nil, billing: billed)
        }
        run = try await worker.run(.renderPreview, byteCount: mesh.bytes.count, input: mesh)
      } else {
        run = try await worker.run(
          .renderPreview, byteCount: file.plaintextBytes,
          input: OriginalFile(file: file, key: key, blobs: blobs))
      }
      var sealed: [UInt8]?
      if case .success(let pixels) = run.outcome, run.hasTakenAll,
        let picture = Picture(drawn: pixels, worker.budget)
      {
        var generator = ambient.generator
        sealed = try SealedPreview(of: file, key).sealed(PNG.encode(picture), using: &generator)
      }
      let milliseconds =
        sealed == nil ? max(run.cpuMilliseconds, run.milliseconds) : run.cpuMilliseconds
      return try await settlePreview(
        job, sealed == nil ? .refused : .done, sealed, billing: billed + milliseconds)
    } catch let problem as Problem where problem.code == "vault.record" {
      _ = try await settlePreview(job, .refused, nil, billing: 0)
      throw problem
    } catch {
      await Task { _ = try? await settlePreview(job, .pending, nil, billing: 0) }.value
      throw error
    }
  }

  private func settlePreview(
    _ job: MeasuringJob, _ state: MeasuringState, _ sealed: [UInt8]?, billing milliseconds: Int
  ) async throws -> MeasuringState {
    let now = ambient.now()
    return try await database.write { transaction in
      // A file that was shredded meanwhile gets none: its row is gone.
      try transaction.run(
        PreviewStore.settle, state == .refused ? "failed" : state.rawValue, sealed, now, job.file,
        job.brand, job.attempt)
      if milliseconds > 0 {
        try MeasuringUse.add(transaction, milliseconds, to: job.brand, at: now)
      }
      return state
    }
  }
}

extension Picture {
  /// What a worker has drawn; nil unless it is exactly a picture of the size that it was asked for.
  fileprivate init?(drawn pixels: [UInt8], _ budget: WorkerBudget) {
    let (width, height) = (budget.previewWidth, budget.previewHeight)
    guard width > 0, height > 0, pixels.count == width * height * 3 else { return nil }
    self.init(width: width, height: height, hasAlpha: false, pixels: pixels)
  }
}
