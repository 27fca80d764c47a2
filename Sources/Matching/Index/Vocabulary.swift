import Domain

/// Numbers for names, so that names are compared once and not a hundred thousand times.
struct Vocabulary: Sendable {
  var processes = Names()
  var materials = Names()
  var schemes = Names()
  var countries = Names()

  struct Names: Sendable {
    private(set) var names: [String] = []
    private var numbers: [String: UInt32] = [:]

    /// The number of a name, a new one for one that is new.
    mutating func number(for name: String) -> UInt32 {
      if let known = numbers[name] { return known }
      let number = UInt32(names.count)
      names.append(name)
      numbers[name] = number
      return number
    }

    /// The number of a name that is known.
    func number(of name: String) -> UInt32? { numbers[name] }

    subscript(number: UInt32) -> String { names[Int(number)] }
  }

  /// The bit of a scheme among 32. Those of two schemes may be the same: a bit that is not there says that the
  /// scheme is not, and a bit that is there says nothing.
  static func bit(ofScheme number: UInt32) -> UInt32 { 1 << (number % 32) }
}

extension Vocabulary {
  /// The country of a number.
  func country(_ number: UInt32) -> Country {
    guard let country = Country(countries[number]) else { preconditionFailure("no country") }
    return country
  }
}
