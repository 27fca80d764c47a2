import TestSupport
import Testing

/// Which of our modules each may import: DESIGN's table. Imports point down only, and use cases
/// (Vault, Brokering, Dispatching) never import each other.
private let mayImport: [String: Set<String>] = {
  let ports: Set<String> = ["Database", "BlobStore", "Ledger", "HTTPClient", "Workers"]
  let pure: Set<String> = ["Domain", "Geometry", "Sealing", "Licensing", "Matching"]
  let formats: Set<String> = ["MeshFiles", "PrintPackage", "BureauProtocol"]
  let belowUseCases = ports.union(pure).union(formats)
  let useCases: Set<String> = ["Vault", "Brokering", "Dispatching"]
  let belowServer = belowUseCases.union(useCases).union(["BrokerAPI"])
  return [
    "Domain": [], "Geometry": [], "Sealing": ["COpenSSL"],
    "Licensing": ["Domain"], "Matching": ["Domain"],
    "MeshFiles": ["Geometry", "Sealing", "CDeflate"],
    "PrintPackage": ["Domain", "Sealing"],
    "BureauProtocol": ["Domain"],
    "CCurl": [], "COpenSSL": [], "CDeflate": [], "CPlatform": [],
    "HTTPClient": ["Domain", "CCurl"], "BlobStore": ["Domain", "HTTPClient"],
    "Database": ["Domain"], "Ledger": ["Domain", "Sealing", "Database"],
    "Workers": ["Domain", "Geometry", "MeshFiles", "CPlatform"],
    "Vault": belowUseCases, "Brokering": belowUseCases, "Dispatching": belowUseCases,
    "BrokerAPI": belowUseCases.union(useCases),
    "BrokerServer": belowServer,
    "BureauAgent": [
      "BureauProtocol", "PrintPackage", "MeshFiles", "Sealing", "HTTPClient", "Domain",
    ],
    "everpart": belowServer.union(["BrokerServer", "BureauAgent", "CPlatform"]),
  ]
}()

@Test("every module imports only what the table allows", arguments: mayImport.keys.sorted())
func importsPointDown(module: String) throws {
  let allowed = mayImport[module] ?? []
  for file in try Sources.files(in: "Sources/\(module)") {
    for imported in file.imports where mayImport[imported] != nil && imported != module {
      #expect(allowed.contains(imported), "\(file.path) may not import \(imported)")
    }
  }
}

@Test("the table names every module")
func tableIsComplete() throws {
  #expect(try Repository.names(in: "Sources").sorted() == mayImport.keys.sorted())
}
