/// A sum whose error does not grow with the number of its terms.
///
/// A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", Zeitschrift
/// für Angewandte Mathematik und Mechanik 54 (1974), algorithm IV: the part lost in each addition is
/// kept beside the sum, whichever of the two operands lost it.
struct CompensatedSum: Sendable {
  private var sum = 0.0
  private var lost = 0.0

  var value: Double { sum + lost }

  @inline(__always)
  mutating func add(_ term: Double) {
    let next = sum + term
    if sum.magnitude >= term.magnitude {
      lost += (sum - next) + term
    } else {
      lost += (term - next) + sum
    }
    sum = next
  }
}
