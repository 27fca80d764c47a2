import ArgumentParser

struct BrandAudit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Who did what with the brand's things (owner's key).",
    discussion: """
      The newest entries, newest first. With --export all that the other options leave, oldest first: as \
      JSON objects one a line, or as comma-separated values if the file's name ends in .csv.
      """)
  @OptionGroup var options: ClientOptions
  @Option(help: "Not before this moment or day: 2026-03-01T09:30:00Z, 2026-03-01.")
  var since: String?
  @Option(help: "Before this moment, or before the beginning of this day.") var until: String?
  @Option(help: "Only this action: original.read, key.released, ….") var action: String?
  @Option(help: "Only what concerns this design: dsn_….") var design: String?
  @Option(help: "Only what concerns this job: job_….") var job: String?
  @Option(help: "Only what this API key did, or what was done to it: key_….") var key: String?
  @Option(help: "How many entries to show at most; 100 if left out.") var limit: Int?
  @Option(help: "Write them to this file instead; `-` is standard output.") var export: String?
  @Flag(help: "Replace a file that is there.") var force = false

  func validate() throws {
    guard limit ?? 1 > 0 else { throw ValidationError("--limit is at least 1.") }
    guard export == nil || limit == nil else {
      throw ValidationError("--export writes all entries: it takes no --limit.")
    }
    guard export != nil || !force else { throw ValidationError("--force is for --export.") }
  }

  func run() async throws {
    let names = [
      ("since", since), ("until", until), ("action", action), ("design", design), ("job", job),
      ("key", key),
    ]
    let filters = names.compactMap { name, value in
      value.map { "\(name)=\(percentEncoded($0))" }
    }
    if let export {
      let format = export.lowercased().hasSuffix(".csv") ? "csv" : "jsonl"
      let query = (["format=\(format)"] + filters).joined(separator: "&")
      return try await options.fetch(
        "/v1/brand/audit/export?\(query)", to: export, force: force)
    }
    let query = filters.isEmpty ? "" : "?" + filters.joined(separator: "&")
    let entries = try await options.client().list("/v1/brand/audit" + query, limit: limit ?? 100)
    try options.show(.array(entries)) {
      var table = Table("when", "action", "by", "about", "detail")
      for entry in entries {
        table.add(
          entry["at"].text, entry["action"].text, Self.who(entry["actor"]), Self.what(entry),
          entry["detail"].string?.isEmpty == false ? entry["detail"].text : "")
      }
      table.print()
    }
  }

  private static func who(_ actor: JSONValue) -> String {
    switch actor["kind"].string {
    case "key": "\(actor["role"].text) \(actor["key"].text)"
    case "bureau": "bureau \(actor["bureau"].text)"
    default: actor["kind"].text
    }
  }

  /// What tells most: the key, the job or the file, else the licence, the revision or the design.
  private static func what(_ entry: JSONValue) -> String {
    let names = ["key", "job", "file", "licence", "revision", "design"]
    return names.first { entry[$0] != .null }.map { entry[$0].text } ?? ""
  }
}
