import Database
import Domain
import Matching

extension JSONWriter {
  /// A decision's outcome: the largest thing that an order stores.
  init(_ outcome: DecisionOutcome) {
    self.init()
    raw("{\"candidate_count\":")
    number(outcome.candidateCount)
    raw(",\"candidates\":")
    list(outcome.candidates) { json, candidate in
      json.raw("{\"bureau\":")
      json.plain(candidate.bureau.text)
      json.raw(",\"distance_km\":")
      json.number(candidate.distanceKilometres)
      json.raw(",\"machine\":")
      json.plain(candidate.machine.text)
      json.raw(",\"site\":")
      json.plain(candidate.site.text)
      json.raw("}")
    }
    raw(",\"exclusion_count\":")
    number(outcome.exclusionCount)
    raw(",\"exclusions\":")
    list(outcome.exclusions) { json, excluded in
      json.raw("{\"bureau\":")
      json.plain(excluded.bureau.text)
      if let machine = excluded.machine {
        json.raw(",\"machine\":")
        json.plain(machine.text)
      }
      json.raw(",\"reasons\":")
      json.list(excluded.reasons) { json, reason in
        json.raw("{\"audience\":")
        json.plain(reason.audience.rawValue)
        json.raw(",\"code\":")
        json.string(reason.code)
        json.raw(",\"message\":")
        json.string(reason.message)
        json.raw("}")
      }
      json.raw("}")
    }
    raw(",\"reasons\":")
    list(outcome.reasons) { json, reason in
      json.raw("{\"audience\":")
      json.plain(reason.audience.rawValue)
      json.raw(",\"code\":")
      json.string(reason.code)
      json.raw(",\"count\":")
      json.number(reason.count)
      json.raw("}")
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
