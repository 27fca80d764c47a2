public import Domain

/// A material as the catalogue has it.
public struct CatalogueMaterial: Hashable, Sendable {
  /// A name by which somebody sells it.
  public struct Alias: Hashable, Sendable {
    /// The name.
    public var name: String
    /// Whose name that is; `nil` for one that anybody uses.
    public var supplier: String?
  }

  /// A figure with where it comes from.
  public struct Figure: Hashable, Sendable {
    /// The figure, in the unit that its member says.
    public var value: Double
    /// The data sheet or standard.
    public var source: String
  }

  /// What could be used in its place, if the brand allows it.
  public struct Substitute: Hashable, Sendable {
    /// The canonical name.
    public var material: String
    /// What changes.
    public var note: String
  }

  /// The name that matching uses: `PA12`.
  public var id: String
  /// What it is: `Polyamide 12`.
  public var name: String
  /// `thermoplastic`, `metal`, ….
  public var kind: String
  /// The processes that it is used with.
  public var processes: [String]
  /// The standards that describe it, with its designation there.
  public var standards: [String]
  /// Its other names.
  public var aliases: [Alias]
  /// Grams per cubic centimetre.
  public var density: Figure?
  /// What could be used in its place.
  public var substitutes: [Substitute]
}

/// Materials and the names that brands and bureaus have for them, so that both meet: "HP 3D HR PA 12" is
/// `PA12`.
///
/// Names are the same whatever their case, spaces, hyphens and trademark signs. What the catalogue does not
/// know only equals itself.
public struct MaterialCatalogue: Sendable {
  /// The day that it was made on.
  public let edition: CalendarDay
  /// The materials in the order of the file.
  public let materials: [CatalogueMaterial]
  private let numbers: [String: Int]

  /// The catalogue that Everpart comes with.
  public static let builtIn: MaterialCatalogue = {
    do {
      return try MaterialCatalogue(json: PackageResources.materials_json)
    } catch {
      preconditionFailure("the catalogue of materials: \(error)")
    }
  }()

  /// - Throws: when a name would mean two materials, or a substitute is none.
  init(edition: CalendarDay, _ materials: [CatalogueMaterial]) throws(StrictRefusal) {
    var numbers: [String: Int] = [:]
    for (number, material) in materials.enumerated() {
      for name in [material.id] + material.aliases.map(\.name) {
        let known = numbers.updateValue(number, forKey: Self.folded(name)) ?? number
        if known != number {
          throw StrictRefusal(
            at: "materials[\(number)]",
            "The name “\(name)” means \(materials[known].id) and \(material.id).")
        }
      }
    }
    for (number, material) in materials.enumerated() {
      for substitute in material.substitutes
      where !materials.contains(where: { $0.id == substitute.material }) {
        throw StrictRefusal(
          at: "materials[\(number)].substitutes",
          "There is no material \(substitute.material) here.")
      }
    }
    self.edition = edition
    self.materials = materials
    self.numbers = numbers
  }

  /// The material of that name; `nil` for one that is not known.
  public func material(named name: String) -> CatalogueMaterial? {
    numbers[Self.folded(name)].map { materials[$0] }
  }

  /// The name that matching uses for a material: the catalogue's, or the text itself where it does not know it.
  public func canonicalName(of name: String) -> String {
    numbers[Self.folded(name)].map { materials[$0].id } ?? name
  }

  /// A name without what does not tell materials apart: its letters and digits in lower case, and `+`.
  private static func folded(_ name: String) -> String {
    String(
      String.UnicodeScalarView(
        name.lowercased().unicodeScalars.filter {
          $0 == "+" || $0.properties.isAlphabetic || $0.properties.numericType != nil
        }))
  }
}
