import BureauProtocol
import Domain
import Foundation
import TestSupport
import Testing

@testable import BureauAgent

@Suite("Marker files", .timeLimit(.minutes(3)))
struct MarkerTests {
  private let root: TemporaryDirectory
  private let log = LogCatcher()
  private let markers: Markers
  private let plan = [
    InspectionItem(feature: "width", nominalMillimetres: 20, toleranceMillimetres: 0.3),
    InspectionItem(feature: "bore", nominalMillimetres: 12, toleranceMillimetres: 0.1),
  ]

  init() throws {
    root = try TemporaryDirectory()
    markers = Markers(
      folder: try HotFolder(path: root.path("hot")), log: log.logger, said: SaidOnce())
  }

  private func write(_ text: String, _ ending: String) throws {
    try root.write(text.utf8, to: "hot/p.stl.\(ending)")
  }

  @Test(
    "a .done that cannot be signed is waited for, and what is wrong is said once",
    arguments: [
      ("", "it is not JSON"), (#"{"machine": "#, "it is not JSON"),
      ("[1]", "it is not a JSON object"),
      ("{}", "“machine” is missing; “material_lot” is missing"),
      (#"{"machine": "M", "materialLot": "L"}"#, "“material_lot” is missing"),
      (#"{"machine": 3, "material_lot": "L"}"#, "“machine” is of another type"),
      (
        #"{"machine": "M", "material_lot": "L", "measurements": {"width": "20"}}"#,
        "a value in “measurements” is of another type"
      ),
      (#"{"machine": "a\u001bb", "material_lot": "L"}"#, "“machine” is not 1 to 200 bytes"),
      (#"{"machine": "M", "material_lot": ""}"#, "“material_lot” is not 1 to 200 bytes"),
      (
        #"{"machine": "M", "material_lot": ""# + String(repeating: "ü", count: 101) + #""}"#,
        "“material_lot” is not 1 to 200 bytes"
      ),
      (
        #"{"machine": "M", "material_lot": "L", "measurements": {"a\nb": 1}}"#,
        "a measured feature's name"
      ),
    ])
  func malformed(text: String, wrong: String) throws {
    try write(text, "done")
    for _ in 0..<3 { #expect(try markers.outcome(of: "p.stl") == nil) }
    #expect(log.lines.count == 1)
    #expect(log.count(wrong) == 1, "\(log.lines)")
    #expect(log.count("p.stl.done") == 1)
    #expect(!log.lines.joined().unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
    try write(Bench.done, "done")
    #expect(
      try markers.outcome(of: "p.stl")
        == .done(PrintOutcome(machine: "SLS 1", materialLot: "L-7", measurements: ["width": 20.1])))
    // Another content is another thing to say.
    try write("{", "done")
    #expect(try markers.outcome(of: "p.stl") == nil)
    #expect(log.lines.count == 2)
  }

  @Test("a file of any size is no reason to stop")
  func large() throws {
    try write(String(repeating: " ", count: 70_000), "done")
    for _ in 0..<2 { #expect(try markers.outcome(of: "p.stl") == nil) }
    #expect(log.count("larger than") == 1)
    let measured = (0..<101).map { "\"f\($0)\": 1" }.joined(separator: ", ")
    try write(
      #"{"machine": "M", "material_lot": "L", "measurements": {"# + measured + "}}", "done")
    #expect(try markers.outcome(of: "p.stl") == nil)
    #expect(log.count("more than 100 measurements") == 1)
  }

  @Test("an inspection waits for every planned feature and names those that are missing")
  func inspection() throws {
    try write(Bench.done, "done")
    for _ in 0..<3 { #expect(try markers.inspection(of: "p.stl", plan: plan) == nil) }
    #expect(log.lines.count == 1 && log.count("not measured yet: “bore”") == 1)
    try write(
      #"{"machine": "M", "material_lot": "L", "measurements": {"bore": 12, "width": 20}}"#, "done")
    #expect(try markers.inspection(of: "p.stl", plan: plan)?.measurements?.count == 2)
    // Failed by the bureau: nothing has to be measured.
    try write(#"{"machine": "M", "material_lot": "L", "passed": false}"#, "done")
    #expect(try markers.inspection(of: "p.stl", plan: plan)?.passed == false)
    #expect(log.lines.count == 1)
  }

  @Test("a failure counts, whatever its reason looks like; a malformed one is waited for")
  func failure() throws {
    try write(Bench.done, "done")
    try write("{", "failed")
    #expect(try markers.outcome(of: "p.stl") != nil)
    #expect(log.count("p.stl.failed") == 1)
    for (text, reason) in [
      (#"{"reason": "warped"}"#, "The print failed: warped"), ("{}", "The print failed."),
      (#"{"reason": "a\u0007"}"#, "The print failed; the reason given is not plain text."),
    ] {
      try write(text, "failed")
      #expect(try markers.outcome(of: "p.stl") == .failed(reason))
    }
  }

  /// What can stand under a marker's name and is no file.
  enum Obstacle: String, CaseIterable, Sendable {
    case link
    case danglingLink
    case pipe
    case directory
    case socket

    func put(_ path: String) throws {
      switch self {
      case .link: try #require(symlink("/dev/null", path) == 0)
      case .danglingLink: try #require(symlink("/nowhere/at/all", path) == 0)
      case .pipe: try #require(mkfifo(path, 0o600) == 0)
      case .directory: try #require(mkdir(path, 0o700) == 0)
      case .socket: try #require(mknod(path, S_IFSOCK | 0o600, 0) == 0)
      }
    }
  }

  @Test("what is no file is waited for and said once", arguments: Obstacle.allCases)
  func obstacle(_ obstacle: Obstacle) throws {
    try checkWaiting(said: "is not a regular file") { try obstacle.put($0) }
  }

  @Test(
    "a file that may not be read is waited for and said once",
    .enabled(if: geteuid() != 0, "root may read everything"))
  func unreadable() throws {
    try checkWaiting(said: "Permission denied") { path in
      try Data(Bench.done.utf8).write(to: URL(filePath: path))
      try #require(chmod(path, 0) == 0)
    }
  }

  /// Puts something under each marker's name: it is waited for and said once, and a file in its place
  /// is read.
  private func checkWaiting(said text: String, _ put: (_ path: String) throws -> Void) throws {
    for ending in ["done", "failed", "shipped"] { try put(root.path("hot/p.stl.\(ending)")) }
    for _ in 0..<3 {
      #expect(try markers.outcome(of: "p.stl") == nil)
      #expect(try markers.inspection(of: "p.stl", plan: plan) == nil)
      #expect(try markers.shipment(of: "p.stl") == nil)
    }
    #expect(log.lines.count == 3, "\(log.lines)")
    #expect(log.count(text) == 3, "\(log.lines)")
    for ending in ["done", "failed", "shipped"] {
      try FileManager.default.removeItem(atPath: root.path("hot/p.stl.\(ending)"))
    }
    try write(Bench.done, "done")
    #expect(try markers.outcome(of: "p.stl") != nil)
  }

  @Test("a shipment has a carrier and a number that the broker takes")
  func shipment() throws {
    #expect(try markers.shipment(of: "p.stl") == nil)
    #expect(log.lines.isEmpty)
    for (text, wrong) in [
      (#"{"carrier": "DHL"}"#, "“tracking” is missing"),
      (#"{"carrier": "", "tracking": "1"}"#, "“carrier” is not"),
      (#"{"carrier": "DHL", "tracking": "1\n"}"#, "“tracking” is not"),
      (#"{"carrier": "DHL", "tracking": 7}"#, "“tracking” is of another type"),
    ] {
      try write(text, "shipped")
      #expect(try markers.shipment(of: "p.stl") == nil)
      #expect(log.count(wrong) >= 1, "\(log.lines)")
    }
    try write(#"{"carrier": "DHL", "tracking": "1"}"#, "shipped")
    #expect(try markers.shipment(of: "p.stl")?.tracking == "1")
  }

  @Test("a .done that the broker would refuse does not get into the journal; put right, it goes on")
  func notJournalled() async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      try await bench.run(job) { try bench.steps().contains("handed") }
      try bench.write(
        Bench.done.replacingOccurrences(of: "L-7", with: #"\u001b[2J"#), "\(job)-1.stl.done")
      try await bench.run(job) { bench.log.count("cannot be used yet") == 1 }
      #expect(try bench.steps() == ["intent", "asked", "handed"])
      try bench.write(Bench.done, "\(job)-1.stl.done")
      try bench.write(#"{"carrier": "DHL", "tracking": "1"}"#, "\(job)-1.stl.shipped")
      try await bench.finish(job)
      #expect(try await bench.state(job) == "shipped")
    }
  }
}
