/// Whom a file is sealed to.
public enum SealTarget: Sendable {
  /// One or more public keys, all post-quantum or all classical.
  case recipients([Recipient])
  /// A passphrase through scrypt with 2^`workFactor` rounds; 18 takes about a second and 256 MiB.
  case passphrase(String, workFactor: Int = ScryptStanza.workFactorDefault)
}

/// What a file is opened with.
public enum OpenKey: Sendable {
  /// Private keys, tried in order against every stanza.
  case identities([Identity])
  /// A passphrase. A file that asks for more than 2^`workFactorMax` rounds is refused before any work
  /// (22, the most that age itself accepts, takes 4 GiB of memory: lower it where files come from outside).
  case passphrase(String, workFactorMax: Int = ScryptStanza.workFactorMax)
}
