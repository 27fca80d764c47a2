import Domain

/// Bureaus as rows of numbers, in the order of their identifiers.
struct BureauTable: Sendable {
  struct BureauRow: Sendable {
    var sites: Range<UInt32>
    var machines: Range<UInt32>
    var certificates: Range<UInt32>
    /// Its place in ``BureauTable/shippingAreas``.
    var shippingArea: UInt32
    /// How many more jobs it takes; `Int32.max` for any number.
    var jobsLeft: Int32
    var queueHours: Double
  }

  struct SiteRow: Sendable {
    var point: SpherePoint
    var country: UInt32
  }

  struct MachineRow: Sendable {
    var bureau: UInt32
    var site: UInt32
    var process: UInt32
    var materials: Range<UInt32>
    var size: BoxSize
  }

  struct CertificateRow: Sendable {
    var scheme: UInt32
    var validFrom: Int32
    var validUntil: Int32
    /// What it is limited to; ``any`` for no limit.
    var site: UInt32
    var machine: UInt32
    var process: UInt32
    var material: UInt32

    static let any = UInt32.max
  }

  /// Countries, a bit each: there are 249.
  struct ShippingArea: Hashable, Sendable {
    private var bits = InlineBits(repeating: 0)
    /// All countries, also those that no bureau is in or ships to.
    var isEverywhere = false

    private typealias InlineBits = SIMD4<UInt64>

    static let everywhere = ShippingArea(isEverywhere: true)

    mutating func insert(_ country: UInt32) { bits[Int(country >> 6)] |= 1 << UInt64(country & 63) }

    @inline(__always)
    func contains(_ country: UInt32?) -> Bool {
      guard !isEverywhere, let country else { return isEverywhere }
      return bits[Int(country >> 6)] & (1 << UInt64(country & 63)) != 0
    }
  }

  fileprivate(set) var ids = TextList()
  fileprivate(set) var names = TextList()
  fileprivate(set) var bureaus: [BureauRow] = []
  fileprivate(set) var sites: [SiteRow] = []
  fileprivate(set) var machines: [MachineRow] = []
  fileprivate(set) var machineIDs = TextList()
  fileprivate(set) var materials: [UInt32] = []
  fileprivate(set) var certificates: [CertificateRow] = []
  fileprivate(set) var shippingAreas: [ShippingArea] = []

  /// Whether a certification is about a machine when it makes something of a material.
  @inline(__always)
  func covers(_ row: CertificateRow, machine: Int, material: UInt32) -> Bool {
    let any = CertificateRow.any
    // Most have no limit at all, and then the machine need not be looked at.
    return row.machine & row.material & row.process & row.site == any
      || ((row.machine == any || row.machine == UInt32(machine))
        && (row.material == any || row.material == material)
        && (row.process == any || row.process == machines[machine].process)
        && (row.site == any || row.site == machines[machine].site))
  }
}

extension BureauTable {
  /// Rows of bureaus in the order that they are given in.
  init(_ bureaus: some Sequence<BureauCapabilities>, _ vocabulary: inout Vocabulary) {
    var areas: [ShippingArea: UInt32] = [:]
    for bureau in bureaus { add(bureau, &vocabulary, &areas) }
  }

  private mutating func add(
    _ bureau: BureauCapabilities, _ vocabulary: inout Vocabulary,
    _ areas: inout [ShippingArea: UInt32]
  ) {
    let (firstSite, firstMachine) = (UInt32(sites.count), UInt32(machines.count))
    let firstCertificate = UInt32(certificates.count)
    for site in bureau.sites {
      sites.append(
        SiteRow(
          point: SpherePoint(site.coordinates),
          country: vocabulary.countries.number(for: site.country.code)))
      for machine in site.machines {
        let firstMaterial = UInt32(materials.count)
        for material in machine.materials {
          materials.append(vocabulary.materials.number(for: material))
        }
        machineIDs.append(machine.id)
        machines.append(
          MachineRow(
            bureau: UInt32(ids.count), site: UInt32(sites.count - 1),
            process: vocabulary.processes.number(for: machine.process),
            materials: firstMaterial..<UInt32(materials.count), size: machine.buildVolume))
      }
    }
    for certificate in bureau.certificates {
      add(certificate, &vocabulary, firstSite, Int(firstMachine)..<machines.count)
    }
    let area = bureau.shipsTo?.reduce(into: ShippingArea()) { area, country in
      area.insert(vocabulary.countries.number(for: country.code))
    }
    self.bureaus.append(
      BureauRow(
        sites: firstSite..<UInt32(sites.count), machines: firstMachine..<UInt32(machines.count),
        certificates: firstCertificate..<UInt32(certificates.count),
        shippingArea: number(of: area ?? .everywhere, &areas),
        jobsLeft: bureau.jobsLeft.map { Int32(clamping: $0) } ?? .max,
        queueHours: bureau.queueHours))
    ids.append(bureau.id)
    names.append(bureau.name)
  }

  private mutating func add(
    _ certificate: BureauCapabilities.Certificate, _ vocabulary: inout Vocabulary,
    _ firstSite: UInt32, _ machines: Range<Int>
  ) {
    let (scope, any) = (certificate.scope, CertificateRow.any)
    let machine = scope.machine.map { id in machines.first { machineIDs[$0] == id } }
    // What is limited to a machine that is not there says nothing of any.
    if case .some(.none) = machine { return }
    certificates.append(
      CertificateRow(
        scheme: vocabulary.schemes.number(for: certificate.scheme),
        validFrom: Int32(clamping: certificate.validFrom.daysSinceEpoch),
        validUntil: Int32(clamping: certificate.validUntil.daysSinceEpoch),
        site: scope.site.map { firstSite + UInt32($0) } ?? any,
        machine: machine?.map(UInt32.init) ?? any,
        process: scope.process.map { vocabulary.processes.number(for: $0) } ?? any,
        material: scope.material.map { vocabulary.materials.number(for: $0) } ?? any))
  }

  private mutating func number(
    of area: ShippingArea, _ areas: inout [ShippingArea: UInt32]
  ) -> UInt32 {
    if let known = areas[area] { return known }
    let number = UInt32(shippingAreas.count)
    shippingAreas.append(area)
    areas[area] = number
    return number
  }
}
