import Foundation
import Geometry
import TestSupport
import Testing

@testable import MeshFiles

@Suite("STL reader")
struct STLReaderTests {
  static func ascii(_ count: Int, line: String = "") -> [UInt8] {
    var text = "solid x\n"
    for _ in 0..<count {
      text += "facet normal 0 0 1 outer loop vertex 0 0 0 vertex 1 0 0 vertex 0 1 0 endloop"
      text += " endfacet \(line)\n"
    }
    return Array((text + "endsolid x\n").utf8)
  }

  static func binary(_ count: Int) -> [UInt8] {
    let facet = Facet(Vertex(0, 0, 0), Vertex(1, 0, 0), Vertex(0, 1, 0))
    return STLWriter.binary(Array(repeating: facet, count: count))
  }

  @Test("the triangle limit holds in both forms")
  func triangles() throws {
    let limits = MeshLimits(trianglesMax: 5)
    for file in [Self.ascii(5), Self.binary(5)] {
      #expect(try inspect(file, limits: limits).summary.triangles == 5)
    }
    for file in [Self.ascii(6), Self.binary(6)] {
      let refusal = #expect(throws: MeshRefusal.self) { try inspect(file, limits: limits) }
      #expect(refusal?.code == .tooLarge)
    }
  }

  @Test("a declared count is not allocated for, and refused before any facet")
  func hugeCount() {
    var header = [UInt8](repeating: 0, count: 84)
    header[83] = 0x08
    var sink = Collected()
    var reader = STLReader()
    let refusal = #expect(throws: MeshRefusal.self) { try reader.update(header.span, into: &sink) }
    #expect(refusal?.code == .tooLarge)
  }

  @Test("the byte limit holds however the file is cut", arguments: Cut.allCases)
  func bytes(cut: Cut) throws {
    let file = Self.binary(10)
    let exact = MeshLimits(bytesMax: file.count)
    #expect(try inspect(file, cut: cut, limits: exact).summary.triangles == 10)
    let less = MeshLimits(bytesMax: file.count - 1)
    let refusal = #expect(throws: MeshRefusal.self) { try inspect(file, cut: cut, limits: less) }
    #expect(refusal?.code == .tooLarge)
    // What is wrong within the limit comes first.
    var broken = file
    broken.replaceSubrange(100..<104, with: [0, 0, 0xc0, 0x7f])
    let first = #expect(throws: MeshRefusal.self) { try inspect(broken, cut: cut, limits: less) }
    #expect(first?.code == .notFinite)
  }

  @Test("a declared length over the limit is refused with the first byte")
  func declaredLength() {
    var sink = Collected()
    var reader = STLReader(limits: MeshLimits(bytesMax: 1000), declaredBytes: 1001)
    let refusal = #expect(throws: MeshRefusal.self) {
      try reader.update([UInt8(ascii: "s")].span, into: &sink)
    }
    #expect(refusal?.code == .tooLarge)
  }

  @Test("line and name limits count bytes without the line's end")
  func lines() throws {
    let limits = MeshLimits(lineBytesMax: 120, nameBytesMax: 10)
    let used = Self.ascii(1).split(separator: 10)[1].count
    let fits = String(repeating: " ", count: 120 - used)
    #expect(try inspect(Self.ascii(1, line: fits), limits: limits).summary.triangles == 1)
    let refusal = #expect(throws: MeshRefusal.self) {
      try inspect(Self.ascii(1, line: fits + " "), limits: limits)
    }
    #expect(refusal?.code == .lineTooLong)
    #expect(refusal?.message.contains("Line 2 ") == true)
  }

  @Test("a bad word is refused before the long line it stands in", arguments: Cut.allCases)
  func badWordFirst(cut: Cut) {
    let limits = MeshLimits(lineBytesMax: 10)
    // Past the 84 bytes that are held back to tell the format.
    let start = "solid x" + String(repeating: "\n", count: 100)
    let file = Array((start + "bogusbogus \n").utf8)
    let refusal = #expect(throws: MeshRefusal.self) { try inspect(file, cut: cut, limits: limits) }
    #expect(refusal?.code == .asciiSyntax)
    let longer = Array((start + "bogusbogusb\n").utf8)
    let other = #expect(throws: MeshRefusal.self) { try inspect(longer, cut: cut, limits: limits) }
    #expect(other?.code == .lineTooLong)
  }

  @Test("a refused reader stays refused")
  func sticky() throws {
    var measure = StreamingMeasure(key: testKey)
    let good = try Repository.bytes("Fixtures/meshes/cube_ascii.stl")
    let bad = Array("solid x\nnonsense\n".utf8) + [UInt8](repeating: 0x20, count: 84)
    let first = #expect(throws: MeshRefusal.self) { try measure.update(bad) }
    let second = #expect(throws: MeshRefusal.self) { try measure.update(good) }
    let third = #expect(throws: MeshRefusal.self) { try measure.finish() }
    #expect(first == second)
    #expect(second == third)
    #expect(first?.message == "Line 2: expected facet or endsolid.")
  }

  @Test("collections that are not contiguous are read the same")
  func scattered() throws {
    let bytes = Self.binary(3)
    var measure = StreamingMeasure(key: testKey)
    try measure.update(bytes.lazy.map { $0 })
    #expect(try measure.finish() == (try summarise(bytes)))
    var data = StreamingMeasure(key: testKey)
    try data.update(Data(bytes))
    #expect(try data.finish() == (try summarise(bytes)))
  }

  @Test("what is written is read back bit for bit")
  func roundTrip() throws {
    var generator = SeededGenerator(seed: 11)
    func vertex() -> Vertex {
      Vertex(
        Float.random(in: -1e3...1e3, using: &generator),
        Float.random(in: -1e-3...1e-3, using: &generator),
        Float.random(in: -1e30...1e30, using: &generator)
      )
    }
    let mesh = (0..<100).map { _ in Facet(vertex(), vertex(), vertex()) }
    let file = STLWriter.binary(mesh, header: String(repeating: "h", count: 99))
    #expect(file.count == 84 + 100 * 50)
    #expect(file[..<80].allSatisfy { $0 == UInt8(ascii: "h") })
    #expect(try facets(file) == mesh)
  }

  @Test("decimal numbers are read as the nearest Float, the same bits as the C library's")
  func decimals() throws {
    var generator = SeededGenerator(seed: 3)
    var words = [
      "0", "-0", "1", "-1.5", "1.", ".5", "+2e3", "1E-5", "3.4028235e38", "1e-45", "1.17549435e-38",
      "16777217", "16777219", "8388608.5", "8388609.5", "0.1", "123456789012345678901234567890",
      "0.000000000000000000000000000000000000000000000000001", "9007199254740993", "1e-400",
      "33554434.000000000000000000000001", "33554430", "0e999999999999",
      // Halfway between two Floats once they are Doubles, but not before.
      "8.000000476837159", "8.000001430511474",
    ]
    for _ in 0..<2000 {
      let value = Float(bitPattern: UInt32.random(in: 0..<0x7f80_0000, using: &generator))
      words.append("\(value)")
      words.append(String(format: "%.5f", Double(value.significand) * 1000))
      words.append(String(format: "%.12e", Double(value).nextUp))
    }
    let count = words.count / 3
    var text = "solid\n"
    for index in 0..<count {
      let v = words[(index * 3)..<(index * 3 + 3)].joined(separator: " ")
      text += "facet normal 0 0 0 outer loop vertex \(v) vertex 0 0 0 vertex 0 0 0 endloop"
      text += " endfacet\n"
    }
    let read = try facets(Array((text + "endsolid").utf8))
    #expect(read.count == count)
    for (index, facet) in read.enumerated() {
      for (offset, value) in [facet.a.x, facet.a.y, facet.a.z].enumerated() {
        let word = words[index * 3 + offset]
        #expect(value.bitPattern == strtof(word, nil).bitPattern, "\(word)")
      }
    }
  }
}
