public import Domain

/// Proof that terms permitted a request. Only ``Domain/LicenceTerms/decide(_:)`` makes one.
///
/// It speaks of the terms alone. How many of the authorised units are left is decided by the
/// ledger's conditional update, in the transaction that takes them.
public struct Permit: Hashable, Sendable {
  /// What was permitted.
  public let request: LicenceRequest

  fileprivate init(_ request: LicenceRequest) { self.request = request }
}

/// A licence's answer.
public enum LicenceDecision: Hashable, Sendable {
  /// It may be printed like that.
  case permitted(Permit)
  /// It may not, for all of these reasons: at least one, each once, in the order of their cases.
  case refused([LicenceRefusal])

  /// The reasons; none when it is permitted.
  public var refusals: [LicenceRefusal] {
    switch self {
    case .permitted: []
    case .refused(let reasons): reasons
    }
  }

  /// The permit, or the first reason as a problem for the caller.
  public func get() throws(Problem) -> Permit {
    switch self {
    case .permitted(let permit): permit
    case .refused(let reasons):
      throw Problem(.conflict, reasons[0].code, reasons.map(\.message).joined(separator: " "))
    }
  }
}

extension LicenceTerms {
  /// Whether these terms permit a request, and if not, every reason why.
  public func decide(_ request: LicenceRequest) -> LicenceDecision {
    var refusals: [LicenceRefusal] = []
    if request.units < 1 || request.units > authorisedUnits { refusals.append(.units) }
    if !territories.isEmpty, !territories.contains(request.country) { refusals.append(.territory) }
    if let validFrom, request.day < validFrom {
      refusals.append(.dates)
    } else if let validUntil, request.day > validUntil {
      refusals.append(.dates)
    }
    return refusals.isEmpty ? .permitted(Permit(request)) : .refused(refusals)
  }
}
