/// The box of ``SampleMesh/box(_:_:_:)`` in the other formats.
extension SampleMesh {
  private static let faces = [
    [0, 2, 3], [0, 3, 1], [4, 5, 7], [4, 7, 6], [0, 1, 5], [0, 5, 4],
    [2, 6, 7], [2, 7, 3], [0, 4, 6], [0, 6, 2], [1, 3, 7], [1, 7, 5],
  ]

  private static func corners(_ x: Int, _ y: Int, _ z: Int) -> [[Int]] {
    (0..<8).map { [$0 & 1 == 0 ? 0 : x, $0 & 2 == 0 ? 0 : y, $0 & 4 == 0 ? 0 : z] }
  }

  private static func lines(_ rows: [[Int]], after word: String, plus: Int = 0) -> String {
    rows.map { row in word + row.map { String($0 + plus) }.joined(separator: " ") + "\n" }.joined()
  }

  /// As OBJ.
  public static func boxOBJ(_ x: Int = 20, _ y: Int = 30, _ z: Int = 5) -> [UInt8] {
    Array(
      ("# a box\no box\n" + lines(corners(x, y, z), after: "v ")
        + lines(faces, after: "f ", plus: 1)).utf8)
  }

  /// As PLY in text.
  public static func boxPLY(_ x: Int = 20, _ y: Int = 30, _ z: Int = 5) -> [UInt8] {
    Array(
      ("ply\nformat ascii 1.0\nelement vertex 8\nproperty float x\nproperty float y\n"
        + "property float z\nelement face 12\nproperty list uchar int vertex_indices\nend_header\n"
        + lines(corners(x, y, z), after: "") + lines(faces, after: "3 ")).utf8)
  }

  /// As 3MF, in any of its units.
  public static func box3MF(
    _ x: Int = 20, _ y: Int = 30, _ z: Int = 5, unit: String = "millimeter"
  ) -> [UInt8] {
    let vertices = corners(x, y, z).map { #"<vertex x="\#($0[0])" y="\#($0[1])" z="\#($0[2])"/>"# }
    let triangles = faces.map { #"<triangle v1="\#($0[0])" v2="\#($0[1])" v3="\#($0[2])"/>"# }
    return threeMF(
      model: """
        <?xml version="1.0" encoding="UTF-8"?>
        <model unit="\(unit)" xml:lang="en-US" \
        xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"><resources>\
        <object id="1" type="model"><mesh><vertices>\(vertices.joined())</vertices>\
        <triangles>\(triangles.joined())</triangles></mesh></object></resources>\
        <build><item objectid="1"/></build></model>
        """)
  }

  /// A 3MF package around a model part.
  public static func threeMF(model: String) -> [UInt8] {
    storedZIP([
      (
        "[Content_Types].xml",
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
        <Default Extension="rels" \
        ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
        <Default Extension="model" \
        ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>
        """
      ),
      (
        "_rels/.rels",
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\
        <Relationship Target="/3D/3dmodel.model" Id="rel0" \
        Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>
        """
      ),
      ("3D/3dmodel.model", model),
    ])
  }

  /// A ZIP archive of files that are not compressed (APPNOTE.TXT 6.3.10, section 4.3).
  static func storedZIP(_ files: [(name: String, text: String)]) -> [UInt8] {
    var (bytes, directory): ([UInt8], [UInt8]) = ([], [])
    for file in files {
      let (name, content) = (Array(file.name.utf8), Array(file.text.utf8))
      var fields: [UInt8] = []
      // Version 2.0, no flag, stored, 1980-01-01.
      for half: UInt16 in [20, 0, 0, 0, 0x21] { appendHalf(half, to: &fields) }
      append(crc32(content), to: &fields)
      append(UInt32(content.count), to: &fields)
      append(UInt32(content.count), to: &fields)
      appendHalf(UInt16(name.count), to: &fields)
      appendHalf(UInt16(0), to: &fields)
      let offset = UInt32(bytes.count)
      append(0x0403_4B50, to: &bytes)
      bytes += fields + name + content
      append(0x0201_4B50, to: &directory)
      appendHalf(UInt16(20), to: &directory)
      directory += fields
      for half: UInt16 in [0, 0, 0] { appendHalf(half, to: &directory) }
      append(UInt32(0), to: &directory)
      append(offset, to: &directory)
      directory += name
    }
    let (start, count) = (UInt32(bytes.count), UInt16(files.count))
    bytes += directory
    append(0x0605_4B50, to: &bytes)
    for half: UInt16 in [0, 0, count, count] { appendHalf(half, to: &bytes) }
    append(UInt32(directory.count), to: &bytes)
    append(start, to: &bytes)
    appendHalf(UInt16(0), to: &bytes)
    return bytes
  }

  private static func appendHalf(_ half: UInt16, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: half.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(0xFFFF_FFFF as UInt32) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in
        crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1
      }
    }
  }
}

extension SampleMesh {
  /// A STEP file without anything in it but what it is told by.
  public static let step = Array(
    """
    ISO-10303-21;
    HEADER;
    FILE_DESCRIPTION((''),'2;1');
    FILE_NAME('','2026-12-01T00:00:00',(''),(''),'','','');
    FILE_SCHEMA(('AUTOMOTIVE_DESIGN'));
    ENDSEC;
    DATA;
    ENDSEC;
    END-ISO-10303-21;

    """.utf8)
}
