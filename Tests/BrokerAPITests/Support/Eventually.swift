import Testing

/// Waits, yielding, until a condition holds; fails after 20 seconds.
func eventually(_ condition: () async throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(20)
  while ContinuousClock.now < deadline {
    if try await condition() { return }
    await Task.yield()
  }
  Issue.record("it never happened")
}
