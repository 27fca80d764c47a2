import TestSupport
import Testing

@testable import Sealing

@Suite("Key texts")
struct KeyTextTests {
  @Test("recipients and identities are read back from their text", arguments: KeyKind.allCases)
  func roundTrip(kind: KeyKind) throws {
    var generator = SeededGenerator(seed: 9)
    let identity = try Identity.generate(kind, using: &generator)
    let recipient = try Recipient(parsing: identity.recipient.description)
    #expect(recipient == identity.recipient)
    #expect(recipient.isPostQuantum == (kind == .mlkem768x25519))
    #expect(
      recipient.description.hasPrefix(kind == .x25519 ? "age1" : "age1pq1")
    )
    #expect(
      identity.text.hasPrefix(kind == .x25519 ? "AGE-SECRET-KEY-1" : "AGE-SECRET-KEY-PQ-1")
    )
    #expect(try Identity(parsing: identity.text).recipient == recipient)
  }

  @Test("new keys are post-quantum unless told otherwise")
  func defaultKind() throws {
    var generator = SeededGenerator(seed: 10)
    #expect(try Identity.generate(using: &generator).kind == .mlkem768x25519)
  }

  @Test("another case, a changed character, a cut or another kind of text is refused")
  func badTexts() throws {
    var generator = SeededGenerator(seed: 11)
    for kind in KeyKind.allCases {
      let identity = try Identity.generate(kind, using: &generator)
      let recipient = identity.recipient.description
      var bad = [
        "", "age1", recipient.uppercased(), String(recipient.dropLast()), recipient + "q",
        " " + recipient, identity.text, "age1" + String(repeating: "q", count: 5000),
      ]
      for offset in [0, 5, recipient.utf8.count - 1] {
        var characters = Array(recipient)
        characters[offset] = characters[offset] == "q" ? "p" : "q"
        bad.append(String(characters))
      }
      for text in bad { #expect(throws: AgeError.self) { try Recipient(parsing: text) } }
      for text in [identity.text.lowercased(), identity.text + "Q", recipient, ""] {
        #expect(throws: AgeError.self) { try Identity(parsing: text) }
      }
    }
  }

  @Test("a public key to which nothing can be sealed is refused when it is read")
  func unusable() {
    for low in [[UInt8](repeating: 0, count: 32), [1] + [UInt8](repeating: 0, count: 31)] {
      let text = Recipient(kind: .x25519, publicKey: low).description
      #expect(throws: AgeError.self) { try Recipient(parsing: text) }
      let hybrid = [UInt8](repeating: 1, count: 1184) + low
      let hybridText = Recipient(kind: .mlkem768x25519, publicKey: hybrid).description
      #expect(throws: AgeError.self) { try Recipient(parsing: hybridText) }
    }
    let outOfRange = Recipient(
      kind: .mlkem768x25519,
      publicKey: [UInt8](repeating: 0xff, count: 1184) + [9] + [UInt8](repeating: 0, count: 31)
    )
    #expect(throws: AgeError.self) { try Recipient(parsing: outOfRange.description) }
  }

  @Test(
    "an identity file holds comments, blank lines and identities, and errors name the line only")
  func identityFile() throws {
    var generator = SeededGenerator(seed: 12)
    let first = try Identity.generate(.x25519, using: &generator)
    let second = try Identity.generate(using: &generator)
    let text = "# created\r\n\r\n\(first.text)\r\n\n  \(second.text) \n"
    let read = try IdentityFile.parse(text)
    #expect(read.map(\.recipient) == [first.recipient, second.recipient])
    #expect(throws: AgeError.self) { try IdentityFile.parse("# nothing\n") }
    #expect(throws: AgeError.self) {
      try IdentityFile.parse(String(repeating: "#", count: 1 << 20) + "\n")
    }
    let broken = "# c\n\(first.text.dropLast())X"
    #expect(
      throws: AgeError.invalidKey("line 2 of the identity file is not an age identity")
    ) { try IdentityFile.parse(broken) }
  }

  @Test("no description, dump or interpolation shows a secret")
  func redaction() throws {
    var generator = SeededGenerator(seed: 13)
    let identity = try Identity.generate(.x25519, using: &generator)
    let fileKey = FileKey.generate(using: &generator)
    let wrapping = WrappingKey.generate(using: &generator)
    let signing = try SigningKey.generate(using: &generator)
    let secrets: [(any Sendable, [UInt8], String)] = [
      (identity, identity.seed.bytes, identity.text), (fileKey, fileKey.bytes, "-"),
      (wrapping, wrapping.bytes, "-"), (signing, [], signing.text),
      (OpenKey.identities([identity]), identity.seed.bytes, identity.text),
      (AgeOpener(with: .identities([identity])), identity.seed.bytes, identity.text),
    ]
    for (value, bytes, text) in secrets {
      var dumped = ""
      dump(value, to: &dumped)
      for shown in ["\(value)", String(reflecting: value), dumped] {
        if text != "-" { #expect(!shown.contains(text)) }
        if !bytes.isEmpty {
          #expect(!shown.contains(bytes.prefix(4).map(String.init).joined(separator: ", ")))
          #expect(!shown.lowercased().contains(hex(bytes.prefix(4))))
          // A dump shows arrays an element a line.
          let lines = bytes.prefix(4).map { "- \($0)\n" }
          #expect(!lines.allSatisfy(shown.contains))
        }
      }
    }
  }

  @Test("base64 has one spelling")
  func base64() {
    for length in 0...100 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + length) }
      for padded in [true, false] {
        for alphabet in [Base64.Alphabet.standard, .urlSafe] {
          let text = Base64.encode(bytes, padded: padded, alphabet: alphabet)
          #expect(Base64.decode(text, padded: padded, alphabet: alphabet) == bytes)
        }
      }
    }
    for text in ["A", "AB", "AA=", "AAA==", "AA==AA==", "A===", "====", "AAAA=", "AA\n=", "AAA_"] {
      #expect(Base64.decode(Array(text.utf8), padded: true) == nil, "\(text)")
    }
    for text in ["A", "AB", "AA==", "AAB", "AAAAA", "AA A", "-_AA"] {
      #expect(Base64.decode(Array(text.utf8), padded: false) == nil, "\(text)")
    }
  }

  @Test("every error has a stable code and a message")
  func errors() {
    let all: [(any SealingError, String)] = [
      (AgeError.noMatch, "sealing.no_match"), (AgeError.headerFailure("x"), "sealing.header"),
      (AgeError.hmacFailure, "sealing.hmac"), (AgeError.armorFailure("x"), "sealing.armor"),
      (AgeError.payloadFailure("x"), "sealing.payload"),
      (AgeError.invalidKey("x"), "sealing.key"),
      (AgeError.mixedRecipients, "sealing.mixed_recipients"),
      (AgeError.recipientCount(0), "sealing.recipient_count"),
      (AgeError.workFactor(99), "sealing.work_factor"), (AgeError.finished, "sealing.finished"),
      (AgeError.cipherFailure, "sealing.cipher"),
      (DSSEError.malformed("x"), "sealing.envelope"),
      (DSSEError.wrongPayloadType, "sealing.payload_type"),
      (DSSEError.untrusted(signers: 0, needed: 1), "sealing.untrusted"),
      (DSSEError.invalidKey("x"), "sealing.signing_key"),
      (DSSEError.signingFailed, "sealing.signing_failed"),
      (KeyWrapError.malformed, "sealing.wrap_format"), (KeyWrapError.wrongKey, "sealing.wrap_key"),
      (KeyWrapError.refused, "sealing.wrap_refused"),
      (KeyWrapError.failed, "sealing.wrap_failed"),
    ]
    for (error, code) in all {
      #expect(error.code == code)
      #expect(!error.message.isEmpty)
      #expect("\(error)".hasPrefix("\(code): "))
    }
  }
}
