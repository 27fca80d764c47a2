public import Database
import Domain

// What every placed order is written as, by hand: `JSONEncoder` took as long for the three texts as the
// matching of twenty bureaus. `OrderJSONTests` holds them against it.

extension OrderView: JSONWritten {
  /// The members in the order of their names.
  public func write(to json: inout JSONWriter) {
    json.raw("{\"actions\":")
    json.list(actions) { $0.plain($1) }
    json.raw(",\"country\":")
    json.plain(country.code)
    json.raw(",\"due_day\":")
    json.plain(dueDay.description)
    json.raw(",\"id\":")
    json.plain(id.text)
    if let job {
      json.raw(",\"job\":")
      job.write(to: &json)
    }
    json.raw(",\"part\":{\"id\":")
    json.plain(part.id.text)
    json.raw(",\"name\":")
    json.string(part.name)
    json.raw(",\"sku\":")
    json.string(part.sku)
    json.raw("},\"placed_at\":")
    json.plain(placedAt.description)
    json.raw(",\"quantity\":")
    json.number(quantity)
    if let reasons {
      json.raw(",\"reasons\":")
      json.list(reasons) { json, reason in
        json.raw("{\"code\":")
        json.string(reason.code)
        json.raw(",\"count\":")
        json.number(reason.count)
        json.raw("}")
      }
    }
    json.raw(",\"state\":")
    json.plain(state.rawValue)
    json.raw(",\"total\":{\"currency\":")
    json.plain(total.currency.code)
    json.raw(",\"minor_units\":")
    json.raw(total.minorUnits.description)
    json.raw("},\"version\":")
    json.number(version)
    json.raw("}")
  }
}

extension OrderView.Job {
  fileprivate func write(to json: inout JSONWriter) {
    json.raw("{\"attempt\":")
    json.number(attempt)
    if let bureau {
      json.raw(",\"bureau\":")
      json.plain(bureau.text)
    }
    json.raw(",\"id\":")
    json.plain(id.text)
    json.raw(",\"profile\":")
    json.plain(profile.text)
    json.raw(",\"profile_name\":")
    json.string(profileName)
    json.raw(",\"revision\":")
    json.plain(revision.text)
    json.raw(",\"state\":")
    json.plain(state.rawValue)
    if let withdrawalReason {
      json.raw(",\"withdrawal_reason\":")
      json.string(withdrawalReason)
    }
    json.raw("}")
  }
}

extension PlaceOrder: JSONWritten {
  /// What a repetition of the request is recognised by.
  public func write(to json: inout JSONWriter) {
    json.raw("{\"part\":")
    json.plain(part.text)
    json.raw(",\"quantity\":")
    json.number(quantity)
    json.raw(",\"ship_to\":")
    shipTo.write(to: &json)
    json.raw("}")
  }
}

extension ShipTo {
  /// The address as it is sealed.
  func write(to json: inout JSONWriter) {
    json.raw("{\"city\":")
    json.string(city)
    if let contact {
      json.raw(",\"contact\":")
      json.string(contact)
    }
    json.raw(",\"coordinates\":{\"latitude\":")
    json.number(coordinates.latitude)
    json.raw(",\"longitude\":")
    json.number(coordinates.longitude)
    json.raw("},\"country\":")
    json.plain(country.code)
    json.raw(",\"lines\":")
    json.list(lines) { $0.string($1) }
    json.raw(",\"name\":")
    json.string(name)
    json.raw(",\"postal_code\":")
    json.string(postalCode)
    json.raw("}")
  }
}
