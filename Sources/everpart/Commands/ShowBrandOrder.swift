/// A brand's order with what it needs to decide on it: who declined and why, and what bureaus reported.
func showBrandOrder(_ options: ClientOptions, _ order: String) async throws {
  let client = try options.client()
  let path = "/v1/brand/orders/\(try escaped(order))"
  let answer = try await client.get(path)
  let events = try await client.list("\(path)/events")
  let reports = try await client.get("\(path)/reports")["data"].elements
  let decisions = try await client.get("\(path)/decisions")["data"].elements
  let names = bureauNames(decisions)
  try options.show(answer) {
    showOrder(answer)
    for event in events { showEvent(named(event, names)) }
    if !reports.isEmpty { Terminal.write(Terminal.paint("Reports", .bold)) }
    for report in reports {
      Terminal.write("", columns: 0, reportLine(named(report, names)), indent: 26)
    }
  }
}

/// One report of a bureau in a line.
func reportLine(_ record: JSONValue) -> String {
  let report = record["report"]
  var details: [String] = []
  switch report["kind"].string {
  case "held": details.append(report["reason"].text)
  case "shipped":
    details.append("\(report["shipment"]["carrier"].text) \(report["shipment"]["tracking"].text)")
  case "inspected":
    let inspection = report["inspection"]
    details.append(inspection["passed"] == true ? "passed" : "failed")
    details += inspection["measurements"].elements.map {
      "\($0["feature"].text) \($0["mm"].exactText) mm"
    }
  default: break
  }
  return "\(record["at"].text)  \(report["kind"].text)  attempt \(record["attempt"].text)  "
    + record["bureau"].text + (details.isEmpty ? "" : "  " + details.joined(separator: ", "))
}

/// What a list shows as an order's state: a held or lost job waits for the brand, whatever the order's
/// own state is.
func shownState(_ order: JSONValue) -> String {
  let job = order["job"]["state"]
  return job == "held" || job == "lost" ? job.text : order["state"].text
}

private func bureauNames(_ decisions: [JSONValue]) -> [String: JSONValue] {
  decisions.reduce(into: [:]) { names, decision in
    if case .object(let more) = decision["bureau_names"] {
      names.merge(more) { $1 }
    }
  }
}

/// An event or report that calls its bureau by name.
private func named(_ value: JSONValue, _ names: [String: JSONValue]) -> JSONValue {
  guard case .object(var members) = value else { return value }
  if let name = members["bureau"]?.string.flatMap({ names[$0] }) { members["bureau"] = name }
  if let data = members["data"] { members["data"] = named(data, names) }
  return .object(members)
}
