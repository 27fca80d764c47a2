/// Who says which unit a file's coordinates are in.
public enum UnitSource: String, Hashable, Sendable, Codable, CaseIterable {
  /// The file itself.
  case file
  /// Whoever handed the file in.
  case sender
  /// Nobody: millimetres were taken.
  case assumed
}
