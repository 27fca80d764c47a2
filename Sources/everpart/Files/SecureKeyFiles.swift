import ArgumentParser
import Domain
import MeshFiles

extension SecureKeys {
  /// The private keys in PEM files; each is tried for whatever is encrypted.
  init(files: [String]) throws {
    self.init()
    for file in files {
      let text = try readSmallFile(file)
      try naming(file) { () throws(MeshRefusal) in try add(privateKeyPEM: text) }
    }
  }
}

/// `ID=public.pem`: somebody a 3MF file is encrypted for.
struct RecipientArgument: ExpressibleByArgument {
  private let identifier: String
  private let file: String

  init?(argument: String) {
    let sides = argument.split(separator: "=", maxSplits: 1).map(String.init)
    guard sides.count == 2 else { return nil }
    (identifier, file) = (sides[0], sides[1])
  }

  func recipient() throws -> SecureRecipient {
    let text = try readSmallFile(file)
    return try naming(file) { () throws(MeshRefusal) in
      try SecureRecipient(consumerID: identifier, publicKeyPEM: text)
    }
  }
}

/// Refuses a key with its file's name, which is not that of the mesh.
private func naming<Value>(
  _ file: String, _ use: () throws(MeshRefusal) -> Value
) throws -> Value {
  do { return try use() } catch {
    throw Problem(.invalid, error.code.rawValue, "\(file): \(error.message)")
  }
}
