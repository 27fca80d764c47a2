/// Union-find over the numbers from 0, with path halving; the root of a set is its least number.
///
/// R. E. Tarjan, J. van Leeuwen, "Worst-case Analysis of Set Union Algorithms", JACM 31 (1984): with
/// path halving alone n operations take O(n log n) steps, whatever they are.
struct DisjointSets {
  private var parents: [UInt32]

  init(count: Int) {
    parents = Array(0..<UInt32(count))
  }

  /// Makes one set of the sets of two numbers; false if they were one already.
  @inline(__always)
  mutating func join(_ first: UInt32, _ second: UInt32) -> Bool {
    let a = root(of: first)
    let b = root(of: second)
    guard a != b else { return false }
    parents[Int(max(a, b))] = min(a, b)
    return true
  }

  /// The least number in a number's set.
  @inline(__always)
  mutating func root(of number: UInt32) -> UInt32 {
    var node = number
    while parents[Int(node)] != node {
      parents[Int(node)] = parents[Int(parents[Int(node)])]
      node = parents[Int(node)]
    }
    return node
  }
}
