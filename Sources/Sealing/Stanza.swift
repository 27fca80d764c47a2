/// One stanza of an age header: `-> type arguments…` and a body; each wraps the file key for one recipient.
public struct Stanza: Sendable, Equatable {
  /// The first argument, which names the scheme.
  public let type: String
  /// The other arguments, each of one or more printable ASCII characters.
  public let arguments: [String]
  /// The decoded body.
  public let body: [UInt8]

  /// The text in the header, with the last body line shorter than 64 columns (perhaps empty).
  var encoded: [UInt8] {
    var out = Array("-> ".utf8)
    out.append(contentsOf: ([type] + arguments).joined(separator: " ").utf8)
    out.append(UInt8(ascii: "\n"))
    let text = Base64.encode(body, padded: false)
    var start = 0
    while text.count - start >= 64 {
      out.append(contentsOf: text[start..<start + 64])
      out.append(UInt8(ascii: "\n"))
      start += 64
    }
    out.append(contentsOf: text[start...])
    out.append(UInt8(ascii: "\n"))
    return out
  }

  /// A base64 argument of exactly `count` bytes, or a header failure.
  func argument(_ index: Int, bytes count: Int) throws -> [UInt8] {
    guard let bytes = Base64.decode(arguments[index].utf8, padded: false), bytes.count == count
    else { throw AgeError.headerFailure("bad argument in a \(type) stanza") }
    return bytes
  }

  /// The argument count and the body's length, which is checked *before* anything is decrypted: a longer
  /// file key would let one ciphertext open under two keys (C2SP `age.md`, "X25519 recipient stanza").
  func check(arguments count: Int) throws {
    guard arguments.count == count else {
      throw AgeError.headerFailure("wrong number of arguments in a \(type) stanza")
    }
    guard body.count == FileKey.byteCount + 16 else {
      throw AgeError.headerFailure("the body of a \(type) stanza is not 32 bytes")
    }
  }
}

/// A stanza whose scheme is known, with its arguments decoded.
enum KnownStanza: Sendable {
  case x25519(X25519Stanza)
  case hybrid(HybridStanza)
  case scrypt(ScryptStanza)
  /// Somebody else's scheme, or deliberate noise ("grease"): skipped.
  case unknown

  init(_ stanza: Stanza) throws {
    switch stanza.type {
    case X25519Stanza.type: self = .x25519(try X25519Stanza(stanza))
    case HybridStanza.type: self = .hybrid(try HybridStanza(stanza))
    case ScryptStanza.type: self = .scrypt(try ScryptStanza(stanza))
    default: self = .unknown
    }
  }
}
