import Domain

/// A request in the numbers of a vocabulary.
struct MatchQuery {
  /// `nil` for one that nobody has.
  let process: UInt32?
  let material: UInt32?
  /// The sides in millimetres that a machine must have at least, the shortest first.
  let sides: SIMD3<Double>
  /// The schemes; `nil` when nobody has one of them.
  let schemes: [UInt32]?
  /// The schemes' bits (``Vocabulary/bit(ofScheme:)``).
  let schemeBits: UInt32
  let day: Int32
  let country: UInt32?
  let destination: SpherePoint

  init(_ request: MatchRequest, _ vocabulary: Vocabulary) {
    process = vocabulary.processes.number(of: request.process)
    material = vocabulary.materials.number(of: request.material)
    // A machine holds each of some boxes when it holds one with the longest of each of their sorted sides.
    // Where nothing was measured, nothing is known to fit.
    sides =
      request.sizes.isEmpty
      ? SIMD3(repeating: .infinity)
      : request.sizes.reduce(.zero) { pointwiseMax($0, $1.sortedSides) }
    let numbers = request.schemes.map { vocabulary.schemes.number(of: $0) }
    schemes = numbers.contains(nil) ? nil : numbers.compactMap(\.self)
    schemeBits = (schemes ?? []).reduce(0) { $0 | Vocabulary.bit(ofScheme: $1) }
    day = Int32(clamping: request.productionDay.daysSinceEpoch)
    country = vocabulary.countries.number(of: request.country.code)
    destination = SpherePoint(request.destination)
  }
}

extension BureauTable {
  /// Whether a machine's build volume is large enough.
  @inline(__always)
  func fits(_ machine: Int, _ query: MatchQuery) -> Bool {
    let room = machines[machine].size.sortedSides
    return query.sides.x <= room.x && query.sides.y <= room.y && query.sides.z <= room.z
  }

  /// Whether all certifications that are wanted are valid on the day for a machine.
  ///
  /// - Parameter bureau: the machine's.
  func isCertified(_ machine: Int, of bureau: Int, _ query: MatchQuery) -> Bool {
    guard let schemes = query.schemes, let material = query.material else { return false }
    let range = bureaus[bureau].certificates
    for scheme in schemes {
      var number = Int(range.lowerBound)
      while number < Int(range.upperBound) {
        let row = certificates[number]
        if row.scheme == scheme, row.validFrom <= query.day, query.day <= row.validUntil,
          covers(row, machine: machine, material: material)
        {
          break
        }
        number += 1
      }
      if number == Int(range.upperBound) { return false }
    }
    return true
  }

  /// The first gate after the machine's own that excludes a bureau.
  @inline(__always)
  func lastGate(of bureau: Int, _ query: MatchQuery) -> MatchGate? {
    let row = bureaus[bureau]
    guard shippingAreas[Int(row.shippingArea)].contains(query.country) else { return .territory }
    return row.jobsLeft > 0 ? nil : .capacity
  }

  /// The first gate that a machine fails, `nil` when none.
  func gate(ofMachine machine: Int, _ query: MatchQuery) -> MatchGate? {
    let row = machines[machine]
    guard row.process == query.process else { return .process }
    guard row.materials.contains(where: { materials[Int($0)] == query.material }) else {
      return .material
    }
    guard fits(machine, query) else { return .buildVolume }
    guard isCertified(machine, of: Int(row.bureau), query) else { return .certification }
    return lastGate(of: Int(row.bureau), query)
  }

  /// The gate that excludes a bureau: the first that its best machine fails. `nil` when it can do it.
  func gate(of bureau: Int, _ query: MatchQuery) -> MatchGate? {
    var best = MatchGate.process
    for machine in bureaus[bureau].machines {
      guard let gate = gate(ofMachine: Int(machine), query) else { return nil }
      if gate.rawValue > best.rawValue { best = gate }
    }
    return best
  }

  /// What making it with a machine is worth.
  func ranked(_ machine: Int, _ query: MatchQuery, _ ranking: Ranking) -> RankedBureau {
    let row = machines[machine]
    let bureau = bureaus[Int(row.bureau)]
    let kilometres = query.destination.kilometres(to: sites[Int(row.site)].point)
    return RankedBureau(
      bureau: Int(row.bureau), machine: machine - Int(bureau.machines.lowerBound),
      distanceKilometres: kilometres,
      score: ranking.score(kilometres: kilometres, queueHours: bureau.queueHours))
  }
}
