/// Says why a text is not the RSA key that was wanted, and how it becomes one. Nothing of the text is said.
enum KeyText {
  private static let underPassphrase =
    "The key is under a passphrase: make a copy without one first (openssl pkey -in KEY -out COPY)."

  /// Marks in texts that people take for keys: PKCS#8 (RFC 7468, 11), PEM of old (RFC 1421, 4.6.1.1), …
  private static let others: [(mark: String, fault: String)] = [
    ("-----BEGIN ENCRYPTED PRIVATE KEY-----", underPassphrase),
    ("Proc-Type: 4,ENCRYPTED", underPassphrase),
    (
      "-----BEGIN OPENSSH PRIVATE KEY-----",
      "This is a key of OpenSSH's own: ssh-keygen -p -m PEM -f COPY makes an RSA key of it PEM."
    ),
    (
      "ssh-rsa ", "This is a key of OpenSSH's own: ssh-keygen -e -m PKCS8 -f KEY makes PEM of it."
    ),
    (
      "-----BEGIN CERTIFICATE-----",
      "This is a certificate: openssl x509 -pubkey -noout -in CERTIFICATE takes the key out of it."
    ),
  ]

  /// Why `pem` was not taken as a private key.
  static func faultOfPrivateKey(_ pem: String) -> String {
    fault(
      of: pem, unless: "PRIVATE KEY-----",
      has: ("PUBLIC KEY-----", "This is a public key: it takes the private one to open a file."),
      "The key is not an RSA private key of 2048 to 8192 bits as PEM text.")
  }

  /// Why `pem` was not taken as a public key.
  static func faultOfPublicKey(_ pem: String) -> String {
    fault(
      of: pem, unless: "PUBLIC KEY-----",
      has: (
        "PRIVATE KEY-----",
        "This is a private key: who encrypts has the public one only (openssl pkey -in KEY -pubout)."
      ),
      "The key is not an RSA public key of 2048 to 8192 bits as PEM text.")
  }

  private static func fault(
    of pem: String, unless wanted: String, has opposite: (mark: String, fault: String),
    _ other: String
  ) -> String {
    if let found = others.first(where: { pem.contains($0.mark) }) { return found.fault }
    return !pem.contains(wanted) && pem.contains(opposite.mark) ? opposite.fault : other
  }
}
