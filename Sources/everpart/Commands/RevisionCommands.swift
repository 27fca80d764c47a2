import ArgumentParser
import Domain
import Sealing

extension BrandCommand {
  struct Revise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "revise", abstract: "Open a design's next draft.",
      discussion:
        "Add its files with `add-file`; `release` then sells it in place of the one before.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "dsn_….") var design: String
    @Option(
      help: """
        A print profile, a JSON file, or NAME=FILE; repeatable; those of the revision before if left out.
        """)
    var profile: [String] = []

    func run() async throws {
      let body: JSONValue = profile.isEmpty ? [:] : ["profiles": try readProfiles(profile)]
      let opened = try await options.client().post(
        "/v1/brand/designs/\(try escaped(design))/revisions", body)
      try options.show(opened) { showRevision(opened["revision"]) }
    }
  }

  struct Profiles: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "profiles", abstract: "Give a design's draft other print profiles.",
      discussion: """
        A part is sold in the profile of one name, whichever revision is released: give the profile that \
        takes another's place its name.
        """)
    @OptionGroup var options: ClientOptions
    @Argument(help: "dsn_….") var design: String
    @Argument(help: "A print profile, a JSON file, or NAME=FILE; all that the draft shall have.")
    var profiles: [String]

    func run() async throws {
      let client = try options.client()
      let path = "/v1/brand/designs/\(try escaped(design))"
      let changed = try await client.send(
        "PUT", "\(path)/profiles", ["profiles": try readProfiles(profiles)],
        ifMatch: try await client.get(path)["version"].integer)
      try options.show(changed) { designLines(changed).forEach { Terminal.write($0) } }
    }
  }

  struct Revisions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "revisions", abstract: "List a design's revisions.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "dsn_….") var design: String

    func run() async throws {
      let revisions = try await options.client().list(
        "/v1/brand/designs/\(try escaped(design))/revisions")
      try options.show(.array(revisions)) { revisions.forEach(showRevision) }
    }
  }

  struct Withdraw: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "withdraw", abstract: "Withdraw a revision for ever.",
      discussion: """
        Nothing is ordered from it and no key of it is released any more. Jobs that are not printed \
        stop: cancel or abandon their orders. A bureau that has the files keeps what it has fetched.
        """)
    @OptionGroup var options: ClientOptions
    @Argument(help: "dsn_….") var design: String
    @Argument(help: "rev_….") var revision: String
    @Option(help: "Why; only the brand sees it.") var reason: String

    func run() async throws {
      let path = "/v1/brand/designs/\(try escaped(design))/revisions/\(try escaped(revision))"
      let withdrawn = try await options.client().post(
        "\(path)/withdraw", ["reason": .string(reason)])
      try options.show(withdrawn) { showRevision(withdrawn["revision"]) }
    }
  }

  struct Design: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "design",
      abstract:
        "Show a design, or change its name, which keys may receive it and whether bureaus see it.",
      discussion: """
        A design goes to post-quantum keys only unless an owner allows classical ones. When they are taken \
        away again, no key and no package goes to such a bureau any more, and jobs that it has not begun \
        are held; what it has fetched it keeps. Bureaus see a picture of the part with an offer only where \
        the brand says so.
        """)
    @OptionGroup var options: ClientOptions
    @Argument(help: "dsn_….") var design: String
    @Option(help: "Another name.") var name: String?
    @Flag(help: "Let only bureaus with post-quantum keys receive it.") var postQuantumOnly = false
    @Flag(help: "Let bureaus with classical keys receive it too (an owner's key).")
    var allowClassicalKeys = false
    @Flag(help: "Show bureaus a picture of the part with each offer.") var showPreview = false
    @Flag(help: "Show bureaus no picture any more.") var hidePreview = false

    func validate() throws {
      guard !(showPreview && hidePreview) else {
        throw ValidationError("Say --show-preview or --hide-preview, not both.")
      }
      guard !(postQuantumOnly && allowClassicalKeys) else {
        throw ValidationError("Say --post-quantum-only or --allow-classical-keys, not both.")
      }
    }

    func run() async throws {
      let client = try options.client()
      let path = "/v1/brand/designs/\(try escaped(design))"
      var design = try await client.get(path)
      var change: [String: JSONValue] = [:]
      change["name"] = name.map(JSONValue.string)
      if postQuantumOnly || allowClassicalKeys { change["pq_only"] = .bool(postQuantumOnly) }
      if showPreview || hidePreview { change["preview_in_offers"] = .bool(showPreview) }
      if !change.isEmpty {
        design = try await client.send(
          "PATCH", path, .object(change), ifMatch: design["version"].integer)
      }
      try options.show(design) { designLines(design).forEach { Terminal.write($0) } }
    }
  }

  struct Settings: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "settings", abstract: "Show the brand's settings, or change them.",
      discussion: "A release by one key instead of two takes two keys to set.")
    @OptionGroup var options: ClientOptions
    @Option(help: "How many of the brand's keys a release takes: 1 or 2.")
    var releaseApprovals: Int?
    @Option(
      help: """
        Whom archives of the brand's vault are sealed to: an age recipient, as `everpart keygen` prints \
        it; an empty one for nobody.
        """)
    var archiveRecipient: String?

    func validate() throws {
      guard releaseApprovals == nil || archiveRecipient == nil else {
        throw ValidationError("Change one setting at a time.")
      }
    }

    func run() async throws {
      let client = try options.client()
      let settings =
        if let archiveRecipient {
          try await client.send(
            "PUT", "/v1/brand/archive-recipient",
            archiveRecipient.isEmpty ? [:] : ["recipient": .string(archiveRecipient)],
            ifMatch: try await client.get("/v1/brand")["version"].integer)
        } else if let releaseApprovals {
          try await client.send(
            "PATCH", "/v1/brand", ["release_approvals": .integer(Int64(releaseApprovals))],
            ifMatch: try await client.get("/v1/brand")["version"].integer)
        } else {
          try await client.get("/v1/brand")
        }
      try options.show(settings) {
        Terminal.write("Brand     \(settings["id"].text)  \(settings["name"].text)")
        Terminal.write("Release   takes \(settings["release_approvals"].text) of the brand's keys")
        if let wanted = settings["pending"]["release_approvals"].integer {
          Terminal.write(
            "          one owner's key asks for \(wanted): it takes another owner's key to ask the same"
          )
        }
        let recipient = settings["archive_recipient"].string.map {
          (try? Recipient(parsing: $0))?.abbreviated ?? ""
        }
        Terminal.write("Archive   \(recipient ?? "sealed to nobody yet: --archive-recipient")")
      }
    }
  }
}

extension BrandCommand {
  struct Download: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "download", abstract: "Get a design's file back as it was uploaded.",
      discussion: "The design then lies in the clear on this disk.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "dsn_….") var design: String
    @Argument(help: "fil_…, or the name of a file of the newest revision.") var file: String
    @Option(
      name: .shortAndLong,
      help: "Where to write it; it appears only when it is whole. `-` is standard output.")
    var output: String
    @Flag(help: "Replace a file that is there.") var force = false

    func run() async throws {
      let client = try options.client()
      let path = "/v1/brand/designs/\(try escaped(design))"
      let files = try await client.get(path)["files"].elements
      let named = files.first { $0["name"].string == file }?["id"].string
      guard let id = named ?? (file.hasPrefix("fil_") ? file : nil) else {
        let names = files.map { "“\($0["name"].text)”" }.joined(separator: ", ")
        throw Problem(
          .absent, "cli.file_name",
          "The newest revision has no file “\(file)”. It has \(names.isEmpty ? "none" : names).")
      }
      try await options.fetch(
        "\(path)/files/\(try escaped(id))/content", to: output, force: force)
    }
  }

  struct Preview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "preview", abstract: "Get the picture of a design's mesh, a PNG file.",
      discussion: "The broker draws it once the mesh is measured.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "dsn_….") var design: String
    @Option(help: "rev_…; the newest revision if left out.") var revision: String?
    @Option(
      name: .shortAndLong,
      help: "Where to write it; it appears only when it is whole. `-` is standard output.")
    var output: String
    @Flag(help: "Replace a file that is there.") var force = false

    func run() async throws {
      let client = try options.client()
      let path = "/v1/brand/designs/\(try escaped(design))"
      let newest = revision == nil ? try await client.get(path)["revision"]["id"].string : nil
      let id = revision ?? newest ?? ""
      try await options.fetch(
        "\(path)/revisions/\(try escaped(id))/preview", to: output, force: force)
    }
  }

  struct ChangePart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "change-part",
      abstract: "Change a part's name, price, lead time or print profile.",
      discussion: "Orders that were placed keep theirs.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "prt_….") var part: String
    @Option(help: "What customers read.") var name: String?
    @Option(help: "Price of one, in minor units (cents).") var price: Int64?
    @Option(help: "Days from order to delivery.") var leadDays: Int?
    @Option(help: "The name of another print profile of the revision that is sold.")
    var profile: String?

    func run() async throws {
      let client = try options.client()
      let path = "/v1/brand/parts/\(try escaped(part))"
      let before = try await client.get(path)
      var change: [String: JSONValue] = [:]
      change["name"] = name.map(JSONValue.string)
      change["lead_days"] = leadDays.map { .integer(Int64($0)) }
      change["price"] = price.map {
        ["minor_units": .integer($0), "currency": before["price"]["currency"]]
      }
      if let profile {
        let revision = try await client.get(
          "/v1/brand/designs/\(before["design"].text)/revisions/\(before["revision"].text)")
        change["profile"] = try profileID(named: profile, in: revision["revision"])
      }
      let part = try await client.send(
        "PATCH", path, .object(change), ifMatch: before["version"].integer)
      try options.show(part) {
        Terminal.write("Part  \(part["id"].text)  \(part["name"].text)  \(part["price"].money)")
      }
    }
  }
}

private func showRevision(_ revision: JSONValue) {
  let reason = revision["withdrawal_reason"].string.map { ": " + Terminal.plain($0) } ?? ""
  Terminal.write(
    "Revision  ", columns: 10,
    "\(revision["id"].text)  \(revision["number"].text)  \(revision["state"].text)\(reason)")
}
