import Foundation
import TestSupport
import Testing

/// The commands that work on files, as the built executable runs them.
@Suite(
  .enabled(if: Product.isBuilt, Comment(rawValue: Product.missing)), .timeLimit(.minutes(10)))
struct CommandLineTools {
  @Test(
    "keygen writes a private file once and says whom to seal to", arguments: [[], ["--x25519"]])
  func keygen(options: [String]) async throws {
    let folder = try CommandFolder()
    let made = try await folder.run(["keygen", "-o", folder.path("key")] + options)
    #expect(made.must() == [])
    #expect(try folder.mode("key") == 0o600)
    let text = String(decoding: try folder.files.read("key"), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let (recipient, secret) =
      options.isEmpty ? ("age1pq1", "AGE-SECRET-KEY-PQ-1") : ("age1", "AGE-SECRET-KEY-1")
    #expect(lines.count == 4 && lines[0].hasPrefix("# created: 20") && lines[3].isEmpty)
    #expect(lines[1].hasPrefix("# public key: \(recipient)") && lines[2].hasPrefix(secret))
    #expect(made.errors == "Public key: \(lines[1].dropFirst("# public key: ".count))\n")
    #expect(options.isEmpty || !lines[1].contains("age1pq1"))

    try await folder.run("keygen", "-o", folder.path("key")).isRefused(folder.path("key"))
    #expect(try folder.files.read("key") == Array(text.utf8))

    let shown = try await folder.run(["keygen"] + options)
    #expect(String(decoding: shown.must(), as: UTF8.self).contains("\n\(secret)"))
    #expect(shown.output != Array(text.utf8) && shown.errors.isEmpty)
  }

  @Test("seal and open are filters over files and pipes", arguments: [[], ["--x25519"]])
  func filters(options: [String]) async throws {
    let folder = try CommandFolder()
    let recipient = try await folder.key("key", options)
    let plain = Array("a design\n".utf8) + [UInt8](repeating: 0x5A, count: 200_000)
    let (file, key) = (try folder.files.write(plain, to: "plain"), folder.path("key"))
    for armor in [[], ["-a"]] {
      let sealed = folder.path("sealed")
      let seal = ["seal", "-r", recipient] + armor
      #expect(try await folder.run(seal + ["-o", sealed, file]).must() == [])
      #expect(try folder.mode("sealed") == 0o600)
      let bytes = try folder.files.read("sealed")
      let start = armor.isEmpty ? "age-encryption.org/v1\n" : "-----BEGIN AGE ENCRYPTED FILE-----\n"
      #expect(bytes.starts(with: start.utf8))
      #expect(armor.isEmpty || bytes.allSatisfy { $0 < 0x80 })
      #expect(try await folder.run("open", "-i", key, sealed).must() == plain)
      #expect(
        try await folder.run("open", "-i", key, "-o", folder.path("back"), sealed).must() == [])
      #expect(try folder.files.read("back") == plain)
      #expect(try await folder.run("open", "-i", key, "-", input: sealed).must() == plain)
      #expect(try await folder.run(seal, input: file).must().starts(with: start.utf8))
    }
    let line = #"cat "$1" | "$0" seal -r "$2" | "$0" open -i "$3""#
    #expect(try await folder.shell(line, file, recipient, key).must() == plain)
    #expect(try await folder.shell(line, "/dev/null", recipient, key).must() == [])
    #expect(try folder.files.files() == ["back", "key", "plain", "sealed"])
  }

  @Test("every recipient opens a file and nobody else does")
  func recipients() async throws {
    let folder = try CommandFolder()
    let (first, second) = (try await folder.key("first"), try await folder.key("second"))
    _ = try await folder.key("third")
    let classical = try await folder.key("classical", ["--x25519"])
    let file = try folder.files.write("a design".utf8, to: "plain")
    let sealed = folder.path("sealed")
    _ = try await folder.run("seal", "-r", first, "-r", second, "-o", sealed, file).must()
    for keys in [["first"], ["second"], ["third", "second"]] {
      let identities = keys.flatMap { ["-i", folder.path($0)] }
      #expect(
        try await folder.run(["open"] + identities + [sealed]).must() == Array("a design".utf8))
    }
    let before = try folder.files.files()
    let stranger = try await folder.run(
      "open", "-i", folder.path("third"), "-o", folder.path("out"), sealed)
    stranger.isRefused("sealing.no_match")
    let mixed = try await folder.run(
      "seal", "-r", first, "-r", classical, "-o", folder.path("out"), file)
    mixed.isRefused("sealing.mixed_recipients")
    try await folder.run("seal", "-r", "age1nobody", "-o", folder.path("out"), file)
      .isRefused("sealing.key")
    #expect(try folder.files.files() == before)
  }

  @Test("a file that was changed or cut gives no output file, and only whole chunks elsewhere")
  func damage() async throws {
    let folder = try CommandFolder()
    let (chunk, recipient) = (64 << 10, try await folder.key("key"))
    var random = SeededGenerator(seed: 41)
    let block = random.bytes(chunk)
    let plain = (0..<40).flatMap { [UInt8($0)] + block }
    let file = try folder.files.write(plain, to: "plain")
    let sealed = try await folder.run("seal", "-r", recipient, file).must()
    let mac = try #require(sealed.firstRange(of: Array("\n--- ".utf8)))
    // The MAC's base64 and a line end, then the nonce.
    let payload = mac.upperBound + 43 + 1 + 16
    var flipped = sealed
    flipped[payload + 36 * (chunk + 16) + 7] ^= 1
    var header = sealed
    // Another digit of base64: not every byte's neighbour is one.
    let digit = mac.upperBound + 3
    header[digit] = header[digit] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
    // What a damage leaves, by the number of authentic chunks before it.
    let damages: [(bytes: [UInt8], chunks: Int, code: String)] = [
      (flipped, 36, "sealing.payload"), (Array(sealed.dropLast(1)), 40, "sealing.payload"),
      (Array(sealed[..<(payload + 38 * (chunk + 16))]), 38, "sealing.payload"),
      (sealed + [0], 40, "sealing.payload"), (header, 0, "sealing.hmac"),
      (Array(sealed[..<50]), 0, "sealing.header"), ([], 0, "sealing.header"),
    ]
    let out = try folder.files.write("what was there".utf8, to: "out")
    for (index, damage) in damages.enumerated() {
      let damaged = try folder.files.write(damage.bytes, to: "damaged")
      let before = try folder.files.files()
      for target in [out, folder.path("new")] {
        let opened = try await folder.run(
          "open", "-i", folder.path("key"), "-o", target, damaged)
        opened.isRefused(damage.code)
        #expect(opened.output.isEmpty)
      }
      #expect(try folder.files.files() == before, "damage \(index)")
      #expect(try folder.files.read("out") == Array("what was there".utf8))
      let piped = try await folder.run("open", "-i", folder.path("key"), input: damaged)
      piped.isRefused(damage.code)
      #expect(piped.output.count == damage.chunks * chunk, "damage \(index)")
      #expect(
        piped.output == Array(plain.prefix(damage.chunks * chunk)), "damage \(index)")
    }
  }

  @Test("wrong usage ends with exit code 2 and nothing on standard output")
  func usage() async throws {
    let folder = try CommandFolder()
    let recipient = try await folder.key("key", ["--x25519"])
    let wrong = [
      ["nonsense"], ["keygen", "extra"], ["seal"], ["seal", "-r", recipient, "-p"],
      ["open", "--nonsense"], ["open", "a", "b"], ["inspect"], ["package", "verify"],
      ["package", "open", "a.tar", "--trust", "t"],
    ]
    for arguments in wrong {
      let outcome = try await folder.run(arguments)
      #expect(outcome.code == 2, "\(arguments): \(outcome.errors)")
      #expect(outcome.output.isEmpty && outcome.errors.hasPrefix("Error: "), "\(arguments)")
    }
    let terminal = try PseudoTerminal()
    defer { withExtendedLifetime(terminal) {} }
    for (armor, code) in [([], Int32(2)), (["-a"], 0)] {
      let child = try folder.start(
        ["seal", "-r", recipient] + armor, output: terminal.path)
      #expect(try await folder.outcome(of: child).code == code)
    }
  }
}
