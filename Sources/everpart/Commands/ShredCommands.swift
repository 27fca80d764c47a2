import ArgumentParser
import Domain

extension BrandCommand {
  struct Shred: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "shred",
      abstract: "Destroy the keys of a design's or a revision's files, for ever (owner's key).",
      discussion: """
        Nobody can undo it. A revision that is sold has to be withdrawn first, and orders that may still \
        need the files have to be delivered, cancelled or abandoned. It asks for the design's name on the \
        terminal. What bureaus have fetched, and backups, are out of reach: the report says which, and what \
        is left to do.
        """)
    @OptionGroup var options: ClientOptions
    @Argument(help: "dsn_….") var design: String
    @Argument(help: "rev_…; the whole design if left out.") var revision: String?
    @Flag(help: "Do not ask.") var yes = false

    func run() async throws {
      let client = try options.client()
      let path = "/v1/brand/designs/\(try escaped(design))"
      let before = try await client.get(path)
      let name = before["name"].string ?? ""
      var target = path
      if let revision { target += "/revisions/\(try escaped(revision))" }
      if !yes { try confirm(before, try await client.get(target)) }
      let key = UploadMemory.newKey()
      let report = try await Retrying.run {
        try await client.send(
          "POST", "\(target)/shred", ["name": .string(name)], idempotencyKey: key,
          ifMatch: before["version"].integer)
      }
      try options.show(report) { showShredding(report) }
    }

    /// Whoever is to destroy something types what.
    private func confirm(_ design: JSONValue, _ target: JSONValue) throws {
      let what =
        revision == nil
        ? "the design with all its revisions" : "revision \(target["revision"]["number"].text)"
      let question =
        "This destroys \(what) for ever: \(design["name"].text)\nType the design's name to go on: "
      guard try Question.ask(question, code: "shredding.confirm") == design["name"].string else {
        throw Problem(
          .conflict, "shredding.not_confirmed", "That is not the name. Nothing was changed.")
      }
    }
  }

  struct Shreddings: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "shreddings",
      abstract: "List what was shredded, or show the report of one (owner's key).")
    @OptionGroup var options: ClientOptions
    @Argument(help: "shr_….") var shredding: String?

    func run() async throws {
      let client = try options.client()
      let path = "/v1/brand/shreddings"
      if let shredding {
        let report = try await client.get("\(path)/\(try escaped(shredding))")
        return try options.show(report) { showShredding(report) }
      }
      let all = try await client.list(path)
      try options.show(.array(all)) {
        var table = Table("id", "design", "name", "revision", "state", "keys destroyed")
        for one in all {
          table.add(
            one["id"].text, one["design"].text, one["design_name"].text,
            one["revision"] == .null ? "all" : one["revision"].text, one["state"].text,
            one["at"].text)
        }
        table.print()
      }
    }
  }
}

/// A report for people: what is destroyed, what is left to do, and who has it all the same.
private func showShredding(_ report: JSONValue) {
  let isComplete = report["state"] == "complete"
  Terminal.write(
    "Shredding  ", columns: 11,
    "\(report["id"].text)  \(report["design_name"].text)  "
      + Terminal.paint(report["state"].text, isComplete ? .green : .yellow))
  Terminal.write("Keys       destroyed \(report["at"].text)")
  Terminal.write(
    "Data       "
      + (report["erased_at"].string.map { "nothing is left in the data directory since \($0)" }
        ?? "remains are being erased"))
  for revision in report["revisions"].elements {
    Terminal.write("Revision   \(revision["number"].text)  \(revision["id"].text)")
  }
  for file in report["files"].elements {
    Terminal.write(
      "File       \(file["name"].text)  \(file["purpose"].text), "
        + ProgressBar.size(Int(file["bytes"].integer ?? 0))
        + (file["payload_erased"] == true ? "" : ", payload not deleted yet"))
  }
  if let ended = report["ended_uploads"].integer, ended > 0 {
    Terminal.write("Uploads    \(ended) ended")
  }
  for version in report["key_versions"].elements {
    Terminal.write(
      "Key        version \(version["number"].text) of the wrapping key: "
        + words(standing: version["standing"].text))
  }
  for bureau in report["bureaus"].elements {
    Terminal.write(
      "Bureau     \(bureau["name"].text)  \(bureau["id"].text)  jobs with keys: "
        + "\(bureau["releases"].text), fetched: \(bureau["fetched"].text), last "
        + bureau["last_at"].text)
  }
  for reader in report["readers"].elements {
    Terminal.write(
      "Read by    \(reader["label"].text)  \(reader["role"].text)  \(reader["key"].text)  "
        + "reads: \(reader["reads"].text), last \(reader["last_at"].text)")
  }
  for archive in report["archives"].elements {
    let who =
      archive["by"] == "key"
      ? "\(archive["label"].text)  \(archive["role"].text)  \(archive["key"].text)"
      : archive["by"].text
    Terminal.write(
      "Archive    ", columns: 11,
      "exported \(archive["at"].text) by \(who): \(archive["detail"].text)")
  }
  list("Left to do", report["left"].elements)
  list("What it does not do", report["limits"].elements)
}

private func list(_ title: String, _ sentences: [JSONValue]) {
  guard !sentences.isEmpty else { return }
  Terminal.write(Terminal.paint(title, .bold))
  for sentence in sentences { Terminal.write("  - ", columns: 4, sentence.text, indent: 4) }
}

private func words(standing: String) -> String {
  switch standing {
  case "in_use": "in use"
  case "unused": "not used any more"
  case "retired": "retired, about to leave the key ring"
  case "destroyed": "retired, and not in the key ring any more"
  default: Terminal.plain(standing)
  }
}
