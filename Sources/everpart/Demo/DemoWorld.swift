import Domain

/// The demonstration's people and things: made-up companies in real cities.
enum DemoWorld {
  struct Bureau {
    let name: String
    let city: String
    let country: String
    let latitude: Double
    let longitude: Double
    var classicalKey = false
    /// A person answers its offers, not the agent.
    var answersByHand = false
    let machines: [(name: String, process: String, materials: [String], volume: [Double])]
    var certificates: [(scheme: String, issuer: String)] = []

    var folder: String { city.lowercased() }
  }

  static let bureaus = [
    Bureau(
      name: "Spreewerk", city: "Berlin", country: "DE", latitude: 52.52, longitude: 13.405,
      machines: [
        ("Extruder 1", "MEX", ["PETG", "TPU-95A", "ABS"], [250, 210, 210]),
        ("Sinter station", "PBF-LB/P", ["PA12"], [340, 340, 600]),
      ],
      certificates: [("ISO 9001", "TÜV Süd")]),
    Bureau(
      name: "Atelier du Rhône", city: "Lyon", country: "FR", latitude: 45.764, longitude: 4.8357,
      classicalKey: true,
      machines: [
        ("EOS P 396", "PBF-LB/P", ["PA12", "PA12-FR"], [340, 340, 600]),
        ("Extruder", "MEX", ["TPU-95A", "PETG"], [300, 300, 300]),
      ],
      certificates: [("EN 45545-2", "Bureau Veritas"), ("ISO 9001", "Bureau Veritas")]),
    Bureau(
      name: "Officina Navigli", city: "Milano", country: "IT", latitude: 45.4642,
      longitude: 9.19, answersByHand: true,
      machines: [
        ("Grande", "MEX", ["PETG", "TPU-95A", "ASA"], [300, 300, 400]),
        ("Sinter 2", "PBF-LB/P", ["PA12", "PA12-FR"], [300, 300, 300]),
      ]),
  ]

  struct Part {
    /// The name of the files in `Fixtures/parts`.
    let file: String
    let sku: String
    let name: String
    let fits: [String]
    let price: Int64
    let payout: Int64
    let units: Int64
    /// What differs from the part's print profile.
    var material: String?
    var allowsClassicalKeys = false
  }

  static let parts = [
    Part(
      file: "leg-cap", sku: "GC-25", name: "Chair leg cap",
      fits: ["Garden chair Linnea 1998–2011"], price: 390, payout: 240, units: 500,
      allowsClassicalKeys: true),
    Part(
      file: "door-stop", sku: "DS-40", name: "Train door stop", fits: ["Regional coach B4"],
      price: 4900, payout: 3300, units: 40, allowsClassicalKeys: true),
    Part(
      file: "nozzle-adapter", sku: "NA-32", name: "Nozzle adapter 35 to 32 mm",
      fits: ["Vacuum cleaner Sirocco 2", "Vacuum cleaner Sirocco 3"], price: 1290, payout: 820,
      units: 200),
    Part(
      file: "nozzle-adapter", sku: "NA-32-HT", name: "Nozzle adapter, heat-resistant",
      fits: ["Ash vacuum Sirocco H"], price: 5900, payout: 4100, units: 20, material: "PEEK"),
  ]

  struct Order {
    let part: String
    let quantity: Int64
    let name: String
    let street: String
    let postalCode: String
    let city: String
    let country: String
    let latitude: Double
    let longitude: Double
    let why: String

    var shipTo: JSONValue {
      [
        "name": .string(name), "lines": [.string(street)], "postal_code": .string(postalCode),
        "city": .string(city), "country": .string(country),
        "coordinates": ["latitude": .number(latitude), "longitude": .number(longitude)],
      ]
    }
  }

  static let orders = [
    Order(
      part: "GC-25", quantity: 4, name: "Hanne Petersen", street: "Elbchaussee 12",
      postalCode: "22765", city: "Hamburg", country: "DE", latitude: 53.5511, longitude: 9.9937,
      why: "the nearest bureau prints it"),
    Order(
      part: "DS-40", quantity: 2, name: "Werkstatt Bruxelles-Midi", street: "Rue de France 2",
      postalCode: "1060", city: "Brussels", country: "BE", latitude: 50.8357, longitude: 4.3353,
      why: "only a bureau with EN 45545-2 may"),
    Order(
      part: "NA-32", quantity: 1, name: "Giulia Conti", street: "Via Po 7", postalCode: "10124",
      city: "Torino", country: "IT", latitude: 45.0703, longitude: 7.6869,
      why: "the nearest bureau declines, the next one prints it"),
    Order(
      part: "GC-25", quantity: 8, name: "Café des Alpes", street: "Quai Perrière 3",
      postalCode: "38000", city: "Grenoble", country: "FR", latitude: 45.1885, longitude: 5.7245,
      why: "sealed to a classical key, which the brand allows for this part"),
    Order(
      part: "NA-32-HT", quantity: 1, name: "Rolf Brunner", street: "Aarbergergasse 5",
      postalCode: "3011", city: "Bern", country: "CH", latitude: 46.948, longitude: 7.4474,
      why: "nobody here can make it, and the reasons are shown"),
  ]

  /// What the bureau that answers by hand says to the first offer of this part.
  static let declined = (sku: "NA-32", reason: "The sinter station is down until Thursday.")
}
