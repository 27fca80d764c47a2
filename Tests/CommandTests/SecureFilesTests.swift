import TestSupport
import Testing

@Suite("Encrypted 3MF on the command line")
struct SecureFilesTests {
  private let bench: FileCommands

  init() throws {
    bench = try FileCommands()
    try bench.files.write(SampleMesh.box(), to: "box.stl")
  }

  private func key(_ name: String) -> String {
    FileCommands.fixture("vectors/secure/\(name).pem")
  }

  /// Writes `secret.3mf` for two recipients.
  private func encrypt() async throws {
    let outcome = try await bench.run(
      "convert", "box.stl", "secret.3mf", "--for", "bureau=\(key("bureau_public"))", "--for",
      "somebody else=\(key("other_public"))")
    #expect(outcome.code == 0 && outcome.errors == "")
  }

  @Test("what is written for some opens with the key of each, in either of its forms")
  func opens() async throws {
    try await encrypt()
    for name in ["bureau", "bureau_pkcs1", "other"] {
      let outcome = try await bench.run(
        "inspect", "--json", "--quick", "secret.3mf", "--key", key(name))
      #expect(try outcome.json().first?["volume_mm3"] == 3000, "\(name): \(outcome.errors)")
    }
    let both = try await bench.run(
      "inspect", "--quick", "secret.3mf", "--key", key("bureau"), "--key", key("other"))
    #expect(both.code == 0)
    #expect(
      try await bench.run(
        "convert", "secret.3mf", "open.3mf", "--key", key("bureau")
      ).code == 0)
    #expect(
      try await bench.run("preview", "secret.3mf", "p.png", "--key", key("bureau")).code == 0)
    #expect(try await bench.run("inspect", "--quick", "open.3mf").code == 0)
  }

  @Test("a mended file is encrypted for whoever is named")
  func repaired() async throws {
    try await encrypt()
    let outcome = try await bench.run(
      "repair", "secret.3mf", "mended.3mf", "--key", key("bureau"), "--for",
      "bureau=\(key("other_public"))")
    #expect(outcome.code == 0)
    try await bench.run("inspect", "mended.3mf", "--key", key("bureau")).isRefused(
      "mended.3mf: mesh.3mf.secure.no_key: ")
    #expect(
      try await bench.run("inspect", "--quick", "mended.3mf", "--key", key("other")).code == 0)
  }

  @Test("without the key it says which option takes it")
  func closed() async throws {
    try await encrypt()
    let outcome = try await bench.run("inspect", "secret.3mf")
    outcome.isRefused("secret.3mf: mesh.3mf.requires_secure_content: ")
    #expect(outcome.errors.contains("--key"))
  }

  @Test(
    "a key that is none is refused by its own name, with what to do",
    arguments: [
      ("passphrase", "under a passphrase"), ("elliptic", "not an RSA private key"),
      ("bits_1024", "2048 to 8192 bits"), ("bureau_public", "This is a public key"),
    ])
  func badKeys(name: String, fault: String) async throws {
    let outcome = try await bench.run("inspect", "box.stl", "--key", key(name))
    outcome.isRefused("mesh.3mf.secure.unusable_key: \(key(name)): ")
    #expect(outcome.errors.contains(fault) && outcome.output == [])
  }

  @Test("recipients are public keys with a name, and only 3MF is for them")
  func badRecipients() async throws {
    for (recipient, fault) in [
      (
        "a=\(key("bureau"))",
        "mesh.3mf.secure.unusable_key: \(key("bureau")): This is a private key"
      ),
      ("a=\(key("elliptic_public"))", "mesh.3mf.secure.unusable_key: "),
      ("é=\(key("bureau_public"))", "mesh.3mf.secure.recipients: "),
      ("a=nowhere.pem", "nowhere.pem: "),
    ] {
      try await bench.run("convert", "box.stl", "x.3mf", "--for", recipient).isRefused(fault)
    }
    for recipient in [key("bureau_public"), "=\(key("bureau_public"))", "a="] {
      #expect(try await bench.run("convert", "box.stl", "x.3mf", "--for", recipient).code == 2)
    }
    for name in ["x.stl", "x.obj", "x.ply"] {
      let outcome = try await bench.run(
        "convert", "box.stl", name, "--for", "a=\(key("bureau_public"))")
      outcome.isRefused("mesh.format: ")
      #expect(outcome.errors.contains("--to 3mf"))
    }
    #expect(try bench.files.files() == ["box.stl"])
  }
}
