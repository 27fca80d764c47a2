public import Geometry

/// Writes pictures as PNG (W3C "Portable Network Graphics (PNG) Specification (Third Edition)").
public enum PNG {
  /// The picture as a PNG file: 8-bit RGB or RGBA in sRGB, without a time or a text, so that equal
  /// pictures are equal bytes.
  public static func encode(_ picture: Picture) -> [UInt8] {
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    var header: [UInt8] = []
    header += bigEndian(picture.width)
    header += bigEndian(picture.height)
    // Bits a sample, colour type, DEFLATE, adaptive filters, no interlace (section 11.2.1).
    header += [8, picture.hasAlpha ? 6 : 2, 0, 0, 0]
    append("IHDR", header, to: &file)
    // Perceptual intent (section 11.3.2.5).
    append("sRGB", [0], to: &file)
    append("IDAT", Deflate.zlib(filtered(picture)), to: &file)
    append("IEND", [], to: &file)
    return file
  }

  private static func bigEndian(_ number: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
  }

  private static func append(_ type: StaticString, _ data: [UInt8], to file: inout [UInt8]) {
    file += bigEndian(data.count)
    let start = file.count
    type.withUTF8Buffer { file += $0 }
    file += data
    file += bigEndian(Int(Checksum.crc32(file[start...])))
  }
}
