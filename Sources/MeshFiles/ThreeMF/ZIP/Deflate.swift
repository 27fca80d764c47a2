internal import CDeflate
internal import Geometry

/// DEFLATE (RFC 1951), of content that is in memory whole.
///
/// libdeflate and not zlib: inflating a 3MF part of 83 MB and its checksum took 99 ms against 154 ms, of
/// about 200 for everything, and it never writes beyond the size that it was given.
enum Deflate {
  /// Inflates exactly `size` bytes, for which it allocates; the caller has held the size against its
  /// limits. The stream must end with the input.
  static func inflated(_ stored: ArraySlice<UInt8>, size: Int) throws(MeshRefusal) -> [UInt8] {
    var outcome: Int32 = 0
    let content = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      buffer.adviseLargePages()
      stored.withUnsafeBufferPointer { input in
        outcome = everpart_inflate_whole(input.baseAddress, input.count, buffer.baseAddress, size)
      }
      count = outcome == 0 ? size : 0
    }
    switch outcome {
    case 0: return content
    case 1: throw MeshRefusal(.zipSize, "An entry does not have the size that is declared for it.")
    default: throw MeshRefusal(.zipDamaged, "An entry's DEFLATE stream is damaged.")
    }
  }

  /// Inflates a stream whose size is not declared, of at most `sizeMax` bytes.
  static func inflated(
    _ stored: ArraySlice<UInt8>, sizeMax: Int
  ) throws(MeshRefusal) -> [UInt8] {
    var content: [UInt8] = []
    var outcome: Int32 = 0
    var size = min(sizeMax, max(4096, stored.count * 4))
    // Each try inflates from the start: the last is half of all that is inflated.
    while true {
      content = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        buffer.adviseLargePages()
        stored.withUnsafeBufferPointer { input in
          outcome = everpart_inflate_at_most(
            input.baseAddress, input.count, buffer.baseAddress, size, &count)
        }
      }
      guard outcome == 1, size < sizeMax else { break }
      size = size > sizeMax / 2 ? sizeMax : size * 2
    }
    switch outcome {
    case 0: return content
    case 1:
      throw MeshRefusal(.zipBomb, "A part has more than \(sizeMax) bytes when it is inflated.")
    default: throw MeshRefusal(.zipDamaged, "A part's DEFLATE stream is damaged.")
    }
  }

  /// Deflates; the same bytes for the same content.
  static func deflated(_ content: [UInt8]) -> [UInt8] {
    compressed(content, everpart_deflate_whole)
  }

  /// Deflates into zlib's format (RFC 1950), as PNG holds it.
  static func zlib(_ content: [UInt8]) -> [UInt8] { compressed(content, everpart_zlib_whole) }

  private static func compressed(
    _ content: [UInt8],
    _ compress: (UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>?, Int, Int32) -> Int
  ) -> [UInt8] {
    let bound = everpart_deflate_bound(content.count)
    return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      content.withUnsafeBufferPointer { input in
        count = compress(input.baseAddress, input.count, buffer.baseAddress, bound, 6)
      }
    }
  }
}

/// Checksums of content that is in memory whole.
enum Checksum {
  /// CRC-32 as ZIP (APPNOTE 6.3, 4.4.7) and PNG use it.
  static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBufferPointer { everpart_crc32($0.baseAddress, $0.count) }
  }
}
