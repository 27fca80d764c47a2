import ArgumentParser
import Domain

struct BrandCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "brand", abstract: "Upload designs, sell parts, follow orders (brand key).",
    subcommands: [
      Upload.self, AddFile.self, Release.self, Revise.self, Profiles.self, Revisions.self,
      Withdraw.self, Shred.self, Shreddings.self, Settings.self, Designs.self, Design.self,
      Download.self, Preview.self, Measure.self, AddPart.self, ChangePart.self, Parts.self,
      Orders.self, Reasons.self, Licence.self, Cancel.self, Lost.self, Retry.self,
      Reassign.self, Abandon.self, Import.self, BrandKeys.self, BrandKey.self, BrandAudit.self,
      BrandExport.self,
    ])

  struct Upload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "upload",
      abstract: "Upload a design with its print profile and licence, and release it.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "An STL, OBJ, PLY, 3MF or STEP file.") var file: String
    @Option(
      help: ArgumentHelp(
        "What an STL, OBJ or PLY file is in: \(MeshUnit.names); millimeter if left out. A part whose size is "
          + "strange then stays a draft."),
      transform: MeshUnit.named)
    var unit: MeshUnit?
    @Option(help: "A print profile, a JSON file, or NAME=FILE; repeatable.") var profile: [String]
    @Option(help: "The design's name; the file's name if left out.") var name: String?
    @Option(help: "A drawing, a PDF file; repeatable.") var drawing: [String] = []
    @Option(help: "An inspection plan, a PDF, CSV or JSON file; repeatable.")
    var inspectionPlan: [String] = []
    @Option(help: "How many units may be printed in all.") var units: Int
    @Option(help: "How many may be printed again after a failed inspection.") var scrap = 0
    @Option(help: "A country where it may be printed; repeatable; anywhere if left out.")
    var territory: [String] = []
    @Flag(help: "Let bureaus with classical keys receive it too (an owner's key).")
    var allowClassicalKeys = false
    @Flag(help: "Leave the revision a draft, for `everpart brand release`.") var draft = false
    @Flag(help: "Release a surface with a boundary too.") var allowOpen = false

    func validate() throws {
      guard units > 0, scrap >= 0 else {
        throw ValidationError("--units is at least 1, --scrap at least 0.")
      }
    }

    func run() async throws {
      let client = try options.client()
      let profiles = try readProfiles(profile)
      // Before anything is made: a file that will be refused leaves no draft behind.
      let files =
        try [DesignFile(file, .geometry, unit: unit)] + drawing.map { try DesignFile($0, .drawing) }
        + inspectionPlan.map { try DesignFile($0, .inspectionPlan) }
      let new: JSONValue = [
        "name": .string(name ?? files[0].name), "profiles": profiles,
        "licence": [
          "authorised_units": .integer(Int64(units)), "scrap_allowance": .integer(Int64(scrap)),
          "territories": .array(territory.map(JSONValue.string)),
        ],
        "pq_only": .bool(!allowClassicalKeys),
      ]
      // The same command for the same file makes one design, however often it had to be run.
      let identity = try FilePieces(file).identity
      let memory = try UploadMemory(
        client, about: "the design of \(file) at \(client.server)",
        [try jsonText(new), absolutePath(file), String(identity.size), identity.modified]
          + (unit.map { [$0.rawValue] } ?? []))
      let created = try await Retrying.run {
        try await client.send(
          "POST", "/v1/brand/designs", new, idempotencyKey: memory.content.key)
      }
      let path = "/v1/brand/designs/\(created["id"].text)"
      var stored: [JSONValue] = []
      do {
        for file in files { stored.append(try await file.upload(to: created, client)) }
      } catch let problem as Problem where problem.code != "upload.interrupted" {
        memory.forget()
        throw problem
      }
      // An older broker measures while a mesh comes in, and no further.
      let uploaded = try await client.get(path)
      if uploaded["revision"]["measurement"] != .null {
        let measurement = try await Measuring.wait(for: path, client)
        if (try? Measuring.check(measurement)) == nil {
          memory.forget()
          let refused = try await client.get(path)
          try options.show(refused) { designLines(refused).forEach { Terminal.write($0) } }
          try Measuring.check(measurement)
        }
      }
      // A released revision is for ever: what may not print as meant is not released by the way.
      // Of what is not STL the broker knows it now, and not yet when it answered the upload.
      let mesh =
        try await client.get(path)["files"].elements.first { $0["purpose"] == "geometry" }
        ?? stored[0]
      let doubts = draft ? [] : ReleaseDoubt.found(in: mesh, allowOpen: allowOpen)
      let design =
        draft || !doubts.isEmpty
        ? try await client.get(path)
        : try await Retrying.run { try await client.post("\(path)/release") }
      memory.forget()
      try options.show(design) { designLines(design).forEach { Terminal.write($0) } }
      if let problem = ReleaseDoubt.problem(doubts, of: design) { throw problem }
    }
  }

  struct AddFile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add-file", abstract: "Add a file to a design's draft.",
      discussion: """
        A revision has one geometry (STL, OBJ, PLY, 3MF or STEP), and drawings (PDF) and inspection plans (PDF, CSV, JSON) \
        for the people at the bureau: at most eight files in all.
        """)
    @OptionGroup var options: ClientOptions
    @Argument(help: "dsn_….") var design: String
    @Argument(help: "The file.") var file: String
    @Option(
      help: "What it is for: geometry, drawing or inspection_plan.", transform: FilePurpose.named)
    var purpose: FilePurpose
    @Option(
      help: "What an STL, OBJ or PLY file is in: \(MeshUnit.names); millimeter if left out.",
      transform: MeshUnit.named)
    var unit: MeshUnit?

    func run() async throws {
      let client = try options.client()
      let path = "/v1/brand/designs/\(try escaped(design))"
      let file = try DesignFile(file, purpose, unit: unit)
      _ = try await file.upload(to: try await client.get(path), client)
      let design = try await client.get(path)
      try options.show(design) { designLines(design).forEach { Terminal.write($0) } }
    }
  }

  struct Release: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "release",
      abstract: "Release a design's draft, as `upload --draft` or `revise` leaves it.",
      discussion: """
        A released revision can be sold and never changes again. Where the brand's releases take two \
        keys, the first approves and the second releases. It shows what it approves first: a design that \
        is changed after that is not approved (precondition.failed).
        """)
    @OptionGroup var options: ClientOptions
    @Argument(help: "dsn_….") var design: String

    func run() async throws {
      let client = try options.client()
      let path = "/v1/brand/designs/\(try escaped(design))"
      if try await client.get(path)["revision"]["measurement"] != .null {
        _ = try await Measuring.wait(for: path, client)
      }
      let released = try await Self.release(path, by: client) { shown in
        if !options.json { designLines(shown).forEach { Terminal.write($0) } }
      }
      try options.show(released) { Terminal.write(revisionLine(released["revision"])) }
    }

    /// Approves a design as it was shown: what somebody else changes after that is refused
    /// (`precondition.failed`).
    static func release(
      _ path: String, by client: BrokerClient, showing: (JSONValue) async throws -> Void
    ) async throws -> JSONValue {
      let shown = try await client.get(path)
      try await showing(shown)
      return try await client.send(
        "POST", "\(path)/release", [:], ifMatch: shown["version"].integer)
    }
  }

  struct Designs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "designs", abstract: "List designs.")
    @OptionGroup var options: ClientOptions

    func run() async throws {
      let designs = try await options.client().list("/v1/brand/designs")
      try options.show(.array(designs)) {
        var table = Table("id", "name", "revision", "units left")
        for design in designs {
          let licence = design["licence"]
          let left =
            (licence["terms"]["authorised_units"].integer ?? 0) - (licence["reserved"].integer ?? 0)
            - (licence["consumed"].integer ?? 0)
          table.add(
            design["id"].text, design["name"].text, design["revision"]["state"].text, String(left))
        }
        table.print()
      }
    }
  }

  struct AddPart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add-part", abstract: "Offer a released design in the storefront.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "dsn_….") var design: String
    @Option(help: "The stock-keeping unit.") var sku: String
    @Option(help: "What customers read.") var name: String
    @Option(help: "A sentence about it.") var description = ""
    @Option(help: "A product that it fits; repeatable.") var fits: [String] = []
    @Option(help: "The print profile's name; the revision's first if left out.")
    var profile: String?
    @Option(help: "Price of one, in minor units (cents).") var price: Int64
    @Option(help: "What the bureau gets for one, in minor units.") var payout: Int64
    @Option(help: "ISO 4217 code.") var currency = "EUR"
    @Option(help: "Days from order to delivery.") var leadDays = 5

    func run() async throws {
      let client = try options.client()
      var new: [String: JSONValue] = [
        "design": .string(design), "sku": .string(sku), "name": .string(name),
        "description": .string(description), "fits": .array(fits.map(JSONValue.string)),
        "price": ["minor_units": .integer(price), "currency": .string(currency)],
        "payout": ["minor_units": .integer(payout), "currency": .string(currency)],
        "lead_days": .integer(Int64(leadDays)),
      ]
      if let profile {
        let revisions = try await client.list(
          "/v1/brand/designs/\(try escaped(design))/revisions")
        new["profile"] = try profileID(
          named: profile, in: revisions.first { $0["state"] == "released" } ?? .null)
      }
      let part = try await client.post("/v1/brand/parts", .object(new))
      try options.show(part) {
        Terminal.write("Part  \(part["id"].text)  \(part["name"].text)  \(part["price"].money)")
      }
    }
  }

  struct Parts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "parts", abstract: "List parts.")
    @OptionGroup var options: ClientOptions
    func run() async throws { try await showParts(options, "/v1/brand/parts") }
  }

  struct Orders: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "orders", abstract: "List orders, or show one.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "ord_….") var order: String?

    func run() async throws {
      guard let order else { return try await showOrders(options, "/v1/brand/orders", nil) }
      try await showBrandOrder(options, order)
    }
  }

  struct Reasons: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "reasons",
      abstract: "Why an order went to its bureau, and why not to the others.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "ord_….") var order: String

    func run() async throws {
      let answer = try await options.client().get(
        "/v1/brand/orders/\(try escaped(order))/decisions")
      try options.show(answer) { showDecisions(answer) }
    }
  }

  struct Licence: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "licence", abstract: "A licence's terms, counts and ledger entries.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "lic_….") var licence: String

    func run() async throws {
      let (client, path) = (try options.client(), "/v1/brand/licences/\(try escaped(licence))")
      var answer = try await client.get(path)
      if answer["has_more_entries"] == true, case .object(var members) = answer {
        members["entries"] = .array(try await client.list(path + "/entries"))
        members["has_more_entries"] = false
        answer = .object(members)
      }
      try options.show(answer) { [answer] in
        for name in ["authorised", "reserved", "consumed", "scrapped"] {
          Terminal.write(name + String(repeating: " ", count: 12 - name.count) + answer[name].text)
        }
        var table = Table("no.", "entry", "job", "bureau", "when")
        for entry in answer["entries"].elements {
          table.add(
            entry["number"].text, entry["kind"].text, entry["job"].text, entry["bureau"].text,
            entry["at"].text)
        }
        table.print()
      }
    }
  }

  struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "cancel", abstract: "Cancel an order that no bureau has accepted yet.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "ord_….") var order: String
    func run() async throws { try await act(options, "/v1/brand/orders", order, "cancel") }
  }

  struct Lost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "lost",
      abstract: "Say that a parcel is lost; then retry, reassign or abandon the order.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "ord_….") var order: String
    @Option(help: "Why; only the brand sees it.") var reason: String?
    func run() async throws {
      try await act(options, "/v1/brand/orders", order, "lost", takeBack(reason))
    }
  }

  struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "retry",
      abstract: "Have a held or lost job printed again, on the licence's scrap allowance.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "ord_….") var order: String
    func run() async throws { try await act(options, "/v1/brand/orders", order, "retry") }
  }

  struct Reassign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "reassign",
      abstract: "Take a held, lost or late job from its bureau and ask the next one.",
      discussion: """
        Takes the licence's units once more: the first bureau has the key. When no other bureau is \
        left that can make the part, the order ends as unmakeable.
        """)
    @OptionGroup var options: ClientOptions
    @Argument(help: "ord_….") var order: String
    @Option(help: "Why; only the brand sees it.") var reason: String?
    func run() async throws {
      try await act(options, "/v1/brand/orders", order, "reassign", takeBack(reason))
    }
  }

  struct Abandon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "abandon",
      abstract: "Take a held, lost or late job from its bureau and end the order.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "ord_….") var order: String
    @Option(help: "Why; only the brand sees it.") var reason: String?
    func run() async throws {
      try await act(options, "/v1/brand/orders", order, "abandon", takeBack(reason))
    }
  }

  private static func takeBack(_ reason: String?) -> JSONValue {
    reason.map { ["reason": .string($0)] } ?? [:]
  }
}

/// A name as part of a query.
func percentEncoded(_ text: String) -> String {
  text.utf8.map { byte in
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"):
      String(UnicodeScalar(byte))
    default:
      "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
  }.joined()
}
