import Domain
import Licensing
import Matching

extension Gate {
  /// The licence permits printing there, on the production day. What it refuses is between the brand
  /// and the operator.
  static let licence = Gate { requirement, way in
    let request = LicenceRequest(
      units: requirement.quantity, country: way.site.country, day: requirement.productionDay)
    return requirement.licence.decide(request).refusals.map { refusal in
      Exclusion(code: refusal.code, message: refusal.message, audience: .brand)
    }
  }
}
