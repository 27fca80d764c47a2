/// Why something of a mesh could not be measured. The raw value is a stable code.
public enum NotMeasured: String, Error, Hashable, Sendable, Codable {
  /// The mesh has no facet with an area, or is too small or too large for double precision.
  case noSurface = "geometry.no_surface"
  /// The mesh has a boundary, or neighbours that disagree on what is outside, so that it has no inside.
  case notClosed = "geometry.not_closed"
  /// The mesh is closed, but its facets face inwards: it encloses a negative volume.
  case insideOut = "geometry.inside_out"
}
