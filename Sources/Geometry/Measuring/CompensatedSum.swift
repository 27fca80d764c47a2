/// A sum whose error does not grow with the number of its terms.
///
/// A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", Zeitschrift
/// für Angewandte Mathematik und Mechanik 54 (1974), algorithm IV: the part lost in each addition is
/// kept beside the sum, whichever of the two operands lost it. That part is had without asking which
/// (D. Knuth, "The Art of Computer Programming", volume 2, 4.2.2, theorem B).
struct CompensatedSum: Sendable {
  private var sum = 0.0
  private var lost = 0.0

  var value: Double { sum + lost }

  @inline(__always)
  mutating func add(_ term: Double) {
    let next = sum + term
    let added = next - sum
    lost += (sum - (next - added)) + (term - added)
    sum = next
  }
}
