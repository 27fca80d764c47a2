import Foundation

/// Finds any 16-byte window of a mesh in files: as it is, in base64 (both alphabets, every
/// alignment) and in hexadecimal.
///
/// Windows stand at every 16th offset of the mesh, files are searched at every offset, so a copy of
/// any 31 bytes is found. A needle is the first 16 bytes of a window's spelling.
struct Canary {
  private struct Needle: Hashable {
    let first: UInt64
    let second: UInt64
  }

  private var needles: Set<Needle> = []
  /// A bit for 20 bits of a needle's first half: most offsets of a file end here.
  private var filter = [Bool](repeating: false, count: 1 << 20)

  init(_ mesh: [UInt8]) {
    for start in stride(from: 0, through: mesh.count - 16, by: 16) {
      let window = Array(mesh[start..<(start + 16)])
      // Little in it, so it may stand elsewhere by chance.
      guard Set(window).count >= 8 else { continue }
      for spelling in Self.spellings(window) { add(spelling) }
    }
  }

  /// A window as the encodings would write its inside.
  static func spellings(_ window: [UInt8]) -> [[UInt8]] {
    let base64 = [0, 1, 2].map { skipped in
      Data(window[skipped..<(skipped + 12)]).base64EncodedString()
    }
    let urlSafe = base64.map {
      $0.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
    }
    let digits = window.prefix(8).map { String($0 + 0, radix: 16) }
      .map { $0.count == 1 ? "0" + $0 : $0 }.joined()
    return [window] + (base64 + urlSafe + [digits, digits.uppercased()]).map { Array($0.utf8) }
  }

  private mutating func add(_ bytes: [UInt8]) {
    let needle = bytes.withUnsafeBytes {
      Needle(
        first: $0.loadUnaligned(as: UInt64.self),
        second: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
    needles.insert(needle)
    filter[Self.slot(needle.first)] = true
  }

  private static func slot(_ word: UInt64) -> Int {
    Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> 44)
  }

  /// Whether a window stands in these bytes.
  func isIn(_ bytes: [UInt8]) -> Bool {
    filter.withUnsafeBufferPointer { filter in
      bytes.withUnsafeBytes { bytes in
        var offset = 0
        while offset + 16 <= bytes.count {
          let first = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
          if filter[Int(truncatingIfNeeded: (first &* 0x9E37_79B9_7F4A_7C15) >> 44)] {
            let second = bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
            if needles.contains(Needle(first: first, second: second)) { return true }
          }
          offset += 1
        }
        return false
      }
    }
  }

  /// The files below a folder that hold a window, by their paths from there, sorted.
  func files(below folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
      // A file may go while this looks; it is looked for by its content, not by its name.
      guard let content = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
        return false
      }
      return isIn([UInt8](content))
    }.sorted()
  }
}
