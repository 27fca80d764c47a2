internal import Geometry

extension PNG {
  /// Every row behind the number of its filter (section 9): none, left, up, average or Paeth, whichever
  /// leaves the smallest sum of absolute differences (section 12.7).
  static func filtered(_ picture: Picture) -> [UInt8] {
    let pixel = picture.bytesPerPixel
    let length = picture.width * pixel
    var output: [UInt8] = []
    output.reserveCapacity((length + 1) * picture.height)
    var above = [UInt8](repeating: 0, count: length)
    var candidates = [[UInt8]](repeating: above, count: 5)
    for row in 0..<picture.height {
      let line = Array(picture.pixels[row * length..<(row + 1) * length])
      var sums = [Int](repeating: 0, count: 5)
      for index in 0..<length {
        let value = line[index]
        let left = index >= pixel ? line[index - pixel] : 0
        let up = above[index]
        let corner = index >= pixel ? above[index - pixel] : 0
        let average = UInt8((Int(left) + Int(up)) / 2)
        let differences = (
          value, value &- left, value &- up, value &- average, value &- paeth(left, up, corner)
        )
        candidates[0][index] = differences.0
        candidates[1][index] = differences.1
        candidates[2][index] = differences.2
        candidates[3][index] = differences.3
        candidates[4][index] = differences.4
        sums[0] += magnitude(differences.0)
        sums[1] += magnitude(differences.1)
        sums[2] += magnitude(differences.2)
        sums[3] += magnitude(differences.3)
        sums[4] += magnitude(differences.4)
      }
      var best = 0
      for filter in 1..<5 where sums[filter] < sums[best] { best = filter }
      output.append(UInt8(best))
      output += candidates[best]
      above = line
    }
    return output
  }

  @inline(__always)
  private static func magnitude(_ difference: UInt8) -> Int {
    Int(Int8(bitPattern: difference).magnitude)
  }

  /// The neighbour nearest to left + up − corner (section 9.4).
  @inline(__always)
  private static func paeth(_ left: UInt8, _ up: UInt8, _ corner: UInt8) -> UInt8 {
    let estimate = Int(left) + Int(up) - Int(corner)
    let toLeft = abs(estimate - Int(left))
    let toUp = abs(estimate - Int(up))
    let toCorner = abs(estimate - Int(corner))
    if toLeft <= toUp, toLeft <= toCorner { return left }
    return toUp <= toCorner ? up : corner
  }
}
