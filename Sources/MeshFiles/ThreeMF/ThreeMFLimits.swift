/// What a 3MF package may cost its reader, beyond what `MeshLimits` says of every mesh file.
public struct ThreeMFLimits: Hashable, Sendable {
  /// Entries its ZIP directory may have; also relationships in one list, and content types.
  public var entriesMax: Int
  /// Bytes an entry's name may have; also each value in a list of relationships or of content types.
  public var nameBytesMax: Int
  /// Bytes that all parts together may have once they are inflated.
  public var inflatedBytesMax: Int
  /// How many times larger than in the package an inflated part of more than a mebibyte may be, and how many
  /// times larger than the package all parts may be together, where those are more than 64 MiB.
  public var inflationMax: Int
  /// How deep XML elements may nest.
  public var elementDepthMax: Int
  /// Attributes an XML element may have.
  public var attributesMax: Int
  /// Resources and build items that all models together may have.
  public var resourcesMax: Int
  /// Objects that are visited to build everything once, an object counted as often as it is used.
  public var instancesMax: Int
  /// Triangles that may be built beyond those in the package: of objects used more than once. A few bytes
  /// repeat a mesh; what they cost is that of its triangles, and of its vertices, which may be three times as
  /// many.
  public var repeatedTrianglesMax: Int
  /// Bytes that a list of relationships or of content types may have.
  public var listBytesMax: Int
  /// Bytes that a key store may have (Secure Content).
  public var keyStoreBytesMax: Int
  /// Consumers that a key store may name.
  public var consumersMax: Int
  /// Wrapped keys that are tried, each an operation with a private key.
  public var unwrapsMax: Int

  /// Limits; their defaults are far above what is seen in practice.
  public init(
    entriesMax: Int = 10_000,
    nameBytesMax: Int = 1024,
    inflatedBytesMax: Int = 4 << 30,
    inflationMax: Int = 50,
    elementDepthMax: Int = 64,
    attributesMax: Int = 64,
    resourcesMax: Int = 1_000_000,
    instancesMax: Int = 100_000,
    repeatedTrianglesMax: Int = 2_000_000,
    listBytesMax: Int = 4 << 20,
    keyStoreBytesMax: Int = 16 << 20,
    consumersMax: Int = 1000,
    unwrapsMax: Int = 100
  ) {
    self.entriesMax = entriesMax
    self.nameBytesMax = nameBytesMax
    self.inflatedBytesMax = inflatedBytesMax
    self.inflationMax = inflationMax
    self.elementDepthMax = elementDepthMax
    self.attributesMax = attributesMax
    self.resourcesMax = resourcesMax
    self.instancesMax = instancesMax
    self.repeatedTrianglesMax = repeatedTrianglesMax
    self.listBytesMax = listBytesMax
    self.keyStoreBytesMax = keyStoreBytesMax
    self.consumersMax = consumersMax
    self.unwrapsMax = unwrapsMax
  }
}
