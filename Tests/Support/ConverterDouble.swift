/// Programs that are started as converters of STEP files and are none, in `Fixtures/converters`: what a converter
/// could become whose file has taken it over. They have PrusaSlicer's command line.
public enum ConverterDouble: String, CaseIterable, Sendable {
  /// Uses processor time for ever.
  case computesForever = "computes_forever"
  /// Makes of a file itself.
  case copies
  /// Is ended by a fault.
  case dies
  /// Makes memory that belongs to no process.
  case keepsMemory = "keeps_memory"
  /// Tells what it can see, reach and change.
  case looksAround = "looks_around"
  /// Makes a user namespace.
  case makesNamespaces = "makes_namespaces"
  /// Makes an empty file.
  case makesNothing = "makes_nothing"
  /// Makes a mesh of another format.
  case makesOBJ = "makes_obj"
  /// Makes a closed mesh of four facets, 10 × 20 × 30 mm.
  case makesTetrahedron = "makes_tetrahedron"
  /// Waits for ever.
  case neverEnds = "never_ends"
  /// Takes no such file.
  case refuses
  /// Starts another process.
  case startsOthers = "starts_others"
  /// Writes without end.
  case writesWithoutEnd = "writes_without_end"

  /// Where it is.
  public var path: String { Repository.path("Fixtures/converters/\(rawValue).sh") }
}
