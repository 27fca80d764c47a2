import Database
import Domain
import Matching

extension JSONWriter {
  /// A decision's outcome: the largest thing that an order stores.
  init(_ outcome: DecisionOutcome) {
    self.init()
    raw("{\"candidate_count\":\(outcome.candidateCount),\"candidates\":")
    list(outcome.candidates) { json, candidate in
      json.raw("{\"bureau\":\"\(candidate.bureau.text)\",\"distance_km\":")
      json.number(candidate.distanceKilometres)
      json.raw(",\"machine\":\"\(candidate.machine.text)\",")
      json.raw("\"site\":\"\(candidate.site.text)\"}")
    }
    raw(",\"exclusion_count\":\(outcome.exclusionCount),\"exclusions\":")
    list(outcome.exclusions) { json, excluded in
      json.raw("{\"bureau\":\"\(excluded.bureau.text)\",")
      if let machine = excluded.machine { json.raw("\"machine\":\"\(machine.text)\",") }
      json.raw("\"reasons\":")
      json.list(excluded.reasons) { json, reason in
        json.raw("{\"audience\":\"\(reason.audience.rawValue)\",\"code\":")
        json.string(reason.code)
        json.raw(",\"message\":")
        json.string(reason.message)
        json.raw("}")
      }
      json.raw("}")
    }
    raw(",\"reasons\":")
    list(outcome.reasons) { json, reason in
      json.raw("{\"audience\":\"\(reason.audience.rawValue)\",\"code\":")
      json.string(reason.code)
      json.raw(",\"count\":\(reason.count)}")
    }
    raw("}")
  }

  /// What a decision was made of.
  init(_ inputs: DecisionInputs) {
    self.init()
    raw("{\"destination\":{\"latitude\":")
    number(inputs.destination.latitude)
    raw(",\"longitude\":")
    number(inputs.destination.longitude)
    raw("},\"licence\":\"\(inputs.licence.text)\",")
    if let isPostQuantumOnly = inputs.isPostQuantumOnly {
      raw("\"pq_only\":\(isPostQuantumOnly),")
    }
    raw("\"prior_answers\":")
    object(inputs.priorAnswers.mapValues(\.rawValue))
    raw(",\"production_day\":\"\(inputs.productionDay)\",")
    if let profile = inputs.profile { raw("\"profile\":\"\(profile.text)\",") }
    raw("\"quantity\":\(inputs.quantity),")
    raw("\"revision\":\"\(inputs.revision.text)\"}")
  }
}
