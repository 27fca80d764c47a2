/// What lies behind the part, and how both become bytes.
struct Backdrop {
  let isTransparent: Bool
  private let top: SIMD3<Float>
  private let bottom: SIMD3<Float>
  private let height: Float

  init(_ options: PreviewOptions) {
    height = Float(options.height)
    switch options.background {
    case .white:
      isTransparent = false
      (top, bottom) = (SIMD3(repeating: 1), SIMD3(repeating: 1))
    case .transparent:
      isTransparent = true
      (top, bottom) = (.zero, .zero)
    case .gradient(let upper, let lower):
      isTransparent = false
      (top, bottom) = (LinearLight.light(upper), LinearLight.light(lower))
    }
  }

  /// Appends a pixel: the part's share of it over the backdrop, which misses `darkness` of its light.
  @inline(__always)
  func put(_ part: SIMD4<Float>, y: Int, darkness: Float, into bytes: inout [UInt8]) {
    let share = min(part.w, 1)
    let colour = Backdrop.toned(SIMD3(part.x, part.y, part.z))
    if isTransparent {
      // The shadow is black: it adds to the opacity, not to the colour.
      let opacity = share + (1 - share) * darkness
      let own = opacity > 0 ? colour / opacity : .zero
      bytes.append(LinearLight.code(own.x))
      bytes.append(LinearLight.code(own.y))
      bytes.append(LinearLight.code(own.z))
      bytes.append(UInt8((min(opacity, 1) * 255).rounded()))
      return
    }
    let mix = (Float(y) + 0.5) / height
    let behind = (top * (1 - mix) + bottom * mix) * (1 - darkness)
    let seen = colour + behind * (1 - share)
    bytes.append(LinearLight.code(seen.x))
    bytes.append(LinearLight.code(seen.y))
    bytes.append(LinearLight.code(seen.z))
  }

  /// Bright light is compressed towards white instead of being cut.
  @inline(__always)
  private static func toned(_ light: SIMD3<Float>) -> SIMD3<Float> {
    func soft(_ value: Float) -> Float {
      value <= 0.7 ? value : 0.7 + 0.3 * (1 - 0.3 / (value - 0.7 + 0.3))
    }
    return SIMD3(soft(light.x), soft(light.y), soft(light.z))
  }
}
