import Domain
import FoundationEssentials

/// Brings one design of a catalogue and its parts to a broker.
///
/// What there is already is found by the design's reference and the parts' SKUs, which the broker keeps
/// unique: so that a run which was killed, runs at once, and a catalogue that was changed in between never
/// make a thing twice. Every request may be repeated.
struct ImportDesign {
  let plan: CatalogueDesign
  let client: BrokerClient
  /// Is told how many bytes were sent.
  let telling: @Sendable (Int) -> Void

  /// What came of each row, in their order.
  ///
  /// - Throws: what a network or a server that is away for long breaks off; nothing else.
  func run() async throws -> [ImportOutcome] {
    do {
      return try await bring()
    } catch {
      guard !Retrying.isPassing(error) else { throw error }
      let problem = error as? Problem ?? Problem(.failed, "import.failed", oneLine(error))
      guard problem.code != "upload.interrupted" else { throw problem }
      return plan.rows.map { ImportOutcome(row: $0, .refused(problem)) }
    }
  }

  private func bring() async throws -> [ImportOutcome] {
    var parts: [JSONValue?] = []
    for row in plan.rows { parts.append(try await part(row.sku)) }
    let found = try await find(parts)
    var notes = ImportNotes(isNew: found == nil)
    var design: JSONValue
    if let found { design = found } else { design = try await create() }
    try checkLicence(design)
    if let wanted = plan.isPostQuantumOnly, design["pq_only"] != .bool(wanted) {
      design = try await change(design, ["pq_only": .bool(wanted)])
      notes.change("design: " + (wanted ? "post-quantum keys only" : "classical keys too"))
    }
    let names = soldNames(parts)
    let revisions = ImportRevisions(
      plan: plan, profiles: renamed(names), design: design, client: client, telling: telling)
    let sold = try await revisions.bring(&notes)
    var outcomes: [ImportOutcome] = []
    for (index, row) in plan.rows.enumerated() {
      do {
        outcomes.append(
          try await offer(row, parts[index], profile: names[index], sold: sold, notes))
      } catch let problem as Problem where !Retrying.isPassing(problem) {
        outcomes.append(
          ImportOutcome(row: row, .refused(problem), design: design["id"].string))
      }
    }
    return outcomes
  }

  // MARK: the design

  private func part(_ sku: String) async throws -> JSONValue? {
    try await Retrying.run {
      try await client.get("/v1/brand/parts?sku=\(percentEncoded(sku))")
    }["data"].elements.first
  }

  private func byReference() async throws -> JSONValue? {
    try await Retrying.run {
      try await client.get("/v1/brand/designs?reference=\(percentEncoded(plan.reference))")
    }["data"].elements.first
  }

  /// The design, by its reference or by the parts that are sold from it.
  private func find(_ parts: [JSONValue?]) async throws -> JSONValue? {
    let named = try await byReference()
    let ids = Set(
      parts.compactMap { $0?["design"].string } + [named?["id"].string].compactMap(\.self))
    guard ids.count <= 1 else {
      throw Problem(
        .conflict, "import.other_design",
        "The rows of the design “\(plan.reference)” are parts of several designs at the broker: "
          + ids.sorted().joined(separator: ", ") + ".")
    }
    if let named { return named }
    guard let id = ids.first else { return nil }
    return try await Retrying.run { try await client.get("/v1/brand/designs/\(id)") }
  }

  private func create() async throws -> JSONValue {
    let new: JSONValue = [
      "name": .string(plan.rows[0].name), "reference": .string(plan.reference),
      "profiles": try encoded(plan.profiles), "licence": try encoded(plan.terms),
      "pq_only": .bool(plan.isPostQuantumOnly ?? true),
    ]
    do {
      return try await Retrying.run {
        try await client.send(
          "POST", "/v1/brand/designs", new,
          idempotencyKey: client.keyed(["design", plan.reference, try jsonText(new)]))
      }
    } catch let problem as Problem where problem.code == "design.reference_taken" {
      // By another run at the same time.
      guard let design = try await byReference() else { throw problem }
      return design
    }
  }

  /// A licence is no thing that is changed by the way.
  private func checkLicence(_ design: JSONValue) throws {
    let terms = try decoded(design["licence"]["terms"], as: LicenceTerms.self)
    guard terms == plan.terms else {
      throw Problem(
        .conflict, "import.licence_differs",
        "The licence of \(design["id"].text) has other terms than the catalogue; an import does not change "
          + "a licence.")
    }
  }

  private func change(_ design: JSONValue, _ change: JSONValue) async throws -> JSONValue {
    try await Retrying.run {
      let path = "/v1/brand/designs/\(design["id"].text)"
      let now = try await client.get(path)
      return try await client.send("PATCH", path, change, ifMatch: now["version"].integer)
    }
  }

  // MARK: profiles

  /// Under which name each row's profile is sold. A part that is there keeps its own, where no other row
  /// means another profile by it: whoever made it by hand called it as they liked.
  private func soldNames(_ parts: [JSONValue?]) -> [String] {
    var names = plan.profileNames
    for (index, part) in parts.enumerated() {
      guard let sold = part?["profile_name"].string, sold != names[index] else { continue }
      let own = plan.profileNames[index]
      let sharers = plan.profileNames.indices.filter { plan.profileNames[$0] == own }
      let isFree = !plan.profileNames.contains(sold)
      let agree = sharers.allSatisfy { (parts[$0]?["profile_name"].string ?? sold) == sold }
      let isOthers = names.indices.contains { names[$0] == sold && plan.profileNames[$0] != own }
      guard isFree, agree, !isOthers else { continue }
      for sharer in sharers { names[sharer] = sold }
    }
    return names
  }

  private func renamed(_ names: [String]) -> [NamedProfile] {
    plan.profiles.map { named in
      let index = plan.profileNames.firstIndex(of: named.name)
      return NamedProfile(name: index.map { names[$0] } ?? named.name, profile: named.profile)
    }
  }

  // MARK: parts

  private func offer(
    _ row: CatalogueRow, _ part: JSONValue?, profile name: String, sold: JSONValue?,
    _ notes: ImportNotes
  ) async throws -> ImportOutcome {
    guard let sold else { return notes.outcome(of: row, part, isWaiting: part == nil) }
    guard
      let profile = sold["profiles"].elements.first(where: { $0["name"].string == name })?["id"]
    else {
      var notes = notes
      notes.change("waits for the release to be made as “\(name)”")
      return notes.outcome(of: row, part, isWaiting: part == nil)
    }
    var there = part
    if there == nil {
      let new = json(row, design: notes.design ?? "", profile: profile)
      do {
        let made = try await Retrying.run {
          try await client.send(
            "POST", "/v1/brand/parts", new,
            idempotencyKey: client.keyed(["part", row.sku, try jsonText(new)]))
        }
        return notes.outcome(of: row, made, isPartNew: true)
      } catch let problem as Problem where problem.code == "part.sku_taken" {
        // By another run at the same time, or by this one's request whose answer was lost.
        there = try await self.part(row.sku)
        guard let there, there["design"].string == notes.design else { throw problem }
      }
    }
    guard let there else { throw Problem.absent("part") }
    return try await update(there, row, profile: profile, notes)
  }

  private func update(
    _ part: JSONValue, _ row: CatalogueRow, profile: JSONValue, _ notes: ImportNotes
  ) async throws -> ImportOutcome {
    var notes = notes
    let path = "/v1/brand/parts/\(part["id"].text)"
    var part = part
    var attempts = 0
    while case let change = difference(part, row, profile), !change.isEmpty {
      do {
        let (version, body) = (part["version"].integer, JSONValue.object(change))
        part = try await Retrying.run {
          try await client.send("PATCH", path, body, ifMatch: version)
        }
        notes.change("part: \(change.keys.sorted().joined(separator: ", "))")
      } catch let problem as Problem where problem.code == "precondition.failed" && attempts < 5 {
        // Somebody else's change, or our own, whose answer was lost.
        attempts += 1
        part = try await Retrying.run { try await client.get(path) }
      }
    }
    return notes.outcome(of: row, part)
  }

  private func difference(
    _ part: JSONValue, _ row: CatalogueRow, _ profile: JSONValue
  ) -> [String: JSONValue] {
    guard case .object(var wanted) = json(row, design: "", profile: profile) else { return [:] }
    wanted["design"] = nil
    wanted["sku"] = nil
    return wanted.filter { part[$0.key] != $0.value }
  }

  private func json(_ row: CatalogueRow, design: String, profile: JSONValue) -> JSONValue {
    let money = { (sum: Money) -> JSONValue in
      ["minor_units": .integer(sum.minorUnits), "currency": .string(sum.currency.code)]
    }
    return [
      "sku": .string(row.sku), "name": .string(row.name), "description": .string(row.description),
      "fits": .array(row.fits.map(JSONValue.string)), "design": .string(design),
      "profile": profile, "price": money(row.price), "payout": money(row.payout),
      "lead_days": .integer(Int64(row.leadDays)),
    ]
  }
}

/// What is worth saying of a design's rows, and whether something became of it.
struct ImportNotes {
  private let isNew: Bool
  private(set) var hasChanged = false
  private(set) var texts: [String] = []
  var design: String?

  init(isNew: Bool) { self.isNew = isNew }

  mutating func change(_ text: String) {
    hasChanged = true
    texts.append(text)
  }

  mutating func say(_ text: String) { texts.append(text) }

  /// What came of a row, and of its part if there is one.
  ///
  /// - Parameter isWaiting: whether there is none before somebody else has approved its release.
  func outcome(
    of row: CatalogueRow, _ part: JSONValue?, isPartNew: Bool = false, isWaiting: Bool = false
  ) -> ImportOutcome {
    let result: ImportOutcome.Result =
      isWaiting
      ? .waiting : isNew || isPartNew ? .created : hasChanged ? .updated : .unchanged
    return ImportOutcome(
      row: row, result, notes: texts, design: design, part: part?["id"].string)
  }
}

/// A value as the JSON that is sent.
func encoded(_ value: some Encodable) throws -> JSONValue {
  try JSONDecoder().decode(JSONValue.self, from: Data(try jsonText(value).utf8))
}

/// A value from the JSON that was received.
func decoded<Value: Decodable>(_ json: JSONValue, as type: Value.Type) throws -> Value {
  try JSONDecoder().decode(type, from: Data(try jsonText(json).utf8))
}
