import Foundation
import TestSupport
import Testing

@testable import Sealing

/// Other implementations: the age command (Go) and pyrage (Rust). Each test is skipped where its peer is
/// not installed.
@Suite("Age peers")
struct PeerTests {
  private static let sizes = [0, 65_536, 100_000]

  @Test("the age command opens what we seal, armored or not", .enabled(if: Tool.age != nil))
  func ageOpens() async throws {
    try await TemporaryDirectory.with { folder in
      var generator = SeededGenerator(seed: 19)
      let identity = try Identity.generate(.x25519, using: &generator)
      try folder.write(Array("# ours\n\(identity.text)\n".utf8), to: "key.txt")
      for size in Self.sizes {
        for armor in [false, true] {
          let plain = generator.bytes(size)
          let file = try AgeSealer.seal(
            plain,
            to: .recipients([identity.recipient]),
            armor: armor,
            using: &generator
          )
          let opened = try Tool.run("age", ["-d", "-i", folder.path("key.txt")], input: file)
          #expect(opened == plain)
        }
      }
    }
  }

  @Test("we open what the age command seals, armored or not", .enabled(if: Tool.age != nil))
  func weOpen() throws {
    var generator = SeededGenerator(seed: 20)
    let identity = try Identity.generate(.x25519, using: &generator)
    for size in Self.sizes {
      for armor in [[], ["-a"]] {
        let plain = generator.bytes(size)
        let file = try Tool.run(
          "age",
          armor + ["-r", identity.recipient.description],
          input: plain
        )
        #expect(try AgeOpener.open(file, with: .identities([identity])) == plain)
      }
    }
  }

  private static let hasPostQuantumAge: Bool = {
    var generator = SeededGenerator(seed: 21)
    guard let recipient = try? Identity.generate(using: &generator).recipient else { return false }
    return (try? Tool.run("age", ["-r", recipient.description])) != nil
  }()

  @Test(
    "the age command and we open each other's post-quantum files",
    .enabled(if: hasPostQuantumAge, "needs age 1.3 or later")
  )
  func postQuantum() async throws {
    try await TemporaryDirectory.with { folder in
      var generator = SeededGenerator(seed: 22)
      let identity = try Identity.generate(using: &generator)
      try folder.write(Array("\(identity.text)\n".utf8), to: "key.txt")
      let plain = generator.bytes(100_000)
      let ours = try AgeSealer.seal(
        plain,
        to: .recipients([identity.recipient]),
        using: &generator
      )
      #expect(try Tool.run("age", ["-d", "-i", folder.path("key.txt")], input: ours) == plain)
      let theirs = try Tool.run("age", ["-r", identity.recipient.description], input: plain)
      #expect(try AgeOpener.open(theirs, with: .identities([identity])) == plain)
    }
  }

  @Test(
    "the age command and we open each other's passphrase files",
    .enabled(if: Tool.hasAgeAndPython)
  )
  func agePassphrase() async throws {
    try await TemporaryDirectory.with { folder in
      var generator = SeededGenerator(seed: 23)
      let plain = generator.bytes(1000)
      let ours = try AgeSealer.seal(
        plain,
        to: .passphrase("everlasting leg cap", workFactor: 10),
        using: &generator
      )
      try folder.write(ours, to: "ours.age")
      try Tool.onTerminal(
        ["age", "-d", "-o", folder.path("opened"), folder.path("ours.age")],
        answer: "everlasting leg cap"
      )
      #expect(try folder.read("opened") == plain)
      try Tool.onTerminal(
        ["age", "-p", "-o", folder.path("theirs.age"), folder.path("opened")],
        answer: "everlasting leg cap"
      )
      let theirs = try folder.read("theirs.age")
      #expect(try AgeOpener.open(theirs, with: .passphrase("everlasting leg cap")) == plain)
    }
  }

  @Test("pyrage and we open each other's files", .enabled(if: Tool.hasPyrage))
  func pyrage() throws {
    var generator = SeededGenerator(seed: 24)
    let identity = try Identity.generate(.x25519, using: &generator)
    func python(_ expression: String, _ input: [UInt8], _ argument: String) throws -> [UInt8] {
      let program = """
        import sys, pyrage
        data = sys.stdin.buffer.read()
        text = sys.argv[1]
        sys.stdout.buffer.write(\(expression))
        """
      return try Tool.run("python3", ["-c", program, argument], input: input)
    }
    for size in Self.sizes {
      let plain = generator.bytes(size)
      let ours = try AgeSealer.seal(
        plain,
        to: .recipients([identity.recipient]),
        using: &generator
      )
      let decrypt = "pyrage.decrypt(data, [pyrage.x25519.Identity.from_str(text)])"
      #expect(try python(decrypt, ours, identity.text) == plain)
      let encrypt = "pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(text)])"
      let theirs = try python(encrypt, plain, identity.recipient.description)
      #expect(try AgeOpener.open(theirs, with: .identities([identity])) == plain)
    }
    let plain = generator.bytes(1000)
    let ours = try AgeSealer.seal(
      plain,
      to: .passphrase("leg cap", workFactor: 10),
      using: &generator
    )
    #expect(try python("pyrage.passphrase.decrypt(data, text)", ours, "leg cap") == plain)
    let theirs = try python("pyrage.passphrase.encrypt(data, text)", plain, "leg cap")
    #expect(try AgeOpener.open(theirs, with: .passphrase("leg cap")) == plain)
  }
}
