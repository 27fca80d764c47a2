import ArgumentParser
import BureauProtocol
import Domain

struct BureauCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bureau", abstract: "Machines, offers and jobs of a bureau (bureau key).",
    subcommands: [
      Show.self, AddMachine.self, Offers.self, Accept.self, Decline.self, Jobs.self,
      Package.self, Delivered.self, Lost.self,
    ])

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "What the broker knows of you.")
    @OptionGroup var options: ClientOptions

    func run() async throws {
      let bureau = try await options.client().get("/v1/bureau")
      try options.show(bureau) {
        Terminal.write("\(bureau["id"].text)  \(bureau["name"].text)")
        Terminal.write("enrolled  \(bureau["enrolled_at"].text)")
        for site in bureau["sites"].elements {
          Terminal.write("\(site["id"].text)  \(site["name"].text), \(site["country"].text)")
          for machine in site["machines"].elements {
            Terminal.write(
              "  \(machine["id"].text)  \(machine["name"].text)  \(machine["process"].text)  "
                + "\(machine["materials"].text)  \(machine["build_volume_mm"].text) mm")
          }
        }
        for certification in bureau["certifications"].elements {
          Terminal.write(
            "\(certification["scheme"].text)  until \(certification["valid_until"].text)")
        }
      }
    }
  }

  struct AddMachine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add-machine", abstract: "Add a machine to a site of yours (bureau show).")
    @OptionGroup var options: ClientOptions
    @Argument(help: "sit_….") var site: String
    @Option(help: "What you call it.") var name: String
    @Option(help: "ISO/ASTM 52900 process: MEX, PBF-LB/P, ….") var process: String
    @Option(help: "A material it is set up for; repeatable.") var material: [String]
    @Option(
      help: ArgumentHelp("The machine's room in millimetres, 250x210x210.", valueName: "x×y×z"))
    var buildVolume: BuildVolume

    func run() async throws {
      let room = buildVolume.millimetres
      let machine = try await options.client().post(
        "/v1/bureau/sites/\(try escaped(site))/machines",
        [
          "name": .string(name), "process": .string(process),
          "materials": .array(material.map(JSONValue.string)),
          "build_volume_mm": .array([room.x, room.y, room.z].map(JSONValue.number)),
        ])
      try options.show(machine) { Terminal.write(machine["id"].text) }
    }
  }

  struct Offers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "offers", abstract: "Jobs that wait for your answer.")
    @OptionGroup var options: ClientOptions

    func run() async throws {
      let offers = try await options.client().list("/v1/bureau/offers")
      try options.show(.array(offers)) {
        var table = Table("id", "qty", "size", "material", "payout", "due", "answer by")
        for offer in offers {
          table.add(
            offer["id"].text, offer["quantity"].text, offeredSize(offer),
            offer["profile"]["material"].text, offer["payout"].money, offer["due_day"].text,
            offer["expires_at"].text)
        }
        table.print()
      }
    }
  }

  struct Accept: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "accept", abstract: "Accept an offer.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "off_….") var offer: String

    func run() async throws {
      let answer = try await options.client().post(
        "/v1/bureau/offers/\(try escaped(offer))/accept")
      try options.show(answer) { Terminal.write("accepted") }
    }
  }

  struct Decline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "decline", abstract: "Decline an offer.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "off_….") var offer: String
    @Option(help: "Why; the brand reads it.") var reason: String

    func run() async throws {
      let answer = try await options.client().post(
        "/v1/bureau/offers/\(try escaped(offer))/decline", ["reason": .string(reason)])
      try options.show(answer) { Terminal.write("declined") }
    }
  }

  struct Jobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "jobs", abstract: "Your jobs.")
    @OptionGroup var options: ClientOptions

    func run() async throws {
      let all = try await options.client().list("/v1/bureau/jobs")
      // What the bureau has to act on comes first.
      let waits = Set(JobStage.waiting.states.map { JSONValue.string($0.rawValue) })
      let jobs =
        all.filter { !waits.contains($0["state"]) } + all.filter { waits.contains($0["state"]) }
      try options.show(.array(jobs)) {
        var table = Table("id", "part", "qty", "state", "attempt", "due")
        for job in jobs {
          table.add(
            job["id"].text, job["part_name"].text, job["quantity"].text, job["state"].text,
            job["attempt"].text, job["due_day"].text)
        }
        table.print()
      }
    }
  }

  struct Package: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "package",
      abstract: "Fetch a job's package while the job needs it; it stays sealed.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "job_….") var job: String
    @Option(name: .shortAndLong, help: "The file to write; `-` is standard output.")
    var output: String
    @Flag(help: "Replace a file that is there.") var force = false

    func run() async throws {
      try await options.fetch(
        "/v1/bureau/jobs/\(try escaped(job))/package", to: output, force: force)
    }
  }

  struct Delivered: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "delivered", abstract: "Pass on the carrier's word that a job's parcel arrived.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "job_….") var job: String

    func run() async throws {
      let answer = try await options.client().post("/v1/bureau/jobs/\(try escaped(job))/delivered")
      try options.show(answer) { Terminal.write("delivered") }
    }
  }

  struct Lost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "lost",
      abstract: "Pass on the carrier's word that a job's parcel is lost.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "job_….") var job: String
    @Option(help: "What the carrier says; the brand reads it.") var reason: String

    func run() async throws {
      let (client, path) = (try options.client(), "/v1/bureau/jobs/\(try escaped(job))")
      let attempt = try await client.get(path)["attempt"]
      let answer = try await client.post(
        path + "/lost", ["attempt": attempt, "reason": .string(reason)])
      try options.show(answer) { Terminal.write("lost") }
    }
  }
}
