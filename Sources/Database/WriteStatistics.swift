/// What the grouped writer has done since the database was opened.
public struct WriteStatistics: Sendable, Hashable {
  /// Transactions committed, each shared by a group of writers.
  public internal(set) var commits = 0
  /// Writes whose effects were committed.
  public internal(set) var writesCommitted = 0
  /// Writes that ended in an error.
  public internal(set) var writesFailed = 0
  /// Times a group was run again because the engine had rolled all of it back.
  public internal(set) var groupsRepeated = 0
  /// Writes waiting now, without those of the group that is being run.
  public internal(set) var writesWaiting = 0
}
