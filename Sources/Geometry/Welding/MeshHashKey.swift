/// The secret of the hashes that meshes are measured with.
///
/// Take a fresh random one for every file (or one a process). Whoever cannot see it cannot make a
/// file whose open edges seem to cancel, or whose vertices all fall into one slot of a table.
public struct MeshHashKey: Hashable, Sendable {
  let first: UInt64
  let second: UInt64

  /// A key from 128 random bits.
  public init(_ first: UInt64, _ second: UInt64) {
    self.first = first
    self.second = second
  }

  /// A key drawn from `generator`, which should be cryptographically secure.
  public init(using generator: inout some RandomNumberGenerator) {
    self.init(generator.next(), generator.next())
  }

  /// A key that this process keeps, from the seed that it hashes everything else with: as secret as the
  /// places of a `Dictionary`'s entries.
  public static let process: MeshHashKey = {
    func word(_ index: Int) -> UInt64 {
      var hasher = Hasher()
      hasher.combine(index)
      return UInt64(truncatingIfNeeded: hasher.finalize())
    }
    return MeshHashKey(word(1), word(2))
  }()
}
