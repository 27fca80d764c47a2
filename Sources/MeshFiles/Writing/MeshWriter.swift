internal import Geometry

/// Writes a mesh document as STL, OBJ or PLY, in millimetres: none of these formats states a unit.
///
/// Decimals are the shortest that read back as the same number. Names keep printable ASCII only.
///
/// - STL has single precision: coordinates are rounded to it. The binary form is one mesh; the text form
///   has a solid for each body.
/// - OBJ has an object for each body, and all digits of a Double.
/// - PLY is one mesh, its vertices of single precision where that holds every one of them exactly and
///   else of double precision; the binary form is little-endian.
public struct MeshWriter: Sendable {
  /// Bytes that are gathered before they are handed on.
  private static let chunkBytes = 1 << 16

  private let format: MeshFormat
  private var bytes: [UInt8] = []

  /// A writer of a format; nil for 3MF, which is a package and has a writer of its own, and
  /// for STEP.
  public init?(format: MeshFormat) {
    guard format != .threeMF, format != .step else { return nil }
    self.format = format
  }

  /// Hands the file to `output` in chunks of about 64 KiB, which is all that it holds of it. What
  /// `output` throws ends the writing.
  public consuming func write<Failure: Error>(
    _ document: MeshDocument,
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    bytes.reserveCapacity(Self.chunkBytes + 1024)
    let meshes = document.bodies.map(\.mesh)
    switch format {
    case .stlBinary: try writeBinarySTL(meshes, to: output)
    case .stlASCII: try writeTextSTL(document.bodies, to: output)
    case .obj: try writeOBJ(document.bodies, to: output)
    case .plyASCII: try writePLY(meshes, isText: true, to: output)
    case .plyBinary: try writePLY(meshes, isText: false, to: output)
    case .threeMF, .step: break
    }
    if !bytes.isEmpty { try output(bytes) }
  }

  /// Hands on what was gathered once it is a chunk.
  private mutating func flush<Failure: Error>(
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    guard bytes.count >= Self.chunkBytes else { return }
    try output(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  /// A name that no reader stumbles over: printable ASCII without spaces at its ends, not too long.
  private static func cleaned(_ name: String?, number: Int) -> String {
    let letters = (name ?? "").unicodeScalars.map { (" "..."~").contains($0) ? Character($0) : "_" }
    let words = String(letters.prefix(200)).split(separator: " ").joined(separator: " ")
    return words.isEmpty || words.hasSuffix("\\") ? "body \(number)" : words
  }

  private mutating func writeBinarySTL<Failure: Error>(
    _ meshes: [Mesh],
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let count = meshes.reduce(0) { $0 + $1.triangles }
    STLWriter.appendHeader("binary STL, millimetres", count: count, to: &bytes)
    for mesh in meshes {
      for facet in 0..<mesh.triangles {
        STLWriter.append(mesh.singlePrecision(facet), to: &bytes)
        try flush(to: output)
      }
    }
  }

  private mutating func writeTextSTL<Failure: Error>(
    _ bodies: [MeshDocument.Body],
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    for (index, body) in bodies.enumerated() {
      let name = Self.cleaned(body.name, number: index + 1)
      bytes += "solid \(name)\n".utf8
      for number in 0..<body.mesh.triangles {
        let facet = body.mesh.singlePrecision(number)
        let normal = Vertex(STLWriter.unitNormal(of: facet))
        bytes.append(line: "facet normal", normal.x, normal.y, normal.z)
        bytes += "outer loop\n".utf8
        for vertex in [facet.a, facet.b, facet.c] {
          bytes.append(line: "vertex", vertex.x, vertex.y, vertex.z)
        }
        bytes += "endloop\nendfacet\n".utf8
        try flush(to: output)
      }
      bytes += "endsolid \(name)\n".utf8
    }
  }

  private mutating func writeOBJ<Failure: Error>(
    _ bodies: [MeshDocument.Body],
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    bytes += "# millimetres\n".utf8
    var first = 1
    for (index, body) in bodies.enumerated() {
      bytes += "o \(Self.cleaned(body.name, number: index + 1))\n".utf8
      for vertex in body.mesh.vertices {
        bytes.append(line: "v", vertex.x, vertex.y, vertex.z)
        try flush(to: output)
      }
      for facet in 0..<body.mesh.triangles {
        bytes.append(line: "f", facet: facet, of: body.mesh, from: first)
        try flush(to: output)
      }
      first += body.mesh.vertices.count
    }
  }

  private mutating func writePLY<Failure: Error>(
    _ meshes: [Mesh],
    isText: Bool,
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let isSingle = meshes.allSatisfy {
      $0.vertices.allSatisfy { SIMD3<Double>(SIMD3<Float>($0)) == $0 }
    }
    let type = isSingle ? "float" : "double"
    bytes +=
      """
      ply
      format \(isText ? "ascii" : "binary_little_endian") 1.0
      comment millimetres
      element vertex \(meshes.reduce(0) { $0 + $1.vertices.count })
      property \(type) x
      property \(type) y
      property \(type) z
      element face \(meshes.reduce(0) { $0 + $1.triangles })
      property list uchar int vertex_indices
      end_header

      """.utf8
    for mesh in meshes {
      for vertex in mesh.vertices {
        if isText {
          bytes.append(line: "", vertex.x, vertex.y, vertex.z)
        } else {
          for axis in 0..<3 {
            if isSingle {
              bytes.append(littleEndian: Float(vertex[axis]).bitPattern)
            } else {
              bytes.append(littleEndian: vertex[axis].bitPattern)
            }
          }
        }
        try flush(to: output)
      }
    }
    var first = 0
    for mesh in meshes {
      for facet in 0..<mesh.triangles {
        if isText {
          bytes.append(line: "3", facet: facet, of: mesh, from: first)
        } else {
          bytes.append(3)
          for side in 0..<3 {
            bytes.append(littleEndian: UInt32(first) + mesh.corners[3 * facet + side])
          }
        }
        try flush(to: output)
      }
      first += mesh.vertices.count
    }
  }
}

extension Mesh {
  /// A facet as STL has it. What lies beyond single precision's range comes to lie at its end.
  fileprivate func singlePrecision(_ facet: Int) -> Facet {
    let (a, b, c) = positions(of: facet)
    let end = SIMD3(repeating: Double(Float.greatestFiniteMagnitude))
    func vertex(_ position: SIMD3<Double>) -> Vertex {
      Vertex(position.clamped(lowerBound: -end, upperBound: end))
    }
    return Facet(vertex(a), vertex(b), vertex(c))
  }
}

extension [UInt8] {
  /// A word and three numbers.
  fileprivate mutating func append<Value: BinaryFloatingPoint & CustomStringConvertible>(
    line word: String,
    _ x: Value,
    _ y: Value,
    _ z: Value
  ) {
    self += word.utf8
    for value in [x, y, z] {
      if last != 0x0a { append(0x20) }
      // Swift describes a number by the shortest decimal that reads back as it.
      let digits = value.description.utf8
      self += digits.suffix(2).elementsEqual(".0".utf8) ? digits.dropLast(2) : digits[...]
    }
    append(0x0a)
  }

  fileprivate mutating func append(line word: String, facet: Int, of mesh: Mesh, from first: Int) {
    self += word.utf8
    for side in 0..<3 {
      append(0x20)
      self += "\(first + Int(mesh.corners[3 * facet + side]))".utf8
    }
    append(0x0a)
  }

  fileprivate mutating func append<Word: FixedWidthInteger>(littleEndian word: Word) {
    for shift in stride(from: 0, to: Word.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: word >> Word(shift)))
    }
  }
}
