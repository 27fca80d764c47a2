/// Where a part's sizes are from, when they are not those of the file's own facets.
public enum MeasuredBy: String, Hashable, Sendable, Codable, CaseIterable {
  /// Its brand has said them: nobody here has seen the part.
  case brand
  /// They are those of the mesh that a converter has made of the file; a curved surface becomes flat facets,
  /// so that they are a little off.
  case converter
}
