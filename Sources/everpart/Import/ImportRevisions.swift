import Domain
import PrintPackage

/// Brings a catalogue's files and profiles into a design's revisions.
///
/// ```
///  never released     the draft gets the files that it misses, and is released
///  a draft, another   somebody's, or an earlier catalogue's: for a person to withdraw       refused
///  released, the same                                                      nothing
///  released, another  the next draft gets it, for a person to release      "updated"
///  withdrawn          what a person has stopped is not begun again         refused
/// ```
struct ImportRevisions {
  let plan: CatalogueDesign
  /// The catalogue's profiles, under the names that they are sold by.
  let profiles: [NamedProfile]
  let design: JSONValue
  let client: BrokerClient
  let telling: @Sendable (Int) -> Void

  private var path: String { "/v1/brand/designs/\(design["id"].text)" }

  /// The revision that is sold in the end; nil when there is none yet.
  func bring(_ notes: inout ImportNotes) async throws -> JSONValue? {
    notes.design = design["id"].string
    let revisions = try await Retrying.run { try await client.list("\(path)/revisions") }
    let draft = revisions.first { $0["state"] == "draft" }
    if let sold = revisions.first(where: { $0["state"] == "released" }) {
      try await draftChange(of: sold, draft: draft, &notes)
      return sold
    }
    guard revisions.allSatisfy({ $0["released_at"].string == nil }) else {
      throw Problem(
        .conflict, "import.withdrawn",
        "The design's revision was withdrawn. An import does not begin again what a person has stopped: "
          + "revise and release \(design["id"].text) first.")
    }
    return try await release(draft, count: revisions.count, &notes)
  }

  // MARK: what is sold

  private func draftChange(
    of sold: JSONValue, draft: JSONValue?, _ notes: inout ImportNotes
  ) async throws {
    if try await holds(sold, wholly: true) { return }
    var draft = draft
    if let there = draft {
      guard try await holds(there, wholly: false) else { throw differs(there) }
      if try await holds(there, wholly: true) {
        return notes.say(waiting(there))
      }
    }
    if draft == nil {
      // What is sold beside the catalogue's profiles stays.
      let own = Set(profiles.map(\.name))
      let others = try sold["profiles"].elements.filter { !own.contains($0["name"].text) }
        .map { try decoded($0, as: NamedProfile.self) }
      draft = try await open(profiles + others, after: sold["id"].text)
    }
    guard let draft else { return }
    try await upload(into: draft)
    notes.change(waiting(draft))
  }

  /// Nothing tells a draft of this catalogue's earlier state from somebody's own: neither is touched.
  private func differs(_ draft: JSONValue) -> Problem {
    Problem(
      .conflict, "import.draft_differs",
      "The design has a draft, revision \(draft["number"].text), with something else than the catalogue: "
        + "release it or withdraw it (\(draft["id"].text)) first.")
  }

  private func waiting(_ draft: JSONValue) -> String {
    "revision \(draft["number"].text) is drafted: everpart brand release \(design["id"].text)"
  }

  // MARK: what was never sold

  private func release(
    _ draft: JSONValue?, count: Int, _ notes: inout ImportNotes
  ) async throws -> JSONValue? {
    // A run that was broken off leaves a draft with these profiles and some of the files.
    if let draft {
      let isOurs = draft["profiles"].elements.count == profiles.count
      guard isOurs, try await holds(draft, wholly: false) else { throw differs(draft) }
    }
    let target: JSONValue
    if let draft { target = draft } else { target = try await open(profiles, after: String(count)) }
    try await upload(into: target)
    let released = try await Retrying.run { try await client.post("\(path)/release") }
    guard released["revision"]["state"] == "released" else {
      notes.say("waits for another key's approval: release \(design["id"].text), then import again")
      return nil
    }
    return released["revision"]
  }

  // MARK: steps

  /// - Parameter after: what there is before it; tells the request from one for another revision.
  private func open(_ profiles: [NamedProfile], after: String) async throws -> JSONValue {
    let body: JSONValue = ["profiles": try encoded(profiles)]
    do {
      return try await Retrying.run {
        try await client.send(
          "POST", "\(path)/revisions", body,
          idempotencyKey: client.keyed([
            "revision", design["id"].text, String(design["version"].integer ?? 0), after,
            try jsonText(body),
          ]))["revision"]
      }
    } catch let problem as Problem where problem.code == "design.draft_exists" {
      // By our own request, whose answer was lost.
      let newest = try await Retrying.run { try await client.get(path) }["revision"]
      guard try hasProfiles(newest) else { throw problem }
      return newest
    }
  }

  private func upload(into draft: JSONValue) async throws {
    for file in plan.files {
      let there = try await files(of: draft)
      if there.contains(where: { $0["name"].string == file.name }) { continue }
      let key = client.keyed(
        [
          "file", design["id"].text, draft["id"].text, file.name, file.purpose.rawValue,
          try file.digest().description,
        ] + (file.unit.map { [$0.rawValue] } ?? []))
      var upload = try ResumingUpload(
        file, to: design["id"].text, client, key: key, telling: telling)
      _ = try await upload.run()
    }
  }

  private func files(of revision: JSONValue) async throws -> [JSONValue] {
    try await Retrying.run {
      try await client.get("\(path)/revisions/\(revision["id"].text)")
    }["files"].elements
  }

  // MARK: comparing

  /// Whether a revision holds what the catalogue says: all of it, or for a draft a part, and nothing else.
  private func holds(_ revision: JSONValue, wholly: Bool) async throws -> Bool {
    guard try hasProfiles(revision) else { return false }
    let there = try await files(of: revision)
    guard !wholly || there.count == plan.files.count else { return false }
    return try await areOfPlan(there)
  }

  private func areOfPlan(_ stored: [JSONValue]) async throws -> Bool {
    for stored in stored {
      guard let file = plan.files.first(where: { $0.looksLike(stored) }) else { return false }
      // The same name and length do not make the same file; what is stored says nothing of its bytes, but
      // the broker can be asked.
      let body: JSONValue = ["sha256": .string(try file.digest().description)]
      let answer = try await Retrying.run {
        try await client.send(
          "POST", "\(path)/files/\(stored["id"].text)/compare", body, timeoutSeconds: 300)
      }
      guard answer["same"] == true else { return false }
    }
    return true
  }

  /// Whether a revision has the catalogue's profiles; it may have others.
  private func hasProfiles(_ revision: JSONValue) throws -> Bool {
    let there = try revision["profiles"].elements.map { try decoded($0, as: NamedProfile.self) }
    return profiles.allSatisfy(there.contains)
  }
}
