import Sealing

/// Verifies a package as its bytes arrive, without opening anything: signature, bureau, expiry,
/// layout and every digest. Holds the manifest, the ticket and one header.
///
/// Refusals are `Problem`s: `package.untrusted`, `package.signature`, `package.manifest`,
/// `package.other_bureau`, `package.other_job`, `package.expired`, `package.not_yet_valid`,
/// `package.layout`, `package.digest`.
public struct PackageVerifier: Sendable {
  private var reader: PackageReader

  /// A verifier at the first byte of a package.
  public init(trust: PackageTrust, expecting expectation: PackageExpectation) {
    reader = PackageReader(trust: trust, expecting: expectation)
  }

  /// Takes the next bytes. After an error every call throws.
  public mutating func update(_ bytes: some Collection<UInt8>) throws {
    try reader.update(ArraySlice(bytes)) { _ in }
  }

  /// What was signed, once the package is complete.
  public func finish() throws -> VerifiedStatement<Manifest> { try reader.finish() }

  /// Verifies a package that is in memory as a whole.
  public static func verify(
    _ bytes: some Collection<UInt8>, trust: PackageTrust, expecting expectation: PackageExpectation
  ) throws -> VerifiedStatement<Manifest> {
    var verifier = PackageVerifier(trust: trust, expecting: expectation)
    try verifier.update(bytes)
    return try verifier.finish()
  }
}
