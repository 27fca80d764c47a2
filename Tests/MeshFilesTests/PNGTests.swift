import Foundation
import Geometry
import MeshFiles
import TestSupport
import Testing

@Suite("PNG")
struct PNGTests {
  /// Flat, smooth and noisy rows, so that every filter is the best of one.
  private static func picture(hasAlpha: Bool, width: Int = 61, height: Int = 48) -> Picture {
    var generator = SeededGenerator(seed: 7)
    let bytes = hasAlpha ? 4 : 3
    let pixels = (0..<width * height * bytes).map { index -> UInt8 in
      let x = index / bytes % width
      let y = index / bytes / width
      switch y / 8 {
      case 0: return 255
      case 1: return UInt8(truncatingIfNeeded: x * 3 + index % bytes)
      case 2: return UInt8(truncatingIfNeeded: x * x + y)
      case 3: return UInt8(truncatingIfNeeded: (x + y) * 2)
      case 4: return UInt8(truncatingIfNeeded: x * 5 + y * 7)
      default: return UInt8.random(in: 0...255, using: &generator)
      }
    }
    return Picture(width: width, height: height, hasAlpha: hasAlpha, pixels: pixels)
  }

  private struct Chunk {
    let type: String
    let data: [UInt8]
  }

  private func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// CRC-32 by its polynomial, bit by bit (PNG, section 5.5).
  private func crc(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(0xFFFF_FFFF) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in
        value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
      }
    }
  }

  private func chunks(_ file: [UInt8]) throws -> [Chunk] {
    try #require(Array(file.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    var rest = file[8...]
    var chunks: [Chunk] = []
    while !rest.isEmpty {
      let length = Int(number(rest.prefix(4)))
      try #require(rest.count >= length + 12)
      let body = rest.dropFirst(4).prefix(length + 4)
      #expect(crc(body) == number(rest.dropFirst(length + 8).prefix(4)))
      chunks.append(
        Chunk(type: String(decoding: body.prefix(4), as: UTF8.self), data: Array(body.dropFirst(4)))
      )
      rest = rest.dropFirst(length + 12)
    }
    return chunks
  }

  /// Undoes the filters (PNG, section 9.2); also says which there were.
  private func unfiltered(
    _ bytes: [UInt8],
    width: Int,
    pixel: Int
  ) throws -> (pixels: [UInt8], filters: Set<UInt8>) {
    let length = width * pixel
    var pixels: [UInt8] = []
    var filters: Set<UInt8> = []
    var above = [UInt8](repeating: 0, count: length)
    for start in stride(from: 0, to: bytes.count, by: length + 1) {
      var line = Array(bytes[start + 1..<start + 1 + length])
      filters.insert(bytes[start])
      for index in 0..<length {
        let left = index >= pixel ? Int(line[index - pixel]) : 0
        let up = Int(above[index])
        let corner = index >= pixel ? Int(above[index - pixel]) : 0
        let estimate = left + up - corner
        let (pa, pb, pc) = (abs(estimate - left), abs(estimate - up), abs(estimate - corner))
        let paeth = pa <= pb && pa <= pc ? left : pb <= pc ? up : corner
        let add = try #require(
          [0, left, up, (left + up) / 2, paeth].dropFirst(Int(bytes[start])).first)
        line[index] &+= UInt8(add)
      }
      pixels += line
      above = line
    }
    return (pixels, filters)
  }

  @Test(
    "the file holds the pixels, whole chunks and nothing that changes", arguments: [false, true])
  func content(hasAlpha: Bool) throws {
    let picture = Self.picture(hasAlpha: hasAlpha)
    let file = PNG.encode(picture)
    let chunks = try chunks(file)
    #expect(chunks.map(\.type) == ["IHDR", "sRGB", "IDAT", "IEND"])
    #expect(chunks[0].data == [0, 0, 0, 61, 0, 0, 0, 48, 8, hasAlpha ? 6 : 2, 0, 0, 0])
    let rows = try Inflate.zlib(chunks[2].data)
    let (pixels, filters) = try unfiltered(rows, width: 61, pixel: picture.bytesPerPixel)
    #expect(pixels == picture.pixels)
    #expect(filters.count >= 4, "\(filters)")
    #expect(PNG.encode(picture) == file)
  }

  @Test("a picture of one pixel is a file too")
  func onePixel() throws {
    let file = PNG.encode(Picture(width: 1, height: 1, hasAlpha: false, pixels: [1, 2, 3]))
    let rows = try Inflate.zlib(try chunks(file)[2].data)
    #expect(try unfiltered(rows, width: 1, pixel: 3).pixels == [1, 2, 3])
  }

  static let hasPillow = Python.has("PIL")

  @Test("Pillow reads the same pixels", .enabled(if: hasPillow), arguments: [false, true])
  func pillow(hasAlpha: Bool) throws {
    let picture = Self.picture(hasAlpha: hasAlpha)
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "picture.png")
    try Data(PNG.encode(picture)).write(to: file)
    let program = """
      import sys, PIL.Image as I
      i = I.open(sys.argv[1]); i.load()
      sys.stdout.buffer.write(i.tobytes())
      """
    let read = try #require(Python.run("-c", program, file.path))
    #expect([UInt8](read) == picture.pixels)
  }
}
