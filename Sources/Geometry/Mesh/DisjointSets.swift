/// Union-find over the numbers from 0, with path halving and union by size.
///
/// R. E. Tarjan, J. van Leeuwen, "Worst-case Analysis of Set Union Algorithms", JACM 31 (1984).
struct DisjointSets {
  private var parents: [UInt32]
  private var sizes: [UInt32]

  init(count: Int) {
    parents = (0..<UInt32(count)).map { $0 }
    sizes = [UInt32](repeating: 1, count: count)
  }

  /// Makes one set of the sets of two numbers; false if they were one already.
  mutating func join(_ first: UInt32, _ second: UInt32) -> Bool {
    let a = root(of: first)
    let b = root(of: second)
    guard a != b else { return false }
    let (small, large) = sizes[Int(a)] < sizes[Int(b)] ? (a, b) : (b, a)
    parents[Int(small)] = large
    sizes[Int(large)] += sizes[Int(small)]
    return true
  }

  /// The number that stands for the set that a number is in.
  mutating func root(of number: UInt32) -> UInt32 {
    var node = number
    while parents[Int(node)] != node {
      parents[Int(node)] = parents[Int(parents[Int(node)])]
      node = parents[Int(node)]
    }
    return node
  }
}
