/// A 3MF package whose parts are stored as they are: a ZIP archive that is sound around any model.
enum StoredPackage {
  static func withModel(_ model: [UInt8]) -> [UInt8] {
    zip([
      ("[Content_Types].xml", Array(contentTypes.utf8)), ("_rels/.rels", Array(relationships.utf8)),
      ("3D/3dmodel.model", model),
    ])
  }

  private static let contentTypes = """
    <?xml version="1.0" encoding="UTF-8"?>
    <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
    <Default Extension="rels" \
    ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
    <Default Extension="model" \
    ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>
    """
  private static let relationships = """
    <?xml version="1.0" encoding="UTF-8"?>
    <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\
    <Relationship Target="/3D/3dmodel.model" Id="rel0" \
    Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>
    """

  static func zip(_ parts: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var (archive, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, bytes) in parts {
      let offset = archive.count
      // Version, flags, method, time, date; CRC, both sizes; lengths of name and extra field.
      let common =
        halves([20, 0, 0, 0, 0x21]) + words([Int(crc32(bytes)), bytes.count, bytes.count])
        + halves([name.utf8.count, 0])
      archive += words([0x0403_4b50]) + common + name.utf8 + bytes
      directory += words([0x0201_4b50]) + halves([20]) + common + halves([0, 0, 0])
      directory += words([0, offset]) + name.utf8
    }
    let end = words([0x0605_4b50]) + halves([0, 0, parts.count, parts.count])
    return archive + directory + end + words([directory.count, archive.count]) + halves([0])
  }

  private static func halves(_ values: [Int]) -> [UInt8] {
    values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
  }

  private static func words(_ values: [Int]) -> [UInt8] {
    values.flatMap { halves([$0, $0 >> 16]) }
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = .max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xedb8_8320 }
    }
    return ~crc
  }
}
