import Domain
import Sealing
import TestSupport
import Testing

@testable import PrintPackage

@Suite("Enrolment statements")
struct EnrolmentStatementTests {
  private let now = SimulatedClock().now

  private func code(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return (error as? Problem)?.code ?? "\(error)" }
  }

  @Test("keys are enrolled by who holds them, for one bureau, about now")
  func enrolment() throws {
    var generator = SeededGenerator(seed: 4)
    let identity = try Identity.generate(using: &generator)
    let (mine, other) = (
      try SigningKey.generate(using: &generator), try SigningKey.generate(using: &generator)
    )
    let bureau = BureauID(at: now, using: &generator)
    let stranger = BureauID(at: now, using: &generator)
    let enrolment = Enrolment(
      bureau: bureau, recipient: identity.recipient, verificationKey: mine.verificationKey,
      issuedAt: now, using: &generator)
    let good = try enrolment.signed(by: mine)
    let proof = try Enrolment.verified(good, bureau: bureau, now: now + .seconds(600))
    #expect(proof.recipient == identity.recipient)
    #expect(proof.verificationKey == mine.verificationKey)

    let completion = Completion(
      job: JobID(at: now, using: &generator), bureau: bureau, attempt: 1, epoch: 1,
      manifestSHA256: ContentDigest(of: []), quantity: 1, machine: nil, materialLot: nil,
      completedAt: now)
    for (envelope, id, time, expected) in [
      // Somebody else's key, named but not held.
      (try enrolment.signed(by: other), bureau, now, "enrolment.untrusted"),
      (good, stranger, now, "enrolment.other_bureau"),
      (good, bureau, now + .seconds(601), "enrolment.time"),
      (good, bureau, now + .seconds(-601), "enrolment.time"),
      (try completion.signed(by: mine), bureau, now, "enrolment.statement"),
      (
        try Envelope.sign(payload: [0x7b], payloadType: "x", with: mine), bureau, now,
        "enrolment.statement"
      ),
    ] as [(Envelope, BureauID, Instant, String)] {
      #expect(
        code { _ = try Enrolment.verified(envelope, bureau: id, now: time) } == expected)
    }
  }
}
