import Ledger
import Synchronization
import Testing

/// A value that changes as a database does: first there, then announced.
private final class Source: Sendable {
  let signals = Signals<String>()
  private let state = Mutex((value: 0, reads: 0))

  var reads: Int { state.withLock { $0.reads } }

  func read() -> Int {
    state.withLock { state in
      state.reads += 1
      return state.value
    }
  }

  func change(_ key: String = "a") {
    state.withLock { $0.value += 1 }
    signals.notify(key)
  }
}

@Suite("Who waits for a change", .timeLimit(.minutes(5)))
struct SignalsTests {
  @Test("reads again after a change of its key, and after no other")
  func reads() async throws {
    let source = Source()
    let poll = Task {
      try await source.signals.poll("a", wait: .seconds(600), until: { $0 >= 1002 }) {
        source.read()
      }
    }
    while source.reads < 1 { await Task.yield() }
    for _ in 0..<1000 { source.change("b") }
    for _ in 0..<1000 { await Task.yield() }
    #expect(source.reads == 1)
    source.change()
    while source.reads < 2 { await Task.yield() }
    source.change()
    #expect(try await poll.value == 1002)
    #expect(source.reads == 3)
  }

  @Test("a change between reading and waiting is not slept through")
  func between() async throws {
    for _ in 0..<200 {
      let source = Source()
      // What was read is old before the wait begins.
      let value = try await source.signals.poll("a", wait: .seconds(600), until: { $0 == 1 }) {
        let value = source.read()
        if value == 0 { source.change() }
        return value
      }
      #expect(value == 1)
    }
  }

  @Test("the time over, it answers what there is; nobody is woken for that")
  func over() async throws {
    let source = Source()
    let value = try await source.signals.poll("a", wait: .milliseconds(20), until: { $0 == 1 }) {
      source.read()
    }
    #expect(value == 0 && source.reads == 2)
  }

  @Test("of thousands who wait, those of the key that changes are woken")
  func thousands() async throws {
    let source = Source()
    let (keys, each) = (1000, 4)
    try await withThrowingTaskGroup(of: String.self) { group in
      for index in 0..<(keys * each) {
        let key = "\(index % keys)"
        group.addTask {
          _ = try await source.signals.poll(key, wait: .seconds(600), until: { $0 > 0 }) {
            source.read()
          }
          return key
        }
      }
      while source.reads < keys * each { await Task.yield() }
      source.change("7")
      for _ in 0..<each {
        let woken = try await group.next()
        #expect(woken == "7")
      }
      #expect(source.reads == keys * each + each)
      group.cancelAll()
      while await group.nextResult() != nil {}
    }
  }
}
