import Geometry
import Glibc
import MeshFiles

/// What is fed with libFuzzer's inputs. Whatever it refuses is well; it must not trap, hang or take
/// memory that the input does not account for, and what it accepts must hold together.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// Any file: the format is told by its content.
  case any
  /// An STL file, through the streaming measure as well.
  case stl
  /// An OBJ file.
  case obj
  /// A PLY file.
  case ply
  /// A 3MF package: ZIP, OPC, XML.
  case threeMF = "3mf"
  /// The XML of a 3MF model, in a package that is sound.
  case model
  /// The XML of a key store, in a package with encrypted parts that is sound, and the key to them.
  case keyStore = "keystore"
  /// An STL file that is read, and everything that is measured of a mesh.
  case geometry
  /// An STL file that is read, and every picture of its mesh.
  case drawing
  /// The JSON of printability rules.
  case rules

  /// The one that EVERPART_FUZZ names.
  public static let chosen = getenv("EVERPART_FUZZ").flatMap { Self(rawValue: String(cString: $0)) }

  /// Limits so small that what costs too much is seen as a slow input.
  private static let limits = MeshLimits(
    trianglesMax: 100_000, bytesMax: 1 << 20, weldTrianglesMax: 50_000)
  private static let key = MeshHashKey(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210)

  /// Feeds one input. Traps where something does not hold.
  public func run(_ input: [UInt8]) {
    switch self {
    case .any, .stl, .obj, .ply, .threeMF:
      let whole = Self.read(input, cut: nil)
      // What is read does not depend on how the bytes arrive.
      let cut = input.isEmpty ? 0 : Int(input[input.count / 2]) % (input.count + 1)
      precondition(Self.read(input, cut: cut) == whole)
      if self == .stl { Self.compareWithStream(input, whole) }
      // Only where one input is one run: a round trip that fails ends the process.
      if Self.chosen != nil, case .success(let reading) = whole {
        RoundTrip.check(reading.document)
      }
      Self.compareWithInspector(input, whole)
    case .model:
      _ = Self.read(StoredPackage.withModel(input), cut: nil)
    case .keyStore:
      if let keys = try? SealedPackage.keys() {
        _ = Self.read(SealedPackage.withKeyStore(input), cut: nil, keys: keys)
      }
    case .geometry:
      if case .success(let document) = Self.read(input, cut: nil) {
        EveryMeasure.take(of: document.mesh)
      }
    case .drawing:
      if case .success(let document) = Self.read(input, cut: nil) {
        EveryDrawing.make(of: document.mesh.welded())
      }
    case .rules:
      if let rules = try? PrintabilityRules(json: input) {
        precondition(PrintabilityRules.standard.replacing(with: rules).processes.count > 0)
      }
    }
  }

  /// What came of a file; facets and sizes rather than the whole mesh, which is compared by them.
  static func read(
    _ input: [UInt8], cut: Int?, keys: SecureKeys = SecureKeys()
  ) -> Result<Reading, MeshRefusal> {
    Result { () throws(MeshRefusal) in
      var reader = MeshReader(limits: limits, keys: keys)
      if let cut {
        try reader.update(input[..<cut])
        try reader.update(input[cut...])
      } else {
        try reader.update(input)
      }
      return Reading(try reader.finish())
    }
  }

  struct Reading: Equatable {
    let document: MeshDocument
    var mesh: Mesh { document.mesh }
    var triangles: Int { mesh.triangles }

    init(_ document: MeshDocument) {
      self.document = document
      precondition(!document.bodies.isEmpty)
      for body in document.bodies {
        precondition(body.mesh.triangles > 0)
        precondition(
          body.mesh.vertices.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite })
      }
    }

    static func == (left: Self, right: Self) -> Bool {
      left.document.format == right.document.format
        && left.document.bodies.map(\.mesh) == right.document.bodies.map(\.mesh)
        && left.document.bodies.map(\.name) == right.document.bodies.map(\.name)
    }
  }

  /// The measure in constant memory refuses what the reader refuses, and counts what it counts.
  private static func compareWithStream(_ input: [UInt8], _ whole: Result<Reading, MeshRefusal>) {
    var stream = StreamingMeasure(key: key, limits: limits)
    let measured = Result { () throws(MeshRefusal) in
      try stream.update(input)
      return try stream.finish()
    }
    switch (whole, measured) {
    case (.success(let reading), .success(let summary)):
      precondition(reading.mesh.triangles == summary.triangles)
    case (.failure, .failure): break
    case (.success(let reading), .failure):
      precondition(reading.document.format != .stlBinary && reading.document.format != .stlASCII)
    case (.failure, .success): preconditionFailure("measured what cannot be read")
    }
  }

  /// What is measured in one go is what was read, and it is refused for nothing but its size.
  private static func compareWithInspector(_ input: [UInt8], _ whole: Result<Reading, MeshRefusal>)
  {
    var inspector = MeshInspector(key: key, limits: limits)
    let inspected = Result { () throws(MeshRefusal) in
      try inspector.update(input)
      return try inspector.finish()
    }
    switch (whole, inspected) {
    case (.success(let reading), .success(let inspection)):
      precondition(reading.document.format == inspection.summary.format)
      precondition(reading.mesh.triangles == inspection.summary.triangles)
    case (.failure(let reading), .failure(let inspecting)): precondition(reading == inspecting)
    case (.success, .failure(let refusal)): precondition(refusal.code == .notFinite)
    case (.failure, .success): preconditionFailure("inspected what cannot be read")
    }
  }
}
