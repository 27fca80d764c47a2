import ArgumentParser
import Domain
import Glibc
import Sealing

struct Keygen: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen",
    abstract: "Make a key pair (post-quantum unless --x25519) as the age command writes it.")

  @Option(name: .shortAndLong, help: "Write the identity to this new file, mode 0600.")
  var output: String?

  @Flag(help: "Make a classical X25519 key, which every age since 1.0 can use.")
  var x25519 = false

  func run() throws {
    let ambient = Ambient.system
    var generator = ambient.generator
    let identity = try Identity.generate(x25519 ? .x25519 : .mlkem768x25519, using: &generator)
    let text = """
      # created: \(ambient.now())
      # public key: \(identity.recipient)
      \(identity.text)

      """
    guard let output else {
      Terminal.write(text, end: "")
      return
    }
    let file = open(output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw SystemFailure(output) }
    defer { close(file) }
    do {
      guard text.withCString({ Glibc.write(file, $0, strlen($0)) }) == text.utf8.count,
        fsync(file) == 0
      else { throw SystemFailure(output) }
      try syncFolder(of: output)
    } catch {
      unlink(output)
      throw error
    }
    Terminal.write("Public key: \(identity.recipient)", to: .standardError)
  }
}
