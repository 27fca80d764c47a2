import Database
import Domain
import Foundation
import TestSupport
import Testing

@testable import Brokering

@Test("an order, a request and an address are written as JSONEncoder writes them")
func orderJSON() throws {
  let ambient = Ambient.simulated(seed: 11)
  let now = ambient.now()
  func id<Kind>() -> Identifier<Kind> { ambient.identifier(at: now) }
  let texts = ["", "Weg 1/2 \"hinten\"", "a\\b\u{1}\n\t", "Ærø \u{1F4A9}"]
  for (index, text) in texts.enumerated() {
    let place = try #require(Coordinates(latitude: 53.55, longitude: Double(-index)))
    let shipTo = ShipTo(
      name: text, lines: [text, "2"], postalCode: text, city: text,
      country: try #require(Country("DE")), coordinates: place,
      contact: index.isMultiple(of: 2) ? nil : text)
    let request = PlaceOrder(part: id(), quantity: 1 + index, shipTo: shipTo)
    #expect(String(decoding: request.json, as: UTF8.self) == (try StoredJSON.text(request)))
    var json = JSONWriter()
    shipTo.write(to: &json)
    #expect(json.text == (try StoredJSON.text(shipTo)))

    let order = OrderView(
      id: id(), state: .placed, version: 2,
      part: OrderView.Part(id: id(), sku: text, name: text), quantity: 10_000,
      total: Money(minorUnits: 1_990, currency: try #require(Currency("EUR"))),
      country: shipTo.country, placedAt: now, dueDay: now.day + 5,
      actions: Array(["cancel", "delivered", "retry"].prefix(index)),
      reasons: index == 1 ? [OrderView.Reason(code: text, count: 3)] : nil,
      job: index < 2
        ? nil
        : OrderView.Job(
          id: id(), state: .held, attempt: 2, bureau: index == 2 ? nil : id(), revision: id(),
          profile: id(), profileName: text, withdrawalReason: index == 2 ? nil : text))
    #expect(String(decoding: order.json, as: UTF8.self) == (try StoredJSON.text(order)))
  }
}
