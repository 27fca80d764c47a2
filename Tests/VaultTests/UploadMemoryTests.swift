import BlobStore
import Database
import Domain
import Glibc
import MeshFiles
import TestSupport
import Testing
import Vault

/// A binary STL that is made as it is read: a strip of triangles, a number of bytes long.
private struct GeneratedMesh: AsyncSequence {
  let triangles: Int
  let onEveryPiece: () -> Void

  static let trianglesAPiece = 5000

  func makeAsyncIterator() -> Iterator { Iterator(mesh: self) }

  struct Iterator: AsyncIteratorProtocol {
    let mesh: GeneratedMesh
    var made = -1

    mutating func next() async throws -> [UInt8]? {
      mesh.onEveryPiece()
      if made < 0 {
        made = 0
        var header = [UInt8](repeating: 0, count: 80)
        SampleMesh.append(UInt32(mesh.triangles), to: &header)
        return header
      }
      let count = Swift.min(GeneratedMesh.trianglesAPiece, mesh.triangles - made)
      guard count > 0 else { return nil }
      var bytes = [UInt8](repeating: 0, count: count * 50)
      bytes.withUnsafeMutableBytes { raw in
        for index in 0..<count {
          let x = Float(made + index)
          let corners: [Float] = [x, 0, 0, x + 1, 0, 0, x, 1, 0]
          for (place, value) in corners.enumerated() {
            raw.storeBytes(
              of: value.bitPattern.littleEndian, toByteOffset: index * 50 + 12 + place * 4,
              as: UInt32.self)
          }
        }
      }
      made += count
      return bytes
    }
  }
}

@Suite("Memory", .serialized)
struct UploadMemoryTests {
  /// Large enough to show in the process's memory if it were kept anywhere. EVERPART_LARGE_TESTS=1
  /// makes it 256 MiB, which takes a debug build a minute and a half.
  private static let meshBytes = getenv("EVERPART_LARGE_TESTS") == nil ? 64 << 20 : 256 << 20

  @Test("a large mesh passes through in constant memory", .timeLimit(.minutes(10)))
  func streams() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    try await world.upload(SampleMesh.noise(facets: 20_000, seed: 1), to: design.id, name: "w.stl")
    let before = residentBytes()
    let peak = Peak()
    let triangles = Self.meshBytes / 50
    let file = try await world.vault.upload(
      brand: world.brand, design: design.id, fileName: "large.stl", mediaType: "model/stl",
      body: GeneratedMesh(triangles: triangles, onEveryPiece: { peak.note(residentBytes()) }))
    #expect(file.measurement.triangles == triangles)
    #expect(file.bytes == 84 + triangles * 50)
    #expect(peak.bytes - before < 48 << 20, "grew by \((peak.bytes - before) >> 20) MiB")
  }

  private final class Peak {
    var bytes = 0
    func note(_ now: Int) { bytes = max(bytes, now) }
  }
}

/// The resident set of this process, from the second field of `/proc/self/statm`.
private func residentBytes() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 128)
  guard fgets(&line, 128, file) != nil else { return 0 }
  let fields = line.prefix { $0 != 0 }.split(separator: CChar(UInt8(ascii: " ")))
  let text = String(decoding: fields[1].map(UInt8.init(bitPattern:)), as: UTF8.self)
  return (Int(text) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
}
