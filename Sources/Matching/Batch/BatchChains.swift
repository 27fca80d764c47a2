/// Chains of moves from one bureau, the shortest first (E. W. Dijkstra, "A Note on Two Problems in
/// Connexion with Graphs", Numerische Mathematik 1, 1959), with a place for what has to be looked up before
/// longer ones are believed.
struct BatchChains {
  /// What comes next by length.
  enum Next {
    /// The shortest chain to a bureau.
    case bureau(Int, length: Double)
    /// A bureau's orders may have candidates that are not known, with a chain of length `due`.
    case wait(Int, length: Double, due: Double)
  }

  /// The last move of a chain: which order, to which of its candidates, from which bureau.
  struct Step {
    var order: Int
    var place: Int
    var from: Int
  }

  private struct Entry {
    var length: Double
    /// The bureau; its complement for one that waits.
    var bureau: Int
  }

  /// The bureaus that the shortest chain is known to, with its length.
  private(set) var settled: [(bureau: Int, length: Double)] = []
  private var lengths: [Double]
  private var isSettled: [Bool]
  private var steps: [Step]
  private var touched: [Int] = []
  private var heap: [Entry] = []

  /// Chains between so many bureaus.
  init(count: Int) {
    lengths = [Double](repeating: .infinity, count: count)
    isSettled = [Bool](repeating: false, count: count)
    steps = [Step](repeating: Step(order: -1, place: -1, from: -1), count: count)
  }

  /// Forgets all chains and begins at a bureau.
  mutating func begin(at start: Int) {
    for bureau in touched { (lengths[bureau], isSettled[bureau]) = (.infinity, false) }
    touched.removeAll(keepingCapacity: true)
    settled.removeAll(keepingCapacity: true)
    heap.removeAll(keepingCapacity: true)
    reach(start, 0, -1, -1, from: -1)
  }

  /// A chain to a bureau, which counts when it is shorter than the others.
  @inline(__always)
  mutating func reach(_ bureau: Int, _ length: Double, _ order: Int, _ place: Int, from: Int) {
    guard length < lengths[bureau] else { return }
    if lengths[bureau] == .infinity { touched.append(bureau) }
    lengths[bureau] = length
    steps[bureau] = Step(order: order, place: place, from: from)
    push(Entry(length: length, bureau: bureau))
  }

  /// Has a bureau come up again when chains are as long as `due`.
  mutating func wait(_ bureau: Int, _ due: Double) {
    if due < .infinity { push(Entry(length: due, bureau: ~bureau)) }
  }

  /// The shortest that is next, unless it is longer than `limit`.
  mutating func next(within limit: Double) -> Next? {
    while let entry = heap.first, entry.length <= limit {
      pop()
      if entry.bureau < 0 {
        return .wait(~entry.bureau, length: lengths[~entry.bureau], due: entry.length)
      }
      guard !isSettled[entry.bureau] else { continue }
      isSettled[entry.bureau] = true
      settled.append((entry.bureau, entry.length))
      return .bureau(entry.bureau, length: entry.length)
    }
    return nil
  }

  /// The last move of the chain to a bureau.
  func step(to bureau: Int) -> Step { steps[bureau] }

  // MARK: A heap, the shortest on top; of those as short, bureaus by number and before any that wait.

  private static func precedes(_ left: Entry, _ right: Entry) -> Bool {
    left.length != right.length
      ? left.length < right.length
      : UInt(bitPattern: left.bureau) < UInt(bitPattern: right.bureau)
  }

  private mutating func push(_ entry: Entry) {
    var place = heap.count
    heap.append(entry)
    while place > 0 {
      let parent = (place - 1) / 2
      guard Self.precedes(entry, heap[parent]) else { break }
      heap[place] = heap[parent]
      place = parent
    }
    heap[place] = entry
  }

  private mutating func pop() {
    guard let last = heap.popLast(), !heap.isEmpty else { return }
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, Self.precedes(heap[child + 1], heap[child]) { child += 1 }
      guard Self.precedes(heap[child], last) else { break }
      heap[place] = heap[child]
      place = child
    }
    heap[place] = last
  }
}
