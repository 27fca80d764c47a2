import Database
import Domain
import Foundation
import HTTPTypes
import Ledger
import Logging
import TestSupport
import Testing
import Vault

@testable import BrokerAPI
@testable import BrokerServer

/// A database and the state of one moment, and what is made of the two.
private struct Moment: CustomTestStringConvertible, Sendable {
  let testDescription: String
  /// Generation and beat of the database; nil before the first beat.
  let row: (Int, Int64)?
  var lastEntry: Int64 = 10
  /// Generation, beat and last entry of the file; nil where it is missing.
  let file: (Int, Int64, Int64)?
  var isOther = false
  /// The code of the refusal; nil where the server may serve.
  let refusal: String?
}

private let moments = [
  Moment(testDescription: "first start", row: nil, file: nil, refusal: nil),
  Moment(testDescription: "they agree", row: (1, 5), file: (1, 5, 10), refusal: nil),
  Moment(
    testDescription: "entries since the last beat", row: (1, 5), file: (1, 5, 7), refusal: nil),
  Moment(testDescription: "a crash between the writes", row: (1, 6), file: (1, 5, 7), refusal: nil),
  Moment(testDescription: "a crash before the first file", row: (1, 1), file: nil, refusal: nil),
  Moment(
    testDescription: "a crash within a recovery", row: (2, 6), lastEntry: 3, file: (1, 5, 7),
    refusal: nil),
  Moment(
    testDescription: "an older beat", row: (1, 5), file: (1, 6, 10), refusal: "database.behind"),
  Moment(
    testDescription: "a much older beat", row: (1, 5), lastEntry: 99, file: (1, 600, 10),
    refusal: "database.behind"),
  Moment(
    testDescription: "fewer entries", row: (1, 5), file: (1, 5, 11), refusal: "database.behind"),
  Moment(
    testDescription: "an older generation, whatever its beat", row: (1, 500), file: (2, 6, 10),
    refusal: "database.behind"),
  Moment(
    testDescription: "from before there were beats", row: nil, file: (1, 1, 0),
    refusal: "database.behind"),
  Moment(
    testDescription: "an older state file", row: (1, 7), file: (1, 5, 7), refusal: "state.behind"),
  Moment(
    testDescription: "a state file of two generations ago", row: (3, 6), file: (1, 5, 7),
    refusal: "state.behind"),
  Moment(testDescription: "no state file", row: (1, 2), file: nil, refusal: "state.missing"),
  Moment(
    testDescription: "no state file after a recovery", row: (2, 1), file: nil,
    refusal: "state.missing"),
  Moment(
    testDescription: "another installation's file", row: (1, 5), file: (1, 5, 10), isOther: true,
    refusal: "state.other"),
]

@Suite("A restored database")
struct InstallationTests {
  @Test("is told from the newest one", arguments: moments)
  fileprivate func standing(moment: Moment) {
    let ambient = Ambient.simulated()
    let id = ambient.identifier(InstallationID.self, at: ambient.now())
    let row = moment.row.map { Installation(id: id, generation: $0.0, beat: $0.1) }
    let file = moment.file.map {
      KnownState(
        installation: Installation(
          id: moment.isOther ? ambient.identifier(at: ambient.now()) : id, generation: $0.0,
          beat: $0.1), ledgerNumber: $0.2, at: ambient.now())
    }
    let standing = Standing(row: row, lastEntry: moment.lastEntry, file: file)
    #expect(
      standing.refusal(row, lastEntry: moment.lastEntry, path: "x")?.code == moment.refusal)
  }

  /// A database with its state file, and a keeper as a start makes it.
  struct Place {
    let directory: TemporaryDirectory
    let database: Database
    let file: StateFile
    let keeper: InstallationKeeper

    init(_ directory: TemporaryDirectory? = nil) async throws {
      let directory = try directory ?? TemporaryDirectory()
      self.directory = directory
      database = try Database.open(directory: directory.path("data"))
      try await database.migrate()
      file = StateFile(keyRingPath: directory.path("ring"))
      let clock = SimulatedClock(seed: UInt64.random(in: 1...1000))
      keeper = InstallationKeeper(
        database: database, file: file, ledger: Ledger(ambient: clock.ambient),
        ambient: clock.ambient)
    }

    func beats() async throws -> [Int64?] {
      [
        try await database.read { try Installation($0)?.beat },
        try file.read()?.installation.beat,
      ]
    }

    func commit() async throws {
      try await database.write { try $0.run(touch) }
    }
  }

  @Test("the beat moves in database and file when something was committed, and not otherwise")
  func beats() async throws {
    let place = try await Place()
    try await place.keeper.beat()
    #expect(try await place.beats() == [1, 1])
    try await place.keeper.beat()
    try await place.keeper.beat()
    #expect(try await place.beats() == [1, 1], "its own commit is none")
    try await place.commit()
    try await place.keeper.beat()
    try await place.keeper.beat()
    #expect(try await place.beats() == [2, 2])
    #expect(try place.directory.files().filter { $0.contains("state") } == ["ring.state"])
  }

  @Test("a state file that cannot be written is one beat behind at most, and catches up")
  func failing() async throws {
    let place = try await Place()
    try await place.keeper.beat()
    // A directory in the place of the unfinished file: nothing can be written there.
    let obstacle = place.directory.path(".ring.state.new")
    try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
    for _ in 0..<3 {
      try await place.commit()
      await #expect(throws: InstallationError.self) { try await place.keeper.beat() }
    }
    #expect(try await place.beats() == [2, 1])
    try await place.keeper.requireCurrent()
    try FileManager.default.removeItem(atPath: obstacle)
    try await place.keeper.beat()
    #expect(try await place.beats() == [3, 3])
  }

  @Test("an unfinished state file that a crash left is replaced")
  func unfinished() async throws {
    let place = try await Place()
    try place.directory.write([1, 2, 3], to: ".ring.state.new")
    try await place.keeper.beat()
    #expect(try await place.beats() == [1, 1])
  }

  @Test(
    "a state file that is none, or that others may write, is refused with its path",
    arguments: [
      "{}", "", "{\"format\": \"everpart-state-9\"}", String(repeating: " ", count: 5000), "mode",
    ])
  func unreadable(content: String) async throws {
    let place = try await Place()
    try await place.keeper.beat()
    let path = place.file.path
    if content == "mode" {
      chmod(path, 0o666)
    } else {
      try place.directory.write(content.utf8, to: "ring.state")
      chmod(path, 0o600)
    }
    await #expect {
      try await place.keeper.requireCurrent()
    } throws: {
      guard let error = $0 as? InstallationError else { return false }
      return error.code == "state.file" && error.description.contains(path)
    }
  }

  @Test("a copy of the database from before is refused at the start, and a copy of now is not")
  func copies() async throws {
    let place = try await Place()
    try await place.keeper.beat()
    func copy(_ name: String) async throws {
      try await place.database.checkpoint()
      try FileManager.default.copyItem(
        atPath: place.directory.path("data/everpart.sqlite"), toPath: place.directory.path(name))
    }
    try await copy("old")
    try await place.commit()
    try await place.keeper.beat()
    try await copy("new")
    try await place.database.close()
    for (name, refusal) in [("old", "database.behind"), ("new", nil)] {
      try FileManager.default.removeItem(atPath: place.directory.path("data"))
      try FileManager.default.createDirectory(
        atPath: place.directory.path("data"), withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o700])
      try FileManager.default.copyItem(
        atPath: place.directory.path(name),
        toPath: place.directory.path("data/everpart.sqlite"))
      let again = try await Place(place.directory)
      do {
        try await again.keeper.requireCurrent()
        #expect(refusal == nil)
      } catch let error as InstallationError {
        #expect(error.code == refusal)
      }
      try await again.database.close()
    }
  }

  @Test("a server moves the beat while it works, and once more when it stops")
  func server() async throws {
    let directory = try TemporaryDirectory()
    let file = StateFile(keyRingPath: directory.path("ring/key-ring.json"))
    let first = try await RunningServer.with(
      directory: directory, configure: { $0.beatInterval = .seconds(3600) }
    ) { server in
      let before = try #require(try file.read())
      _ = try await World(server)
      return before
    }
    let last = try #require(try file.read())
    #expect(last.installation.beat > first.installation.beat)
    #expect(last.ledgerNumber > first.ledgerNumber)
  }

  @Test("a server whose newest payloads are gone is refused until they are given up")
  func payloads() async throws {
    let directory = try TemporaryDirectory()
    try await RunningServer.with(directory: directory) { server in
      let world = try await World(server)
      _ = try await world.design(world.acme)
    }
    let blobs = try directory.files().filter { $0.hasPrefix("data/blobs/") }
    #expect(blobs.count == 1)
    for blob in blobs { try FileManager.default.removeItem(atPath: directory.path(blob)) }
    await #expect(throws: InstallationError.blobsBehind(missing: 1)) {
      try await RunningServer.with(directory: directory) { _ in }
    }
    try await recover(directory)
    try await RunningServer.with(directory: directory) { _ in }
  }

  /// An upload of a drawing for a design's draft, with some of its bytes.
  private static func beginDrawing(_ tus: TusClient, of design: String) async throws -> String {
    let metadata = [
      ("filename", "a.pdf"), ("filetype", "application/pdf"), ("design", design),
      ("purpose", "drawing"),
    ].map { "\($0) \(TusClient.base64($1))" }.joined(separator: ",")
    let answer = try await tus.create(
      design: design, length: SampleDocument.pdf.count, headers: [.uploadMetadata: metadata])
    let upload = try #require(answer.headers[.location]?.split(separator: "/").last)
    let part = try await tus.patch(String(upload), at: 0, Array(SampleDocument.pdf[..<20]))
    try #require(part.status == 204)
    return String(upload)
  }

  private static func blobs(_ directory: TemporaryDirectory) throws -> Set<String> {
    Set(try directory.files().filter { $0.hasPrefix("data/blobs/") })
  }

  private func check(
    _ directory: TemporaryDirectory, removingOrphans: Bool = false
  ) async throws -> Set<String> {
    let report = try await InstallationCheck(
      dataDirectory: directory.path("data"), keyRingPath: directory.path("ring/key-ring.json"),
      passphrase: nil, ambient: .simulated()
    ).run(readingData: true, removingOrphans: removingOrphans).report
    return Set(report.findingCounts.keys)
  }

  /// Recovers, and gives the directory's lock back.
  private func recovered(
    _ directory: TemporaryDirectory
  ) async throws -> (plan: Recovery.Plan, report: Recovery.Report) {
    let recovery = try await Recovery(
      dataDirectory: directory.path("data"), keyRingPath: directory.path("ring/key-ring.json"),
      ambient: .simulated())
    return (recovery.plan, try await recovery.run())
  }

  /// A copy of the database, as the README makes one.
  private static func copy(_ directory: TemporaryDirectory) throws {
    let child = Process()
    child.executableURL = URL(filePath: "/usr/bin/env")
    child.arguments = [
      "sqlite3", directory.path("data/everpart.sqlite"), ".backup '\(directory.path("copy"))'",
    ]
    try child.run()
    child.waitUntilExit()
    try #require(child.terminationStatus == 0)
  }

  @Test("an upload that was finished after the database was copied begins anew")
  func openUpload() async throws {
    let directory = try TemporaryDirectory()
    let (chief, key, upload) = try await RunningServer.with(directory: directory) { server in
      let world = try await World(server)
      let design = try await world.design(world.acme, isReleased: false, hasGeometry: false)
      let tus = TusClient(server, key: world.acme.key)
      let upload = try await Self.beginDrawing(tus, of: design["id"].text)
      try Self.copy(directory)
      let rest = try await tus.patch(upload, at: 20, Array(SampleDocument.pdf[20...]))
      #expect(rest.status == 204)
      return (server.operatorKey, world.acme.key, upload)
    }
    let database = directory.path("data/everpart.sqlite")
    for end in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: database + end)
    }
    try FileManager.default.copyItem(atPath: directory.path("copy"), toPath: database)
    #expect(
      try await check(directory)
        == ["database.behind", "database.older", "blob.orphan", "blob.missing"])

    let (plan, report) = try await recovered(directory)
    #expect(plan.lostFiles.isEmpty && plan.lostUploads.map(\.upload.text) == [upload])
    #expect(report.lostFiles.isEmpty && report.lostUploads == plan.lostUploads)
    #expect(report.jobs.isEmpty)
    #expect(try await check(directory) == ["blob.orphan", "database.older"], "the finished file")
    _ = try await check(directory, removingOrphans: true)
    #expect(try await check(directory).isEmpty)
    try await RunningServer.with(directory: directory, operatorKey: chief) { server in
      let tus = TusClient(server, key: key)
      let shown = try await tus.show(upload)
      #expect(shown["state"] == "refused" && shown["reason"]["code"] == "upload.damaged")
      let again = try await Self.beginDrawing(tus, of: shown["design"].text)
      let rest = try await tus.patch(again, at: 20, Array(SampleDocument.pdf[20...]))
      #expect(rest.status == 204)
    }
    #expect(try await check(directory).isEmpty)
  }

  @Test("a piece of an upload that is gone costs no job of what its revision became")
  func lostPiece() async throws {
    let directory = try TemporaryDirectory()
    let (chief, key, order) = try await RunningServer.with(directory: directory) { server in
      let world = try await World(server)
      let draft = try await world.design(world.acme, isReleased: false)
      let before = try Self.blobs(directory)
      let tus = TusClient(server, key: world.acme.key)
      _ = try await Self.beginDrawing(tus, of: draft["id"].text)
      let piece = try Self.blobs(directory).subtracting(before)
      try #require(piece.count == 1)
      let design = try await server.must(
        .post, "/v1/brand/designs/\(draft["id"].text)/release", key: world.acme.key)
      let order = try await world.order(world.acme, try await world.part(world.acme, design))
      let offer = try #require(try await world.berlin.offers().first)
      try await server.must(
        .post, "/v1/bureau/offers/\(offer["id"].text)/accept", key: world.berlin.key)
      for name in piece { try FileManager.default.removeItem(atPath: directory.path(name)) }
      return (server.operatorKey, world.acme.key, order["id"].text)
    }
    #expect(try await check(directory) == ["blob.missing"])
    let (plan, report) = try await recovered(directory)
    #expect(plan.isNeeded && !plan.raisesGeneration)
    #expect(plan.lostFiles.isEmpty && plan.lostUploads.count == 1)
    #expect(report.jobs.isEmpty && report.lostUploads.count == 1)
    #expect(try await check(directory).isEmpty)
    try await RunningServer.with(directory: directory, operatorKey: chief) { server in
      let shown = try await server.must(.get, "/v1/brand/orders/\(order)", key: key)
      #expect(shown["job"]["state"] == "accepted")
    }
  }

  /// Gives the lost file up, and the directory's lock back.
  private func recover(_ directory: TemporaryDirectory) async throws {
    let recovery = try await Recovery(
      dataDirectory: directory.path("data"), keyRingPath: directory.path("ring/key-ring.json"),
      ambient: .simulated())
    #expect(recovery.plan.isNeeded && !recovery.plan.raisesGeneration)
    let report = try await recovery.run()
    #expect(report.generation == 1 && report.lostEntries == nil && report.lostFiles.count == 1)
  }
}

private let touch = Statement("UPDATE network SET version = version + 1")
