import Domain

/// Land and borders (`Fixtures/coast/README.md`).
struct CoastLines: Sendable {
  struct Line: Sendable {
    /// A ring around land or water inside it; otherwise a border.
    var isLand: Bool
    /// Degrees east and north.
    var points: [(longitude: Double, latitude: Double)]
  }

  let lines: [Line]

  static let all = CoastLines(PackageResources.coast_bin)

  /// Reads the format that `Fixtures/coast/prepare.py` writes; what is cut short ends there.
  init(_ bytes: [UInt8]) {
    var lines: [Line] = []
    var place = 0
    func number() -> Int? {
      var (value, shift) = (0, 0)
      while place < bytes.count, shift < 56 {
        let byte = bytes[place]
        place += 1
        value |= Int(byte & 127) << shift
        if byte < 128 { return value }
        shift += 7
      }
      return nil
    }
    func signed() -> Int? { number().map { $0 & 1 == 0 ? $0 / 2 : -($0 / 2) - 1 } }
    while place < bytes.count {
      let kind = bytes[place]
      place += 1
      guard let count = number() else { break }
      var line = Line(isLand: kind == 0, points: [])
      var (x, y) = (0, 0)
      for _ in 0..<count {
        guard let east = signed(), let north = signed() else { break }
        (x, y) = (x + east, y + north)
        line.points.append((Double(x) / 100, Double(y) / 100))
      }
      lines.append(line)
    }
    self.lines = lines
  }
}
