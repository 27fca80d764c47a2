import Domain
import Foundation
import Matching

/// Bureaus around cities, seeded: 2.5 machines and 1.7 certifications each, with identifiers as a broker gives
/// them, and requests for which a known share of bureaus is qualified.
struct MatchNetwork {
  private static let processes = ["PBF-LB/P", "MEX", "VPP"]
  private static let materials = (0..<12).map { "material \($0)" }
  private static let schemes = (0..<5).map { "scheme \($0)" }
  private static let day = CalendarDay(daysSinceEpoch: 20_400)

  let bureaus: [BureauCapabilities]
  private var generator = SplitMix(seed: 11)
  private let cities: [(latitude: Double, longitude: Double)]

  init(count: Int) {
    var generator = SplitMix(seed: 5)
    func skewed(_ count: Int) -> Int {
      min(
        Int.random(in: 0..<count, using: &generator), Int.random(in: 0..<count, using: &generator))
    }
    cities = (0..<300).map { _ in
      (
        Double.random(in: -50...65, using: &generator),
        Double.random(in: -180...180, using: &generator)
      )
    }
    var bureaus: [BureauCapabilities] = []
    for number in 0..<count {
      let machines = (0..<(number % 4 + 1)).map { _ in
        BureauCapabilities.Machine(
          id: MachineID(at: Self.birth(number), using: &generator).text,
          process: Self.processes[skewed(3)],
          materials: (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            Self.materials[skewed(12)]
          },
          buildVolume: Self.box(
            (0..<3).map { _ in Double(Int.random(in: 10...60, using: &generator) * 10) }))
      }
      let certificates = (0..<[0, 3, 1, 2, 3, 0, 2, 1, 2, 3][number % 10]).map { _ in
        let from = Int.random(in: 19_000..<20_500, using: &generator)
        return BureauCapabilities.Certificate(
          scheme: Self.schemes[skewed(5)], validFrom: CalendarDay(daysSinceEpoch: from),
          validUntil: CalendarDay(daysSinceEpoch: from + 1095))
      }
      bureaus.append(
        BureauCapabilities(
          id: BureauID(at: Self.birth(number), using: &generator).text,
          name: "Additive Manufacturing \(number)",
          sites: [
            .init(
              coordinates: Self.place(cities, &generator), country: Self.country,
              machines: machines)
          ], certificates: certificates, queueHours: Double(number % 200)))
    }
    self.bureaus = bureaus
  }

  /// Later for the next, so that identifiers are in the order of numbers.
  private static func birth(_ number: Int) -> Instant {
    Instant(milliseconds: 1_700_000_000_000 + Int64(number))
  }

  private static let country: Country = {
    guard let country = Country("DE") else { fatalError("no country") }
    return country
  }()

  private static func box(_ sides: [Double]) -> BoxSize {
    guard let box = BoxSize(x: sides[0], y: sides[1], z: sides[2]) else { fatalError("no box") }
    return box
  }

  private static func place(
    _ cities: [(latitude: Double, longitude: Double)], _ generator: inout SplitMix
  ) -> Coordinates {
    let city = cities[Int.random(in: 0..<cities.count, using: &generator)]
    let place = Coordinates(
      latitude: city.latitude + Double.random(in: -1...1, using: &generator),
      longitude: max(-180, min(180, city.longitude + Double.random(in: -1...1, using: &generator))))
    guard let place else { fatalError("no place") }
    return place
  }

  /// What is asked for, apart from where it goes.
  private struct Kind {
    var (process, material, scheme) = (0, 0, 0)
    /// The longest side of the part in millimetres.
    var side = 0.0
    /// How many percent of the bureaus are qualified.
    var percent = 0.0
  }

  private func request(_ kind: Kind, to destination: Coordinates) -> MatchRequest {
    MatchRequest(
      process: Self.processes[kind.process], material: Self.materials[kind.material],
      sizes: [Self.box([kind.side, kind.side * 0.8, kind.side * 0.6])],
      schemes: [Self.schemes[kind.scheme]], productionDay: Self.day, destination: destination,
      country: Self.country)
  }

  /// Requests of all kinds for which about so many percent of the bureaus are qualified, with the mean of those
  /// shares.
  mutating func requests(
    _ count: Int, percent: Double, in index: NetworkIndex
  ) -> (requests: [MatchRequest], percent: Double) {
    var kinds: [Kind] = []
    for process in Self.processes.indices {
      for material in Self.materials.indices {
        let some = Self.schemes.indices.map {
          kind(Kind(process: process, material: material, scheme: $0), percent, index)
        }
        kinds += some.filter { abs($0.percent - percent) < percent / 5 }
      }
    }
    let asked = (0..<count).compactMap { _ in kinds.randomElement(using: &generator) }
    return (
      asked.map { request($0, to: Self.place(cities, &generator)) },
      asked.reduce(0) { $0 + $1.percent } / Double(asked.count)
    )
  }

  /// The kind with the side, a multiple of 10 mm, that comes closest to a share.
  private func kind(_ kind: Kind, _ percent: Double, _ index: NetworkIndex) -> Kind {
    func sized(_ centimetres: Int) -> Kind {
      var kind = kind
      kind.side = Double(centimetres * 10)
      let excluded = index.exclusions(for: request(kind, to: bureaus[0].sites[0].coordinates))
      kind.percent = Double(bureaus.count - excluded.total) / Double(bureaus.count) * 100
      return kind
    }
    // The larger the part, the fewer; no machine has 610 mm.
    var (low, high) = (sized(1), sized(61))
    while high.side - low.side > 10 {
      let middle = sized(Int(low.side + high.side) / 20)
      if middle.percent > percent { low = middle } else { high = middle }
    }
    return low.percent - percent < percent - high.percent ? low : high
  }

  /// Writes all of it for the peers: rows of numbers.
  func write(to folder: String, _ requests: [String: [MatchRequest]]) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    func number(_ name: String, _ names: [String]) -> Int { names.firstIndex(of: name) ?? -1 }
    func write(_ name: String, _ lines: [String]) throws {
      try writeFile("\(folder)/\(name).csv") { file in
        try file.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
      }
    }
    func sides(_ box: BoxSize) -> String {
      [box.x, box.y, box.z].sorted().map { "\($0)" }.joined(separator: ",")
    }
    try write(
      "bureaus",
      bureaus.map { "\($0.sites[0].coordinates.latitude),\($0.sites[0].coordinates.longitude)" })
    try write(
      "machines",
      bureaus.enumerated().flatMap { place, bureau in
        bureau.sites[0].machines.map { machine in
          let bits = Set(machine.materials).reduce(0) { $0 + (1 << number($1, Self.materials)) }
          return
            "\(place),\(number(machine.process, Self.processes)),\(bits),\(sides(machine.buildVolume))"
        }
      })
    try write(
      "certificates",
      bureaus.enumerated().flatMap { place, bureau in
        bureau.certificates.map {
          "\(place),\(number($0.scheme, Self.schemes)),\($0.validFrom.daysSinceEpoch),\($0.validUntil.daysSinceEpoch)"
        }
      })
    for (name, some) in requests {
      try write(
        "requests-\(name)",
        some.map { request in
          "\(request.destination.latitude),\(request.destination.longitude),"
            + "\(number(request.process, Self.processes)),\(number(request.material, Self.materials)),"
            + "\(sides(request.sizes[0])),\(number(request.schemes[0], Self.schemes)),\(Self.day.daysSinceEpoch)"
        })
    }
  }
}

/// Numbers that are the same in every run (S. Vigna, splitmix64).
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
