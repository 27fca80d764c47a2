import Domain
import Licensing
import Matching

extension Gate {
  /// The licence permits printing there, on the production day, for the bureau's kind of key. What
  /// it refuses is between the brand and the operator. A bureau without a key is not asked which
  /// kind it has: that it is not enrolled is its own reason.
  static let licence = Gate { requirement, way in
    let request = LicenceRequest(
      units: requirement.quantity, country: way.site.country, day: requirement.productionDay,
      recipientIsPostQuantum: way.bureau.recipient != .classical)
    return requirement.licence.decide(request).refusals.map { refusal in
      Exclusion(code: refusal.code, message: refusal.message, audience: .brand)
    }
  }
}
