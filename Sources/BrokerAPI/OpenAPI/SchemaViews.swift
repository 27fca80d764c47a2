import Brokering
import BureauProtocol
import Domain
import Ledger
import Vault

// Names and shapes that cannot be read off a type.

extension OrderView.Part: SchemaNamed {
  static var schemaName: String { "OrderedPart" }
}

extension OrderView.Job: SchemaNamed {
  static var schemaName: String { "OrderedJob" }
}

extension OrderView.Reason: SchemaNamed {
  static var schemaName: String { "OrderReason" }
}

extension SignedStatement.Signature: SchemaNamed {
  static var schemaName: String { "StatementSignature" }
}

extension ProblemDocument: SchemaNamed {
  static var schemaName: String { "Problem" }
}

extension LicenceRecord: SchemaNamed {
  static var schemaName: String { "LicenceView" }
}

extension LicenceAccount: SchemaNamed {
  static var schemaName: String { "Licence" }
}

extension LicenceAccount.Entry: SchemaNamed {
  static var schemaName: String { "LicenceEntry" }
}

extension Listing: SchemaNamed {
  static var schemaName: String { SchemaCatalogue.plainName(of: Item.self) + "List" }
}

/// A report decodes by its `kind`, which a probe sees one of: each kind is an object of its own.
extension Report: SchemaList {
  static func describe(
    in catalogue: inout SchemaCatalogue
  ) throws -> (schema: JSONValue, example: Self) {
    let contents: [Kind: (name: String, schema: JSONValue)?] = [
      .started: nil,
      .completed: ("completion", try catalogue.schema(of: SignedStatement.self)),
      .inspected: ("inspection", try catalogue.schema(of: InspectionResult.self)),
      .shipped: ("shipment", try catalogue.schema(of: Shipment.self)),
      .held: ("reason", ["type": "string", "minLength": 1, "maxLength": 500]),
    ]
    let kinds: [JSONValue] = Kind.allCases.map { kind in
      var properties: [String: JSONValue] = [
        "kind": ["type": "string", "enum": [.text(kind.rawValue)]]
      ]
      var required: [JSONValue] = ["kind"]
      if let content = contents[kind] ?? nil {
        properties[content.name] = content.schema
        required.append(.text(content.name))
      }
      return [
        "type": "object", "properties": .object(properties), "required": .array(required),
      ]
    }
    return (["oneOf": .array(kinds)], .started)
  }
}
