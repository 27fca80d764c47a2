import Brokering
import Database
import Domain
import PrintPackage
import Sealing
import TestSupport
import Testing

@testable import Dispatching

@Suite("Enrolment")
struct EnrolmentTests {
  @Test("the statement that an agent makes is the one that Brokering takes, for that bureau only")
  func statement() async throws {
    let world = try await World()
    let bureaus = Bureaus(
      database: world.database, ledger: world.ledger, ambient: world.clock.ambient)
    var generator = world.clock.ambient.generator
    let identity = try Identity.generate(using: &generator)
    let key = try SigningKey.generate(using: &generator)
    let envelope = try Enrolment(
      bureau: world.bureaus[0].id, recipient: identity.recipient,
      verificationKey: key.verificationKey, issuedAt: world.clock.now, using: &generator
    ).signed(by: key)
    let enrolled = try await bureaus.enrol(world.bureaus[0].id, statement: envelope)
    #expect(enrolled.recipient == identity.recipient.description)
    #expect(
      await code { _ = try await bureaus.enrol(world.bureaus[1].id, statement: envelope) }
        == "enrolment.other_bureau")
  }
}
