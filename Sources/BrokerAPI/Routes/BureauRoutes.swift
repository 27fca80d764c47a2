import Brokering
import BureauProtocol
import Domain
import HTTPTypes
import Sealing

/// What a bureau says about itself: its keys and machines. Where its sites are the operator says.
enum BureauRoutes {
  static let all: [Route] = [
    .json(
      .get, "/v1/bureau", for: .bureau, "Shows the bureau as it sees itself",
      gives: BureauView.self
    ) { call in BureauView(try await call.useCases.bureaus.bureau(call.tenant)) },

    .json(
      .put, "/v1/bureau/enrolment", for: .bureau,
      "Enrols the bureau's keys, with proof that it holds them", takes: EnrolmentRequest.self,
      gives: BureauView.self,
      problems: ["enrolment.*"]
    ) { call, body in
      let statement: Envelope
      do {
        statement = try Envelope(json: try body.statement.json())
      } catch {
        throw Problem(.invalid, "enrolment.statement", "This is not an enrolment statement.")
      }
      return BureauView(
        try await call.useCases.bureaus.enrol(call.tenant, statement: statement))
    },

    .creating(
      "/v1/bureau/sites/{site}/machines", for: .bureau, "Adds a machine to a site",
      takes: NewMachine.self, gives: Machine.self,
      problems: [
        "machine.name", "machine.materials", "machine.build_volume", "machine.name_taken",
        "bureau.limit",
      ]
    ) { call, body, once in
      try await call.useCases.bureaus.addMachine(
        call.tenant, site: try call.id("site", "site"), name: body.name, process: body.process,
        materials: body.materials, buildVolume: body.buildVolume, once: once)
    } replay: { call, id in
      try await call.useCases.bureaus.bureau(call.tenant).sites.flatMap(\.machines)
        .first { $0.id == id }.orAbsent("machine")
    },
  ]
}

extension BureauView {
  init(_ bureau: BureauDetails) {
    self.init(
      id: bureau.id, name: bureau.name, recipient: bureau.recipient,
      verificationKey: bureau.verificationKey, enrolledAt: bureau.enrolledAt,
      sites: bureau.sites.map(SiteView.init), certifications: bureau.certifications)
  }
}

extension SiteView {
  init(_ site: BureauDetails.Site) {
    self.init(
      id: site.id, name: site.name, country: site.country, coordinates: site.coordinates,
      machines: site.machines)
  }
}
