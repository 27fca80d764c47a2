/// Moves the beat by which a restored database is told from the newest one.
struct InstallationBeat: Duty {
  let name = "installation beat"
  let keeper: InstallationKeeper

  func round() async throws { try await keeper.beat() }
}
