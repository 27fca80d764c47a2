import TestSupport
import Testing

@testable import Sealing

@Suite("Age header limits")
struct HeaderLimitTests {
  private func outcome(_ text: String) -> AgeError? {
    do {
      _ = try AgeHeader.parse(Array(text.utf8))
      return nil
    } catch { return error as? AgeError }
  }

  @Test("a line without an end is refused as soon as it is too long")
  func longLines() {
    let intro = "age-encryption.org/v1\n"
    #expect(outcome(String(repeating: "a", count: 22)) != nil)
    #expect(outcome(intro + "-> " + String(repeating: "a", count: 4093)) == nil)
    #expect(outcome(intro + "-> " + String(repeating: "a", count: 4094)) != nil)
    #expect(outcome(intro + "-> a\n" + String(repeating: "A", count: 64)) == nil)
    #expect(outcome(intro + "-> a\n" + String(repeating: "A", count: 65)) != nil)
  }

  @Test("one stanza too many is refused")
  func manyStanzas() {
    let intro = "age-encryption.org/v1\n"
    #expect(outcome(intro + String(repeating: "-> a\n\n", count: 64) + "-") == nil)
    #expect(outcome(intro + String(repeating: "-> a\n\n", count: 65)) != nil)
  }

  @Test("a header without end is refused at 128 KiB, in pieces too")
  func largeHeader() throws {
    var parser = AgeHeaderParser()
    _ = try parser.consume(Array("age-encryption.org/v1\n-> a\n".utf8))
    let line = [UInt8](repeating: UInt8(ascii: "A"), count: 64) + [UInt8(ascii: "\n")]
    var fed = 0
    #expect(throws: AgeError.self) {
      while fed < 1 << 20 {
        _ = try parser.consume(line)
        fed += line.count
      }
    }
    #expect(fed < 128 << 10)
  }

  @Test("a header without a stanza is refused")
  func noStanza() {
    let mac = String(repeating: "A", count: 43)
    #expect(outcome("age-encryption.org/v1\n--- \(mac)\n") == .headerFailure("no stanza"))
  }

  @Test("white space around armor is limited to 1 KiB a side")
  func armorWhiteSpace() throws {
    var generator = SeededGenerator(seed: 7)
    let identity = try Identity.generate(.x25519, using: &generator)
    let file = try AgeSealer.seal(
      [1],
      to: .recipients([identity.recipient]),
      armor: true,
      using: &generator
    )
    func space(_ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(ascii: $0 % 50 == 49 || $0 == count - 1 ? "\n" : " ") }
    }
    for (before, after, sound) in [
      (1024, 1024, true), (1025, 0, false), (0, 1025, false), (5000, 0, false),
    ] {
      let padded = space(before) + file + space(after)
      let opened = try? AgeOpener.open(padded, with: .identities([identity]))
      #expect((opened == [1]) == sound, "\(before) before, \(after) after")
    }
  }

  @Test("a prefix of a header is incomplete, never wrong")
  func prefixes() throws {
    var generator = SeededGenerator(seed: 8)
    let identity = try Identity.generate(using: &generator)
    let header = try AgeHeader.make(
      fileKey: .generate(using: &generator),
      for: .recipients([identity.recipient]),
      using: &generator
    )
    for length in 0..<header.count {
      #expect(try AgeHeader.parse(header[..<length]) == nil)
    }
    let parsed = try #require(try AgeHeader.parse(header + [1, 2, 3]))
    #expect(parsed.encodedByteCount == header.count)
    #expect(parsed.stanzas.map(\.type) == ["mlkem768x25519"])
  }
}
