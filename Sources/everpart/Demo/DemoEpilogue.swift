import Domain
import Foundation

/// What the demonstration shows when the orders have ended.
struct DemoEpilogue {
  let stage: DemoStage
  let play: DemoPlay

  func run() async throws {
    try await explain()
    try await showLicences()
    try openPackage()
  }

  private func explain() async throws {
    guard let brand = stage.brand, let storefront = stage.storefront else { return }
    for order in play.unmakeable {
      heading("Why nobody could make order 5")
      Terminal.write(Terminal.paint("  What the brand sees:", .dim))
      showDecisions(try await brand.get("/v1/brand/orders/\(order)/decisions"))
      Terminal.write(Terminal.paint("  What the customer sees:", .dim))
      showOrder(try await storefront.get("/v1/storefront/orders/\(order)"))
    }
  }

  private func showLicences() async throws {
    guard let brand = stage.brand else { return }
    heading("What the licences say")
    let columns = stage.designs.map(\.plan.sku.count).max() ?? 0
    for design in stage.designs {
      let sku = design.plan.sku + String(repeating: " ", count: columns - design.plan.sku.count)
      let licence = try await brand.get("/v1/brand/licences/\(design.licence)")
      Terminal.write(
        "  \(sku)  ", columns: 4 + columns,
        "\(licence["consumed"].text) of \(licence["authorised"].text) units "
          + "released, \(licence["reserved"].text) reserved, "
          + "\(licence["entries"].elements.count) ledger entries")
    }
  }

  /// Verifies the package that was kept, and opens it with `tar` and `age` alone.
  private func openPackage() throws {
    guard let (path, bureau) = play.package else { return }
    heading("One package, opened without Everpart")
    let agent = "\(stage.root)/\(bureau.folder)-agent"
    _ = try DemoProcess.run(
      DemoProcess.executable, ["package", "verify", path, "--trust", "\(agent)/trust.json"])
    Terminal.write(
      "  " + Terminal.paint("✓", .green) + " ", columns: 4, "signatures and digests of \(path) hold"
    )
    let folder = "\(stage.root)/package"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    _ = try DemoProcess.run("/usr/bin/env", ["tar", "-xf", path, "-C", folder])
    guard (try? DemoProcess.run("/usr/bin/env", ["age", "--version"])) != nil else {
      return Terminal.write(
        "  ", columns: 2, "age is not installed; with it, `age -d -i \(agent)/identity` opens it")
    }
    let ticket = try DemoProcess.run(
      "/usr/bin/env", ["age", "-d", "-i", "\(agent)/identity", "\(folder)/ticket.age"])
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(ticket.utf8))
    let address = value["ship_to"]
    Terminal.write(
      "  " + Terminal.paint("✓", .green) + " ", columns: 4,
      "age -d -i \(bureau.folder)-agent/identity ticket.age: \(value["quantity"].text) × "
        + "\(value["part_name"].text) for \(address["name"].text), \(address["city"].text)")
    for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/files") {
      let plain = "\(folder)/opened-\(name.dropLast(4))"
      _ = try DemoProcess.run(
        "/usr/bin/env",
        ["age", "-d", "-i", "\(agent)/identity", "-o", plain, "\(folder)/files/\(name)"])
      let original = "\(stage.parts)/\(name.dropLast(4))"
      let same = FileManager.default.contentsEqual(atPath: plain, andPath: original)
      Terminal.write(
        "  " + (same ? Terminal.paint("✓", .green) : Terminal.paint("✗", .red))
          + " files/\(name): \(same ? "byte for byte what the brand uploaded" : "differs!")")
      // The demonstration leaves no design in the clear behind.
      try FileManager.default.removeItem(atPath: plain)
    }
    heading("Where things lie")
    Terminal.write("  database and sealed designs   \(stage.root)/broker")
    Terminal.write("  key ring                      \(stage.root)/keys")
    Terminal.write("  an agent's keys and journal   \(agent)")
    Terminal.write(
      "  its hot folder                ", columns: 32,
      "\(stage.root)/\(bureau.folder)-hot-folder (parts are removed when their completion is accepted)"
    )
    Terminal.write("  logs                          \(stage.root)/*.log")
  }

  private func heading(_ text: String) {
    Terminal.write("\n" + Terminal.paint(text, .bold))
  }
}
