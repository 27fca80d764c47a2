/// The cavities of a part that nothing can leave: shells inside it, with air in them. They keep powder
/// or resin, and an extruder bridges over them.
public struct EnclosedVoids: Hashable, Sendable, Codable {
  /// One cavity.
  public struct Cavity: Hashable, Sendable, Codable {
    /// The air in it, in cubic millimetres; bodies that float in it are not counted.
    public var volume: Double
    /// The box around it.
    public var bounds: Bounds
    /// The number of one of its facets.
    public var facet: Int

    /// A cavity from its parts.
    public init(volume: Double, bounds: Bounds, facet: Int) {
      self.volume = volume
      self.bounds = bounds
      self.facet = facet
    }
  }

  /// How many there are.
  public var count: Int
  /// The air in all of them, in cubic millimetres.
  public var volume: Double
  /// The largest of them, largest first, at most sixteen.
  public var largest: [Cavity]
  /// Whether every shell was looked at within the budget. If not, there may be more.
  public var isComplete: Bool

  private enum CodingKeys: String, CodingKey {
    case count, volume, largest
    case isComplete = "complete"
  }

  /// A result from its parts.
  public init(count: Int, volume: Double, largest: [Cavity], isComplete: Bool) {
    self.count = count
    self.volume = volume
    self.largest = largest
    self.isComplete = isComplete
  }
}
