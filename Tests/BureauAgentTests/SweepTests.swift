import Domain
import Foundation
import TestSupport
import Testing

@testable import BureauAgent

@Suite("Putting away", .timeLimit(.minutes(3)))
struct SweepTests {
  private static let absent =
    #"{"type": "urn:everpart:problem:not_found", "title": "", "status": 404, "#
    + #""code": "not_found", "detail": "There is no such job.", "#
    + #""instance": "urn:everpart:request:1"}"#

  @Test("a job that was taken from the bureau leaves nothing", arguments: [Death.asked, .handed])
  func taken(death: Death) async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      try await bench.die(at: death, job)
      #expect(!bench.files().isEmpty)
      bench.line.set { seen in
        if seen.path.hasSuffix("/bureau/jobs") {
          return .answered(200, #"{"data": [], "has_more": false}"#)
        }
        return seen.path.contains(job.text) ? .answered(404, Self.absent) : .passes
      }
      try await bench.sweep()
      #expect(bench.files().isEmpty)
      #expect(try bench.steps().last == "closed")
      // Should it come back at the same attempt, a person looks: the part may have been printed.
      bench.line.heal()
      if death == .asked {
        try await bench.finish(job)
        #expect(try await bench.state(job) == "held")
      }
    }
  }

  @Test("somebody's 404 that is not the broker's closes nothing", arguments: [404, 403, 500])
  func proxy(status: Int) async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      try await bench.die(at: .handed, job)
      bench.line.set { seen in
        if seen.path.hasSuffix("/bureau/jobs") {
          return .answered(200, #"{"data": [], "has_more": false}"#)
        }
        return seen.path.contains(job.text) ? .answered(status, "<html>") : .passes
      }
      try await bench.sweep()
      #expect(bench.files() == ["\(job)-1.stl", "\(job)-1.stl.ticket.json"])
      #expect(try bench.steps().last == "handed")
    }
  }

  @Test("an attempt that is being worked on, or can be, is left as it is")
  func left() async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      try await bench.die(at: .handed, job)
      try await bench.sweep()
      #expect(bench.files() == ["\(job)-1.stl", "\(job)-1.stl.ticket.json"])
      try await bench.start { place in
        try await Sweep(place: place).attempts([]) { $0 == job }
      }
      #expect(try bench.steps().last == "handed")
    }
  }

  @Test("a running agent removes the part, and the address, of a print whose attempt ended")
  func heldWhilePrinting() async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      try await bench.die(at: .handed, job)
      try await bench.copyAgent(to: "second")
      bench.clock.advance(by: .seconds(121))
      try await bench.start("second", folder: "other") { try await JobRun(job, in: $0).giveUp() }
      #expect(try await bench.state(job) == "held")
      let agent = try bench.agent()
      let work = Task { try await agent.run() }
      while !bench.files().isEmpty { try await Task.sleep(for: .milliseconds(10)) }
      work.cancel()
      _ = await work.result
      #expect(try bench.steps().last == "closed")
    }
  }

  @Test("what a crash before the intent left is removed, and no file of another form")
  func leftovers() async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      try await bench.die(at: .prepared, job)
      let ours = bench.files()
      #expect(ours == [".\(job)-1.stl.part", ".\(job)-1.stl.ticket.json"])
      let others = [
        ".job_x-1.stl.part", ".\(job)-01.stl.part", ".\(job)-1.stl.done", ".\(job)-1.STL.part",
        "\(job)-1.stl", "\(job)-1.stl.ticket.json", ".hidden.part", "notes.txt",
      ].sorted()
      for name in others { try bench.write("x", name) }
      try await bench.sweep()
      #expect(bench.files() == others)
    }
  }

  @Test("what an open attempt prepared is no leftover")
  func prepared() async throws {
    try await Bench.with { bench in
      let (_, job) = try await bench.order()
      try await bench.die(at: .acknowledged, job)
      let before = bench.files()
      try await bench.sweep()
      #expect(bench.files() == before && before.count == 2)
    }
  }
}
