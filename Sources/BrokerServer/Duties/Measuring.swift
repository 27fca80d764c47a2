import Domain
import Logging
import ServiceLifecycle
import Vault
import Workers

/// Gives meshes to workers, a few at a time, for as long as the server runs. What a stop or a crash leaves
/// under way, the next start puts back into the queue.
struct Measuring: Service {
  /// How long it rests when something of ours has failed, at first and at most.
  private static let restSeconds = (first: 1, most: 60)

  let vault: Vault
  let worker: Worker
  /// How many workers there are at once.
  let workersMax: Int
  let logger: Logger

  func run() async throws {
    // A service that throws would take the server down with it.
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await tellConfinement() }
        // Without a ring as well: a brand's hour moves on by itself.
        group.addTask { [bell = vault.measuringBell] in
          while (try? await Task.sleep(for: .seconds(1))) != nil { bell.ring() }
        }
        await work(&group)
        group.cancelAll()
      }
    }
  }

  private func work(_ group: inout TaskGroup<Void>) async {
    var rest = Rest()
    let tally = Tally()
    for await _ in vault.measuringBell.heard {
      if Task.isCancelled { return }
      rest.heed(tally.takeOutcomes())
      while !rest.isOn, tally.running < workersMax {
        do {
          guard let job = try await vault.nextMeasuringJob() else { break }
          tally.began()
          group.addTask {
            tally.ended(well: await measure(job))
            vault.measuringBell.ring()
          }
        } catch {
          log(error)
          rest.heed([false])
        }
      }
    }
  }

  /// Whether it went well, as far as it is ours to go well: a mesh that ends its worker is not.
  private func measure(_ job: MeasuringJob) async -> Bool {
    do {
      let state = try await vault.measure(job)
      if state == .quarantined {
        logger.warning("a mesh is in quarantine", metadata: Self.metadata(job))
      }
      return true
    } catch {
      log(error, of: job)
      // What is damaged on the disk is one mesh, which is refused: no reason for the others to wait.
      return Task.isCancelled || (error as? Problem)?.code == "vault.record"
    }
  }

  /// Nothing where the server stops: it ends the workers itself, and the reason is another.
  private func log(_ error: any Error, of job: MeasuringJob? = nil) {
    guard !Task.isCancelled else { return }
    var metadata = job.map(Self.metadata) ?? [:]
    metadata["detail"] = "\((error as? Problem)?.privateDetail ?? "\(error)")"
    logger.error("measuring failed", metadata: metadata)
  }

  private static func metadata(_ job: MeasuringJob) -> Logger.Metadata {
    ["brand": "\(job.brand)", "design": "\(job.design)", "file": "\(job.file)"]
  }

  /// What this kernel does not give a worker is worth knowing; so is that none starts.
  private func tellConfinement() async {
    do {
      let has = try await worker.probe()
      let missing = [
        (has.filter, "a filter of system calls"), (has.network, "a network of its own"),
        (has.firstToGo, "being ended first when memory runs out"),
      ].filter { !$0.0 }.map(\.1)
      guard !missing.isEmpty else { return }
      logger.warning(
        "workers go without something that this system does not allow",
        metadata: ["missing": "\(missing.joined(separator: ", "))"])
    } catch {
      log(error)
    }
  }

  /// After a fault of ours nothing is taken for a while, for twice as long after each further one.
  private struct Rest {
    private var until: ContinuousClock.Instant?
    private var seconds = 0

    var isOn: Bool { until.map { ContinuousClock.now < $0 } ?? false }

    mutating func heed(_ outcomes: [Bool]) {
      for wentWell in outcomes {
        seconds =
          wentWell
          ? 0 : min(Measuring.restSeconds.most, max(Measuring.restSeconds.first, seconds * 2))
        until = wentWell ? nil : .now + .seconds(seconds)
      }
    }
  }
}
