/// Which kinds of key a design may be sealed to.
///
/// All headers of a file open the same payload, so that one classical header exposes it to whoever keeps
/// both until a computer breaks that key; it makes no difference under which licence it was made.
public struct DesignKeyPolicy: Hashable, Sendable {
  /// The code of every refusal.
  public static let code = "design.key_type"
  /// Why a classical key is refused, for the brand and the operator.
  public static let message =
    "The design goes to post-quantum keys only, and the bureau's key is classical."

  /// Whether only post-quantum keys may receive it.
  public let isPostQuantumOnly: Bool

  /// A policy; a brand that says nothing else has post-quantum keys only.
  public init(isPostQuantumOnly: Bool = true) { self.isPostQuantumOnly = isPostQuantumOnly }

  /// Whether a key of that kind may receive the design.
  public func permits(postQuantum: Bool) -> Bool { postQuantum || !isPostQuantumOnly }

  /// Refuses a key of that kind with `design.key_type` where it may not.
  public func require(postQuantum: Bool) throws(Problem) {
    guard permits(postQuantum: postQuantum) else {
      throw Problem(.conflict, Self.code, Self.message)
    }
  }
}
