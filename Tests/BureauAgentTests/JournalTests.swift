import Domain
import TestSupport
import Testing

@testable import BureauAgent

private func record(_ step: Journal.Record.Step, _ job: JobID) -> Journal.Record {
  Journal.Record(step: step, job: job, attempt: 1, at: Ambient.simulated().now())
}

@Test("a last line torn at any byte did not happen, and the next one follows the whole ones")
func tornLine() throws {
  let directory = try TemporaryDirectory()
  let job: JobID = Ambient.simulated().identifier(at: Ambient.simulated().now())
  let path = directory.path("journal")
  let whole = try Journal(path: path)
  try whole.append(record(.intent, job))
  let first = try directory.read("journal").count
  try whole.append(record(.handed, job))
  let bytes = try directory.read("journal")
  for length in first..<bytes.count {
    let cut = try directory.write(bytes.prefix(length), to: "cut")
    let journal = try Journal(path: cut)
    #expect(journal.records(of: job, attempt: 1).map(\.step) == [.intent])
    try journal.append(record(.closed, job))
    let again = try Journal(path: cut)
    #expect(again.records(of: job, attempt: 1).map(\.step) == [.intent, .closed])
  }
}

@Test("damage before the last line stops the agent")
func damagedLine() throws {
  let directory = try TemporaryDirectory()
  let job: JobID = Ambient.simulated().identifier(at: Ambient.simulated().now())
  let journal = try Journal(path: directory.path("journal"))
  try journal.append(record(.intent, job))
  let first = try directory.read("journal").count
  try journal.append(record(.handed, job))
  let bytes = try directory.read("journal")
  for index in 0..<(first - 1) {
    var damaged = bytes
    damaged[index] ^= 1
    let path = try directory.write(damaged, to: "damaged")
    #expect(throws: Problem.self, "byte \(index)") { _ = try Journal(path: path) }
  }
}

@Test("a part is prepared out of the tools' sight and handed over by one rename")
func handOver() throws {
  let directory = try TemporaryDirectory()
  let folder = try HotFolder(path: directory.path("hot"))
  try folder.prepare([1, 2, 3], sheet: [4], as: "job-1.stl")
  #expect(folder.isPrepared("job-1.stl"))
  #expect(!folder.hasTrace("job-1.stl"))
  try folder.handOver("job-1.stl")
  #expect(!folder.isPrepared("job-1.stl"))
  #expect(folder.isPresent("job-1.stl"))
  #expect(try directory.read("hot/job-1.stl") == [1, 2, 3])
  try folder.prepare([9], sheet: [4], as: "job-1.stl")
  #expect(throws: Problem.self) { try folder.handOver("job-1.stl") }
  #expect(try directory.read("hot/job-1.stl") == [1, 2, 3])
  try folder.clear("job-1.stl")
  #expect(try directory.files().filter { $0.hasPrefix("hot/") }.isEmpty)
}

@Test("a second agent does not get the directory of the first")
func locked() throws {
  let directory = try TemporaryDirectory()
  let first = try AgentDirectory(path: directory.path("agent"))
  #expect(throws: Problem.self) { _ = try AgentDirectory(path: directory.path("agent")) }
  withExtendedLifetime(first) {}
}
