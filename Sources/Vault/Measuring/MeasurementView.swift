import Database
public import Domain
import Geometry
public import MeshFiles
import Workers

/// How far the measuring of a stored mesh has come.
public enum MeasuringState: String, Sendable, Hashable, Codable, CaseIterable {
  /// Waits for a worker.
  case pending
  /// A worker is at it.
  case running
  /// It is measured.
  case done
  /// It cannot be: `code` says why.
  case refused
  /// It has ended as many workers as it may, and gets no further one unless somebody asks.
  case quarantined

  /// Whether nothing happens to it by itself any more.
  public var isSettled: Bool { self != .pending && self != .running }
}

/// What is measured of a revision's mesh once it is stored, and how far that is.
public struct MeasurementView: Sendable, Hashable, Codable {
  /// The mesh.
  public let file: FileID
  /// How far it is.
  public let state: MeasuringState
  /// How many workers have begun with it.
  public let attempts: Int
  /// How many of them it has ended since somebody last asked.
  public let crashes: Int
  /// When it was uploaded, or last asked for, or put back into the queue.
  public let askedAt: Instant
  /// When it was settled, if it is.
  public let settledAt: Instant?
  /// Distinct vertices; left out until it is measured, and where it is too large to weld.
  public let vertices: Int?
  /// Whether every edge lies in exactly two facets that agree on what is outside; left out as above.
  public let isWatertight: Bool?
  /// Connected components; left out as above.
  public let shells: Int?
  /// What may keep the mesh from printing as meant: of both passes, once it is measured.
  public let problems: [MeshProblem]
  /// Of what is refused or in quarantine, what a release is refused with.
  public let code: String?
  /// What is wrong and what to do about it; of a mesh that waits again, how its last worker ended.
  public let detail: String?

  private enum CodingKeys: String, CodingKey {
    case file, state, attempts, crashes, vertices, shells, problems, code, detail
    case isWatertight = "watertight"
    case askedAt = "asked_at"
    case settledAt = "settled_at"
  }
}

extension MeasurementView {
  /// Reads a row of ``MeasuringStore/select``.
  ///
  /// - Parameter summary: what was measured of the file as it came in.
  init(row: Row, summary: MeshSummary?) throws {
    file = try row.identifier("file_id")
    state = try row.named("state")
    attempts = try row.integer("attempt")
    crashes = try row.integer("crashes")
    askedAt = try row.instant("asked_at")
    settledAt = try row.instantOrNil("settled_at")
    code = try row.textOrNil("code")
    detail = try row.textOrNil("detail")
    let report = try row.textOrNil("report").flatMap { MeshReport(stored: Array($0.utf8)) }
    guard case .measured(let topology) = report?.finding, let summary else {
      (vertices, isWatertight, shells, problems) = (nil, nil, nil, [])
      return
    }
    let inspection = MeshInspection(summary: summary, topology: topology)
    (vertices, isWatertight) = (inspection.vertices, inspection.isWatertight)
    (shells, problems) = (inspection.shells, inspection.problems)
  }
}
