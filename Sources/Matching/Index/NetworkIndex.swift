import Domain

/// An immutable snapshot of what all bureaus can do, arranged so that the best one for a job is found without
/// looking at the others. It answers exactly what a look at every bureau would.
///
/// There is a ``WayTree`` for each process with a material. What changed since they were made lies beside
/// them, bureau by bureau (``replacing(_:version:)``), until ``rebuilt()`` makes new ones.
public struct NetworkIndex: Sendable {
  /// Which network this is: goes up with every change.
  public let version: Int64

  /// What does not change, shared by all snapshots that were made of one.
  final class Base: Sendable {
    let table: BureauTable
    /// By process and material (``pair(_:_:)``).
    let trees: [UInt64: WayTree]
    /// The same ways by their bureaus.
    let lists: [UInt64: WayList]
    /// How many bureaus run each process.
    let bureausByProcess: [Int]

    init(_ table: BureauTable, _ vocabulary: Vocabulary) {
      self.table = table
      (trees, lists) = Self.ways(of: table)
      bureausByProcess = Self.countByProcess(table, vocabulary)
    }
  }

  let base: Base
  let vocabulary: Vocabulary
  /// What changed: each a bureau alone.
  let changes: [Change]
  /// The bureaus of the base that changed or went: a bit each, or nothing when there are none.
  let gone: [UInt64]

  /// A bureau as it is now, in a table of its own.
  struct Change: Sendable {
    /// The number in the base of the bureau that it replaces.
    var replaced: Int?
    /// `nil` for a bureau that went.
    var table: BureauTable?
  }

  /// An index over bureaus in any order.
  ///
  /// - Precondition: their identifiers differ.
  public init(version: Int64, _ bureaus: [BureauCapabilities]) {
    var vocabulary = Vocabulary()
    let table = BureauTable(
      bureaus.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }, &vocabulary)
    precondition(
      (1..<max(1, table.ids.count)).allSatisfy {
        !table.ids.utf8($0).elementsEqual(table.ids.utf8($0 - 1))
      }, "two bureaus have one identifier")
    self.init(version: version, Base(table, vocabulary), vocabulary, changes: [], gone: [])
  }

  init(
    version: Int64, _ base: Base, _ vocabulary: Vocabulary, changes: [Change], gone: [UInt64]
  ) {
    self.version = version
    self.base = base
    self.vocabulary = vocabulary
    self.changes = changes
    self.gone = gone
  }

  /// How many bureaus there are.
  public var bureauCount: Int {
    base.table.ids.count - changes.count { $0.replaced != nil } + changes.count { $0.table != nil }
  }

  @inline(__always)
  func isGone(_ bureau: Int) -> Bool {
    !gone.isEmpty && gone[bureau >> 6] & (1 << UInt64(bureau & 63)) != 0
  }

  static func pair(_ process: UInt32, _ material: UInt32) -> UInt64 {
    UInt64(process) << 32 | UInt64(material)
  }
}

extension NetworkIndex.Base {
  private static func ways(
    of table: BureauTable
  ) -> (trees: [UInt64: WayTree], lists: [UInt64: WayList]) {
    var ways: [UInt64: [WayTree.Way]] = [:]
    for (number, machine) in table.machines.enumerated() {
      let materials = table.materials[machine.materials]
      for (place, material) in materials.enumerated()
      where !materials.prefix(place).contains(material) {
        ways[NetworkIndex.pair(machine.process, material), default: []].append(
          table.way(number, material))
      }
    }
    let trees = ways.mapValues { ways in
      WayTree(
        ways,
        queueHours: ways.map {
          Float(table.bureaus[Int($0.bureau)].queueHours, rounded: .down)
        })
    }
    return (trees, ways.mapValues { WayList($0, table) })
  }

  private static func countByProcess(_ table: BureauTable, _ vocabulary: Vocabulary) -> [Int] {
    var counts = [Int](repeating: 0, count: vocabulary.processes.names.count)
    for bureau in table.bureaus {
      let own = table.machines[bureau.machines]
      for (place, machine) in own.enumerated()
      where !own.prefix(place).contains(where: { $0.process == machine.process }) {
        counts[Int(machine.process)] += 1
      }
    }
    return counts
  }
}

extension BureauTable {
  /// What a tree knows of a machine when it makes something of a material.
  fileprivate func way(_ machine: Int, _ material: UInt32) -> WayTree.Way {
    let row = machines[machine]
    let point = sites[Int(row.site)].point.vector
    let sides = row.size.sortedSides
    let schemes = certificates[bureaus[Int(row.bureau)].certificates].reduce(UInt32(0)) {
      covers($1, machine: machine, material: material)
        ? $0 | Vocabulary.bit(ofScheme: $1.scheme) : $0
    }
    return WayTree.Way(
      bureau: row.bureau, machine: UInt32(machine), x: Float(point.x), y: Float(point.y),
      z: Float(point.z), shortest: Float(sides.x, rounded: .up),
      middle: Float(sides.y, rounded: .up), longest: Float(sides.z, rounded: .up),
      schemes: schemes)
  }
}

extension Array {
  /// The elements at some places.
  subscript(places: Range<UInt32>) -> ArraySlice<Element> {
    self[Int(places.lowerBound)..<Int(places.upperBound)]
  }
}
