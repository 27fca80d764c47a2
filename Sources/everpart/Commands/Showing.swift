/// What several commands print alike.

func showParts(_ options: ClientOptions, _ path: String) async throws {
  let parts = try await options.client().list(path)
  try options.show(.array(parts)) { partTable(parts).print() }
}

func partTable(_ parts: [JSONValue]) -> Table {
  var table = Table("id", "sku", "name", "price", "days", "orderable", "fits")
  for part in parts {
    table.add(
      part["id"].text, part["sku"].text, part["name"].text, part["price"].money,
      part["lead_days"].text, part["orderable"] == false ? "not now" : "yes", part["fits"].text)
  }
  return table
}

/// How large an offered part is, the unit that its file was read in where that is not millimetres, and whose word
/// the size is where it is not that of the file's own facets: `40 × 30 × 10 mm, as its brand says`.
func offeredSize(_ offer: JSONValue) -> String {
  guard let file = offer["files"].elements.first(where: { $0["purpose"] == "geometry" }),
    file["size_mm"] != .null
  else { return "–" }
  let size = file["size_mm"]
  let edges =
    size.elements.isEmpty ? ["x", "y", "z"].map { size[$0].text } : size.elements.map(\.text)
  let word =
    switch file["measured_by"].string {
    case "brand": ", as its brand says"
    case "converter": ", converted"
    default: ""
    }
  let unit = file["unit"].string.map { $0 == "millimeter" ? "" : ", read in \($0)" } ?? ""
  return edges.joined(separator: " × ") + " mm" + unit + word
}

func showOrders(_ options: ClientOptions, _ path: String, _ order: String?) async throws {
  let client = try options.client()
  guard let order else {
    let orders = try await client.list(path)
    return try options.show(.array(orders)) {
      var table = Table("id", "part", "qty", "total", "state", "placed")
      for order in orders {
        table.add(
          order["id"].text, order["part"]["name"].text, order["quantity"].text,
          order["total"].money,
          shownState(order), order["placed_at"].text)
      }
      table.print()
    }
  }
  let one = "\(path)/\(try escaped(order))"
  let answer = try await client.get(one)
  let events = try await client.list("\(one)/events")
  try options.show(answer) {
    showOrder(answer)
    events.forEach(showEvent)
  }
}

func showOrder(_ order: JSONValue) {
  Terminal.write(
    "Order  ", columns: 7,
    "\(order["id"].text)  \(order["quantity"].text) × \(order["part"]["name"].text)  "
      + "\(order["total"].money)  \(painted(state: shownState(order)))")
  for reason in order["reasons"].elements {
    let bureaus = reason["count"].integer ?? 0
    Terminal.write(
      "       \(reason["code"].text): \(bureaus) \(bureaus == 1 ? "bureau" : "bureaus")")
  }
  if let reason = order["job"]["withdrawal_reason"].string {
    Terminal.write("       ", columns: 7, "revision withdrawn: \(Terminal.plain(reason))")
  }
}

func showEvent(_ event: JSONValue) {
  var line = "\(event["at"].text)  \(words(for: event["kind"].text))"
  if case .object(let data) = event["data"], !data.isEmpty {
    line +=
      "  "
      + data.sorted { $0.key < $1.key }.map { "\(Terminal.plain($0.key)) \($0.value.text)" }
      .joined(separator: ", ")
  }
  Terminal.write("", columns: 0, line, indent: 26)
}

/// What a step of an order is called.
func words(for event: String) -> String {
  switch event {
  case "order.placed": "placed"
  case "job.offer": "offered to a bureau"
  case "job.decline": "declined by the bureau"
  case "job.expire": "not answered by the bureau"
  case "job.accept": "accepted by a bureau"
  case "job.start": "printing"
  case "job.complete": "printed"
  case "job.pass": "inspected"
  case "job.fail": "failed inspection, to be printed again"
  case "job.ship": "shipped"
  case "job.lose": "lost on the way"
  case "job.deliver": "delivered"
  case "job.hold": "held for a person"
  case "job.retry": "to be printed again"
  case "job.reassign": "taken from the bureau, to be made by another"
  case "job.abandon": "taken from the bureau and given up"
  case "job.cancel": "cancelled"
  case "job.withdraw": "stopped: the brand withdrew the revision"
  case "job.exhaust": "unmakeable: no bureau is left"
  case "job.recover": "held for a person: the broker was restored"
  default: Terminal.plain(event)
  }
}

func showDecisions(_ answer: JSONValue) {
  for decision in answer["data"].elements {
    Terminal.write(
      Terminal.paint(
        "Decision \(decision["decided_at"].text), network version "
          + decision["network_version"].text, .bold))
    let (outcome, names) = (decision["outcome"], decision["bureau_names"])
    for (index, candidate) in outcome["candidates"].elements.enumerated() {
      Terminal.write(
        "  \(index + 1). \(names[candidate["bureau"].text].text)  about "
          + "\(candidate["distance_km"].text) km by road"
      )
    }
    for excluded in outcome["exclusions"].elements {
      Terminal.write("  ✗  \(names[excluded["bureau"].text].text)")
      for reason in excluded["reasons"].elements {
        Terminal.write(
          "       ", columns: 7, "\(reason["code"].text): \(reason["message"].text)", indent: 9)
      }
    }
  }
}

func act(
  _ options: ClientOptions, _ path: String, _ order: String, _ action: String,
  _ body: JSONValue = [:]
) async throws {
  let answer = try await options.client().post("\(path)/\(try escaped(order))/\(action)", body)
  try options.show(answer) { showOrder(answer) }
}

func painted(state: String) -> String {
  switch state {
  case "delivered": Terminal.paint(state, .green)
  case "cancelled", "unmakeable", "held", "lost": Terminal.paint(state, .red)
  default: Terminal.paint(state, .cyan)
  }
}
