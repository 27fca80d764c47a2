import TestSupport
import Testing

@testable import Sealing

/// Post-quantum stanzas against a recent `cryptography` for Python (OpenSSL or AWS-LC below it), which knows
/// HPKE with X-Wing; the age format around it is written out here once more. Skipped where it is missing.
@Suite("Post-quantum peer")
struct PostQuantumPeerTests {
  private static let program = """
    import base64, hashlib, hmac, sys
    from cryptography.hazmat.primitives import hashes, hpke
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    seed, file_key = bytes.fromhex(sys.argv[1]), bytes.fromhex(sys.argv[2])
    expanded = hashlib.shake_256(seed).digest(96)
    private = hpke.MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
        X25519PrivateKey.from_private_bytes(expanded[64:]))
    suite = hpke.Suite(
        hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
    info = b"age-encryption.org/mlkem768x25519"
    encode = lambda data: base64.b64encode(data).rstrip(b"=")
    decode = lambda text: base64.b64decode(text + b"=" * (-len(text) % 4))

    lines = sys.stdin.buffer.read().split(b"\\n")
    if len(lines) > 2:
        enc = lines[1].split(b" ")[2]
        assert suite.decrypt(decode(enc) + decode(lines[2]), private, info=info) == file_key

    sealed = suite.encrypt(file_key, private.public_key(), info=info)
    head = b"age-encryption.org/v1\\n-> mlkem768x25519 " + encode(sealed[:1120]) + b"\\n"
    head += encode(sealed[1120:]) + b"\\n---"
    key = HKDF(hashes.SHA256(), 32, None, b"header").derive(file_key)
    mac = hmac.new(key, head, hashlib.sha256).digest()
    sys.stdout.buffer.write(head + b" " + encode(mac) + b"\\n")
    """

  private static func run(_ identity: Identity, _ fileKey: FileKey, _ header: [UInt8]) throws
    -> [UInt8]
  {
    let arguments = ["-c", program, hex(identity.seed.bytes), hex(fileKey.bytes)]
    return try Tool.run("python3", arguments, input: header)
  }

  private static let hasPeer: Bool = {
    var generator = SeededGenerator(seed: 25)
    guard let identity = try? Identity.generate(using: &generator) else { return false }
    return (try? run(identity, .generate(using: &generator), [])) != nil
  }()

  @Test(
    "Python's cryptography opens our post-quantum stanza, and we open its",
    .enabled(if: hasPeer, "needs Python's cryptography with HPKE and X-Wing")
  )
  func bothWays() throws {
    var generator = SeededGenerator(seed: 26)
    let identity = try Identity.generate(using: &generator)
    let fileKey = FileKey.generate(using: &generator)
    let ours = try AgeHeader.make(
      fileKey: fileKey,
      for: .recipients([identity.recipient]),
      using: &generator
    )
    // The peer ends with an error where our stanza does not give the file key.
    let theirs = try Self.run(identity, fileKey, ours)
    let header = try #require(try AgeHeader.parse(theirs))
    #expect(try header.unwrap(with: .identities([identity])) == fileKey)
  }
}
