import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import BureauAgent

@Suite("Documents beside the part", .timeLimit(.minutes(3)))
struct DocumentTests {
  private static let suffixes = [
    "drawing-1.pdf", "inspection_plan-1.csv", "inspection_plan-2.json",
  ]

  @Test("they are there before the part, and go once the part is inspected")
  func lifetime() async throws {
    try await Bench.with(hasDocuments: true) { bench in
      let (_, job) = try await bench.order()
      let part = "\(job)-1.stl"
      try await bench.run(job) { try bench.steps().contains("handed") }
      let all = [part] + Self.suffixes.map { "\(part).\($0)" } + ["\(part).ticket.json"]
      #expect(bench.files() == all.sorted())
      #expect(try bench.root.read("hot/\(part).drawing-1.pdf") == SampleDocument.pdf)
      #expect(try bench.root.read("hot/\(part).inspection_plan-1.csv") == SampleDocument.csv)
      #expect(try bench.root.read("hot/\(part).inspection_plan-2.json") == SampleDocument.json)

      // Printed, not yet measured: the part goes, what people measure by stays.
      try bench.write(#"{"machine": "SLS 1", "material_lot": "L-7"}"#, part + ".done")
      try await bench.run(job) { try bench.steps().contains("completed") }
      #expect(bench.files().count == all.count && !bench.files().contains(part))
      try bench.write(Bench.done, part + ".done")
      try await bench.run(job) { bench.files().count == 2 }
      #expect(bench.files() == ["\(part).done", "\(part).ticket.json"])
    }
  }

  @Test(
    "killed at any point, part and documents are handed over together", arguments: Death.allCases)
  func killed(at death: Death) async throws {
    try await Bench.with(hasDocuments: true) { bench in
      let (_, job) = try await bench.order()
      try await bench.die(at: death, job)
      let sights = Mutex<Set<Int>>([])
      let watch = Task {
        while !Task.isCancelled {
          let files = bench.files()
          if files.contains("\(job)-1.stl"), !files.contains("\(job)-1.stl.done") {
            sights.withLock { _ = $0.insert(files.count { !$0.hasPrefix(".") }) }
          }
          await Task.yield()
        }
      }
      let taken = try await bench.withTools {
        try await bench.sweep()
        try await bench.finish(job)
      }
      watch.cancel()
      #expect(taken == 1)
      #expect(sights.withLock { $0 }.isSubset(of: [5]))
      #expect(bench.files().isEmpty)
    }
  }

  @Test("a crash between their renames hands over all of them")
  func renamed() throws {
    let root = try TemporaryDirectory()
    let folder = try HotFolder(path: root.path("hot"))
    let documents = try [
      HotFolder.Document(.drawing, number: 1, mediaType: "application/pdf", content: [3]),
      HotFolder.Document(.inspectionPlan, number: 1, mediaType: "text/csv", content: [4]),
    ]
    try folder.prepare([1], sheet: [2], documents: documents, as: "p.stl")
    #expect(try root.files().filter { !$0.hasPrefix("hot/.") }.isEmpty)
    try FileManager.default.moveItem(
      atPath: root.path("hot/.p.stl.drawing-1.pdf"), toPath: root.path("hot/p.stl.drawing-1.pdf"))
    #expect(folder.isPrepared("p.stl"))
    try folder.handOver("p.stl")
    #expect(
      try root.files().sorted() == [
        "hot/p.stl", "hot/p.stl.drawing-1.pdf", "hot/p.stl.inspection_plan-1.csv",
        "hot/p.stl.ticket.json",
      ])
    // What lies beside them with another name is somebody else's.
    try root.write([9], to: "hot/p.stl.drawing-x.pdf")
    try root.write([9], to: "hot/p.stl.drawing-1.exe")
    try root.write([9], to: "hot/p.stl.geometry-1.pdf")
    try folder.clear("p.stl")
    #expect(
      try root.files().sorted() == [
        "hot/p.stl.drawing-1.exe", "hot/p.stl.drawing-x.pdf", "hot/p.stl.geometry-1.pdf",
      ])
  }

  @Test("what a crash before the intent left of them is removed")
  func leftovers() async throws {
    try await Bench.with(hasDocuments: true) { bench in
      let (_, job) = try await bench.order()
      try await bench.die(at: .prepared, job)
      #expect(bench.files().count == 5)
      try bench.write("x", ".\(job)-1.stl.drawing-01.pdf")
      try await bench.sweep()
      #expect(bench.files() == [".\(job)-1.stl.drawing-01.pdf"])
    }
  }

  @Test("a file that is no document of a known type is refused with its package")
  func unknown() {
    for (purpose, type) in [
      (FilePurpose.geometry, "model/stl"), (.drawing, "text/html"), (.inspectionPlan, "../x"),
    ] {
      #expect(throws: Problem.self) {
        try HotFolder.Document(purpose, number: 1, mediaType: type, content: [])
      }
    }
  }
}
