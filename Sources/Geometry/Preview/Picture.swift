/// A picture of 8-bit sRGB pixels, rows from the top.
public struct Picture: Hashable, Sendable {
  /// Pixels across.
  public let width: Int
  /// Pixels down.
  public let height: Int
  /// Whether a pixel has a fourth byte, its opacity (not premultiplied).
  public let hasAlpha: Bool
  /// `bytesPerPixel` bytes a pixel, without padding between rows.
  public internal(set) var pixels: [UInt8]

  /// 3, or 4 with alpha.
  public var bytesPerPixel: Int { hasAlpha ? 4 : 3 }

  /// A picture; `pixels` must hold exactly `width` × `height` pixels.
  public init(width: Int, height: Int, hasAlpha: Bool, pixels: [UInt8]) {
    precondition(width > 0 && height > 0)
    precondition(pixels.count == width * height * (hasAlpha ? 4 : 3))
    self.width = width
    self.height = height
    self.hasAlpha = hasAlpha
    self.pixels = pixels
  }

  /// The red, green, blue and opacity (255 without alpha) of a pixel.
  public subscript(x: Int, y: Int) -> SIMD4<UInt8> {
    let first = (y * width + x) * bytesPerPixel
    return SIMD4(
      pixels[first], pixels[first + 1], pixels[first + 2], hasAlpha ? pixels[first + 3] : 255
    )
  }
}
