internal import Sealing

/// Writes a key store part (3MF Secure Content 1.0.3, chapter 2) for one content key and one part.
enum KeyStoreWriter {
  /// The key store. Keys are wrapped with RSA-OAEP and SHA-256, as is recommended (2.2.2.1).
  static func document(
    uuid: String, keyUUID: String, part: String, parameters: CipherParameters,
    recipients: [(recipient: SecureRecipient, wrapped: [UInt8])]
  ) -> [UInt8] {
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += "<keystore xmlns=\"http://schemas.microsoft.com/3dmanufacturing/securecontent/2019/04\""
    text += " xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" UUID=\"\(uuid)\">\n"
    for (recipient, _) in recipients {
      text += " <consumer consumerid=\"\(XMLEscape.escaped(recipient.consumerID))\""
      if let keyID = recipient.keyID { text += " keyid=\"\(XMLEscape.escaped(keyID))\"" }
      text += "/>\n"
    }
    text += " <resourcedatagroup keyuuid=\"\(keyUUID)\">\n"
    for (number, entry) in recipients.enumerated() {
      text += "  <accessright consumerindex=\"\(number)\">\n"
      text += "   <kekparams wrappingalgorithm=\"\(KeyWrapping.rsaOAEP)\""
      text += " mgfalgorithm=\"\(KeyWrapping.maskSHA256)\""
      text += " digestmethod=\"\(KeyWrapping.digestSHA256)\"/>\n"
      text += "   <cipherdata><xenc:CipherValue>"
      text += Base64.string(entry.wrapped, padded: true)
      text += "</xenc:CipherValue></cipherdata>\n  </accessright>\n"
    }
    let compression: SecureCompression = parameters.isDeflated ? .deflate : .none
    text += "  <resourcedata path=\"\(XMLEscape.escaped(part))\">\n"
    text += "   <cekparams encryptionalgorithm=\"\(CipherParameters.algorithm)\""
    text += " compression=\"\(compression.rawValue)\">\n"
    text += "    <iv>\(Base64.string(parameters.nonce, padded: true))</iv>\n"
    text += "    <tag>\(Base64.string(parameters.tag, padded: true))</tag>\n"
    text += "   </cekparams>\n  </resourcedata>\n </resourcedatagroup>\n</keystore>\n"
    return Array(text.utf8)
  }
}
