import BureauProtocol
import Domain

// The schemas of values that are one text or one number.

extension Bool: SchemaDescribed {
  static var schema: JSONValue { ["type": "boolean"] }
  static var example: Self { true }
}

extension String: SchemaDescribed {
  static var schema: JSONValue { ["type": "string"] }
  static var example: Self { "text" }
}

extension Double: SchemaDescribed {
  static var schema: JSONValue { ["type": "number"] }
  static var example: Self { 1 }
}

extension Int: SchemaDescribed {
  static var schema: JSONValue { ["type": "integer", "format": "int64"] }
  static var example: Self { 1 }
}

extension Int64: SchemaDescribed {
  static var schema: JSONValue { ["type": "integer", "format": "int64"] }
  static var example: Self { 1 }
}

extension Identifier: SchemaDescribed {
  static var schema: JSONValue {
    ["type": "string", "pattern": .text("^\(Kind.prefix)_[0-9a-f]{32}$")]
  }
  static var example: Self {
    Identifier("\(Kind.prefix)_0194f6c2d1e97a3c8f00aa5512345678")!
  }
}

extension Instant: SchemaDescribed {
  static var schema: JSONValue {
    ["type": "string", "format": "date-time", "description": "RFC 3339, in UTC"]
  }
  static var example: Self { Instant(milliseconds: 1_772_355_600_000) }
}

extension CalendarDay: SchemaDescribed {
  static var schema: JSONValue { ["type": "string", "format": "date"] }
  static var example: Self { CalendarDay(daysSinceEpoch: 20_513) }
}

extension Country: SchemaDescribed {
  static var schema: JSONValue {
    ["type": "string", "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2"]
  }
  static var example: Self { Country("DE")! }
}

extension Currency: SchemaDescribed {
  static var schema: JSONValue {
    ["type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217"]
  }
  static var example: Self { Currency("EUR")! }
}

extension Material: SchemaDescribed {
  static var schema: JSONValue {
    ["type": "string", "pattern": "^[A-Za-z0-9+./-]{1,40}$", "description": "Such as PA12"]
  }
  static var example: Self { Material("PA12")! }
}

extension BoxSize: SchemaDescribed {
  static var schema: JSONValue {
    [
      "type": "array", "items": ["type": "number", "minimum": 0], "minItems": 3, "maxItems": 3,
      "description": "x, y and z in millimetres",
    ]
  }
  static var example: Self { BoxSize(x: 1, y: 1, z: 1)! }
}

extension Page: SchemaNamed where Element: Decodable {
  static var schemaName: String { SchemaCatalogue.plainName(of: Element.self) + "Page" }
}

extension WatchedPage: SchemaNamed {
  static var schemaName: String { SchemaCatalogue.plainName(of: Element.self) + "WatchedPage" }
}

extension SIMD3: SchemaDescribed where Scalar == Double {
  static var schema: JSONValue {
    [
      "type": "array", "items": ["type": "number"], "minItems": 3, "maxItems": 3,
      "description": "x, y and z",
    ]
  }
  static var example: Self { SIMD3(1, 2, 3) }
}
