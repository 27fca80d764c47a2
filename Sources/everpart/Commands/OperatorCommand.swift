import ArgumentParser
import Domain

struct OperatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operator", abstract: "Admit brands and bureaus (operator key).",
    subcommands: [
      AddBrand.self, AddBureau.self, AddSite.self, OperatorKeys.self, AddKey.self,
      OperatorRevokeKey.self, Certify.self, Tenants.self, Quota.self, MeasureAgain.self,
    ])

  struct AddBrand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add-brand", abstract: "Admit a brand and print its first keys.",
      discussion: "The owner's key, which makes further ones, and the storefront's.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "The brand's name.") var name: String

    func run() async throws {
      let client = try options.client()
      let brand = try await client.post("/v1/operator/brands", ["name": .string(name)])
      let path = "/v1/operator/brands/\(brand["id"].text)/keys"
      var answer = ["id": brand["id"], "name": brand["name"]]
      for (name, role) in [("brand_key", "owner"), ("storefront_key", "storefront")] {
        let key = try await client.post(path, ["role": .string(role), "label": "first"])
        answer[name] = key["key"]
      }
      try options.show(.object(answer)) {
        Terminal.write("Brand           \(brand["id"].text)  \(brand["name"].text)")
        Terminal.write("Owner's key     \(answer["brand_key"]?.text ?? "–")")
        Terminal.write("Storefront key  \(answer["storefront_key"]?.text ?? "–")")
        Terminal.write(Terminal.paint("Keys are shown this once.", .dim))
      }
    }
  }

  struct AddBureau: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add-bureau", abstract: "Admit a bureau and print the key that its agent needs.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "The bureau's name.") var name: String

    func run() async throws {
      let client = try options.client()
      let bureau = try await client.post("/v1/operator/bureaus", ["name": .string(name)])
      let key = try await client.post(
        "/v1/operator/bureaus/\(bureau["id"].text)/keys", ["label": "agent"])
      let answer = ["id": bureau["id"], "name": bureau["name"], "bureau_key": key["key"]]
      try options.show(.object(answer)) {
        Terminal.write("Bureau      \(bureau["id"].text)  \(bureau["name"].text)")
        Terminal.write("Bureau key  \(key["key"].text)")
        Terminal.write(Terminal.paint("The key is shown this once.", .dim))
      }
    }
  }

  struct AddSite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add-site", abstract: "Record where a bureau prints, as you have seen it.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "bur_….") var bureau: String
    @Argument(help: "The site's name, the city for example.") var name: String
    @Option(help: "ISO 3166-1 alpha-2 code.") var country: String
    @Option(parsing: .unconditional, help: "Degrees north.") var latitude: Double
    @Option(parsing: .unconditional, help: "Degrees east.") var longitude: Double

    func run() async throws {
      let site = try await options.client().post(
        "/v1/operator/bureaus/\(try escaped(bureau))/sites",
        [
          "name": .string(name), "country": .string(country),
          "coordinates": ["latitude": .number(latitude), "longitude": .number(longitude)],
        ])
      try options.show(site) { Terminal.write(site["id"].text) }
    }
  }

  struct AddKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add-key", abstract: "Make a further key for a brand, a bureau or an operator.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "brd_…, bur_… or operator.") var tenant: String
    @Option(
      help: "For a brand: owner (if left out), engineer, sales or storefront.",
      transform: brandKeyRole)
    var role: String?
    @Option(help: "What the key is for.") var label = "key"

    func validate() throws {
      try OperatorKeys.check(tenant)
      guard role == nil || OperatorKeys.isBrand(tenant) else {
        throw ValidationError("--role is for a brand's keys: those of others have one role.")
      }
    }

    func run() async throws {
      var body = ["label": JSONValue.string(label)]
      if OperatorKeys.isBrand(tenant) { body["role"] = .string(role ?? "owner") }
      let key = try await options.client().post(OperatorKeys.path(tenant), .object(body))
      try options.show(key) { showNewKey(key) }
    }
  }

  struct Certify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "certify", abstract: "Record a certificate of a bureau that you have seen.",
      discussion: "Without --site, --machine, --process or --material it covers all of them.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "bur_….") var bureau: String
    @Option(help: "ISO 9001, EN 45545-2, ….") var scheme: String
    @Option(help: "Who issued it.") var issuer: String
    @Option(help: "First valid day, YYYY-MM-DD.") var from: String
    @Option(help: "Last valid day, YYYY-MM-DD.") var until: String
    @Option(help: "SHA-256 of the document, hexadecimal.") var documentSHA256: String
    @Option(help: "Only this site.") var site: String?
    @Option(help: "Only this machine.") var machine: String?
    @Option(help: "Only this process.") var process: String?
    @Option(help: "Only this material.") var material: String?

    func run() async throws {
      var body: [String: JSONValue] = [
        "scheme": .string(scheme), "issuer": .string(issuer), "valid_from": .string(from),
        "valid_until": .string(until), "document_sha256": .string(documentSHA256),
      ]
      body["site"] = site.map(JSONValue.string)
      body["machine"] = machine.map(JSONValue.string)
      body["process"] = process.map(JSONValue.string)
      body["material"] = material.map(JSONValue.string)
      let answer = try await options.client().post(
        "/v1/operator/bureaus/\(try escaped(bureau))/certifications", .object(body))
      try options.show(answer) { Terminal.write(answer["id"].text) }
    }
  }

  struct Quota: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "quota", abstract: "Show what a brand stores, or say what it may store.",
      discussion: "With one of the options, what is left out is as the server was started with.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "brd_….") var brand: String
    @Option(help: "How many GiB its files may have, open uploads included.") var storageGib: Int?
    @Option(help: "How many uploads it may have open.") var openUploads: Int?
    @Flag(help: "As the server was started with.") var standard = false

    func validate() throws {
      guard (1...1 << 30).contains(storageGib ?? 1), (0...10_000).contains(openUploads ?? 0) else {
        throw ValidationError(
          "--storage-gib is 1 to 2^30, --open-uploads 0 to 10,000: 0 keeps a brand from uploading.")
      }
      guard !standard || (storageGib == nil && openUploads == nil) else {
        throw ValidationError("--standard stands alone.")
      }
    }

    func run() async throws {
      let client = try options.client()
      let path = "/v1/operator/brands/\(try escaped(brand))/quota"
      var body: [String: JSONValue] = [:]
      body["stored_bytes_max"] = storageGib.map { .integer(Int64($0) << 30) }
      body["open_uploads_max"] = openUploads.map { .integer(Int64($0)) }
      let quota =
        body.isEmpty && !standard
        ? try await client.get(path) : try await client.send("PUT", path, .object(body))
      try options.show(quota) {
        let size = { (name: String) in ProgressBar.size(Int(quota[name].integer ?? 0)) }
        Terminal.write(
          "Storage       \(size("stored_bytes")) stored, \(size("promised_bytes")) promised to open "
            + "uploads, of \(size("stored_bytes_max"))")
        Terminal.write(
          "Open uploads  \(quota["open_uploads"].text) of \(quota["open_uploads_max"].text)")
      }
    }
  }

  struct Tenants: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "tenants", abstract: "List brands and bureaus.")
    @OptionGroup var options: ClientOptions

    func run() async throws {
      let client = try options.client()
      let brands = try await client.list("/v1/operator/brands")
      let bureaus = try await client.list("/v1/operator/bureaus")
      try options.show(["brands": .array(brands), "bureaus": .array(bureaus)]) {
        var table = Table("kind", "id", "name", "since", "enrolled")
        for brand in brands {
          table.add("brand", brand["id"].text, brand["name"].text, brand["created_at"].text, "")
        }
        for bureau in bureaus {
          table.add(
            "bureau", bureau["id"].text, bureau["name"].text, bureau["created_at"].text,
            bureau["enrolled_at"].text)
        }
        table.print()
      }
    }
  }
}

/// An identifier for a path: refuses what could change the path's meaning.
func escaped(_ identifier: String) throws -> String {
  guard identifier.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || isalnumASCII($0) }),
    !identifier.isEmpty
  else { throw Problem(.invalid, "cli.identifier", "“\(identifier)” is no identifier.") }
  return identifier
}

private func isalnumASCII(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
    UInt8(ascii: "A")...UInt8(ascii: "Z"):
    true
  default: false
  }
}
