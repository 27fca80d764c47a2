import Domain

extension NetworkIndex {
  /// How many bureaus changed since the trees were made. Each makes a search a little slower; at some
  /// hundred it is time for ``rebuilt()``.
  public var changeCount: Int { changes.count }

  /// The next snapshot, in which a bureau is as given, or there for the first time.
  public func replacing(_ bureau: BureauCapabilities, version: Int64) -> NetworkIndex {
    changing(bureau.id, to: bureau, version: version)
  }

  /// The next snapshot, without a bureau.
  public func removing(_ id: String, version: Int64) -> NetworkIndex {
    changing(id, to: nil, version: version)
  }

  private func changing(
    _ id: String, to bureau: BureauCapabilities?, version: Int64
  ) -> NetworkIndex {
    var (vocabulary, changes, gone) = (vocabulary, changes, gone)
    let replaced = base.table.number(of: id)
    if let replaced {
      if gone.isEmpty { gone = [UInt64](repeating: 0, count: base.table.ids.count / 64 + 1) }
      gone[replaced >> 6] |= 1 << UInt64(replaced & 63)
    }
    let table = bureau.map { BureauTable([$0], &vocabulary) }
    changes.removeAll { change in
      replaced.map { $0 == change.replaced } ?? (change.table?.number(of: id) != nil)
    }
    if replaced != nil || table != nil { changes.append(Change(replaced: replaced, table: table)) }
    return NetworkIndex(version: version, base, vocabulary, changes: changes, gone: gone)
  }

  /// The same network with new trees, in which nothing lies beside them.
  public func rebuilt() -> NetworkIndex {
    changes.isEmpty ? self : NetworkIndex(version: version, bureaus)
  }

  /// All bureaus.
  public var bureaus: [BureauCapabilities] {
    base.table.bureaus.indices.lazy.filter { !isGone($0) }.map { capabilities(of: $0) }
      + changes.compactMap { $0.table?.capabilities(of: 0, vocabulary) }
  }

  /// The bureau with an identifier.
  public func bureau(_ id: String) -> BureauCapabilities? {
    number(of: id).map(capabilities(of:))
  }

  /// The bureau of a number that a search gave.
  public func capabilities(of number: Int) -> BureauCapabilities {
    let (table, place) = row(of: number)
    return table.capabilities(of: place, vocabulary)
  }

  /// The identifier of a bureau whose number a search gave.
  public func id(of number: Int) -> String {
    let (table, place) = row(of: number)
    return table.ids[place]
  }

  /// The number of the bureau with an identifier.
  public func number(of id: String) -> Int? {
    if let change = changes.firstIndex(where: { $0.table?.number(of: id) != nil }) {
      return base.table.ids.count + change
    }
    return base.table.number(of: id).flatMap { isGone($0) ? nil : $0 }
  }

  /// How many jobs each bureau takes, by number; `nil` for any number.
  public var capacities: [Int?] {
    func jobs(_ row: BureauTable.BureauRow) -> Int? {
      row.jobsLeft == .max ? nil : Int(row.jobsLeft)
    }
    return base.table.bureaus.indices.map { isGone($0) ? 0 : jobs(base.table.bureaus[$0]) }
      + changes.map { change in change.table.map { jobs($0.bureaus[0]) } ?? 0 }
  }

  func row(of number: Int) -> (BureauTable, Int) {
    let count = base.table.ids.count
    guard number >= count, let table = changes[number - count].table else {
      return (base.table, number)
    }
    return (table, 0)
  }
}

extension BureauTable {
  /// The number of a bureau.
  func number(of id: String) -> Int? {
    var (low, high) = (0, ids.count)
    while low < high {
      let middle = (low + high) / 2
      if ids.utf8(middle).lexicographicallyPrecedes(id.utf8) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low < ids.count && ids.utf8(low).elementsEqual(id.utf8) ? low : nil
  }

  /// What a bureau can do, in words again.
  func capabilities(of number: Int, _ vocabulary: Vocabulary) -> BureauCapabilities {
    let row = bureaus[number]
    let sites = row.sites.map { site in
      let place = self.sites[Int(site)]
      return BureauCapabilities.Site(
        coordinates: place.point.place,
        country: vocabulary.country(place.country),
        machines: row.machines.filter { machines[Int($0)].site == site }.map { machine in
          let row = machines[Int(machine)]
          return BureauCapabilities.Machine(
            id: machineIDs[Int(machine)], process: vocabulary.processes[row.process],
            materials: materials[row.materials].map { vocabulary.materials[$0] },
            buildVolume: row.size)
        })
    }
    let area = shippingAreas[Int(row.shippingArea)]
    let countries = (0..<UInt32(vocabulary.countries.names.count)).filter { area.contains($0) }
    return BureauCapabilities(
      id: ids[number], name: names[number], sites: sites,
      certificates: certificates[row.certificates].map { capabilities(of: $0, row, vocabulary) },
      shipsTo: area.isEverywhere ? nil : countries.map(vocabulary.country).sorted(),
      jobsLeft: row.jobsLeft == .max ? nil : Int(row.jobsLeft),
      queueHours: row.queueHours)
  }

  private func capabilities(
    of row: CertificateRow, _ bureau: BureauRow, _ vocabulary: Vocabulary
  ) -> BureauCapabilities.Certificate {
    let any = CertificateRow.any
    return BureauCapabilities.Certificate(
      scheme: vocabulary.schemes[row.scheme],
      validFrom: CalendarDay(daysSinceEpoch: Int(row.validFrom)),
      validUntil: CalendarDay(daysSinceEpoch: Int(row.validUntil)),
      scope: .init(
        site: row.site == any ? nil : Int(row.site - bureau.sites.lowerBound),
        process: row.process == any ? nil : vocabulary.processes[row.process],
        material: row.material == any ? nil : vocabulary.materials[row.material],
        machine: row.machine == any ? nil : machineIDs[Int(row.machine)]))
  }
}
