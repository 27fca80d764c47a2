// swift-tools-version:6.2
import PackageDescription

// Imports point down only; Tests/RepositoryTests holds the sources against this table.

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

func module(
  _ name: String,
  _ dependencies: [Target.Dependency],
  exclude: [String] = [],
  resources: [Resource] = []
) -> Target {
  .target(
    name: name,
    dependencies: dependencies,
    exclude: exclude,
    resources: resources,
    swiftSettings: settings
  )
}

func tests(
  _ name: String,
  _ dependencies: [Target.Dependency],
  exclude: [String] = []
) -> Target {
  .testTarget(
    name: name,
    dependencies: dependencies,
    exclude: exclude,
    swiftSettings: settings
  )
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(
  name: "HummingbirdTesting",
  package: "hummingbird"
)
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle",
  package: "swift-service-lifecycle"
)
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser",
  package: "swift-argument-parser"
)

let package = Package(
  name: "everpart",
  products: [
    .executable(name: "everpart", targets: ["everpart"]),
    // For Tests/Benchmarks alone, a package of its own; not an interface that is kept stable.
    .library(
      name: "BenchmarkedModules",
      targets: ["Domain", "Geometry", "Matching", "MeshFiles", "Sealing", "TestSupport"]),
  ],
  dependencies: [
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    // Ground and decisions: pure.
    .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("crypto")]),
    module("Domain", []),
    module(
      "Geometry", [], exclude: ["Geometry.md"], resources: [.embedInCode("Printability/Rules")]),
    module("Sealing", ["COpenSSL", crypto, cryptoExtras], exclude: ["Sealing.md"]),
    module("Licensing", ["Domain"]),
    module(
      "Matching", ["Domain"], exclude: ["Matching.md"],
      resources: [.embedInCode("Materials/Data"), .embedInCode("Map/Data")]),

    // Formats.
    .target(name: "CDeflate", linkerSettings: [.linkedLibrary("deflate")]),
    module("MeshFiles", ["Geometry", "Sealing", "CDeflate", crypto], exclude: ["MeshFiles.md"]),
    module("PrintPackage", ["Domain", "Sealing", crypto], exclude: ["PrintPackage.md"]),
    module("BureauProtocol", ["Domain"]),

    // Ports.
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
    .target(name: "CPlatform"),
    module("HTTPClient", ["Domain", "CCurl"]),
    module("BlobStore", ["Domain"]),
    module(
      "Database", ["Domain", grdb, sqlite, crypto], exclude: ["Database.md"],
      resources: [.embedInCode("Migrations")]
    ),
    module("Ledger", ["Domain", "Sealing", "Database", crypto]),
    module(
      "Workers", ["Domain", "Geometry", "MeshFiles", "CPlatform"], exclude: ["Workers.md"]
    ),

    // Use cases: they meet in a transaction, never in an import.
    module(
      "Vault",
      [
        "Domain", "Geometry", "Sealing", "Licensing", "MeshFiles", "PrintPackage", "Database",
        "BlobStore", "Ledger", "Workers", crypto,
      ],
      exclude: ["Vault.md"]
    ),
    module(
      "Brokering",
      [
        "Domain", "Sealing", "Licensing", "Matching", "MeshFiles", "PrintPackage", "Database",
        "Ledger", crypto,
      ]
    ),
    module(
      "Dispatching",
      [
        "Domain", "Sealing", "Licensing", "MeshFiles", "PrintPackage", "BureauProtocol", "Database",
        "BlobStore", "Ledger", crypto,
      ],
      exclude: ["Dispatching.md"]
    ),

    // HTTP, composition, apps.
    module(
      "BrokerAPI",
      [
        "Domain", "BureauProtocol", "Database", "Ledger", "Vault", "Brokering", "Dispatching",
        "Sealing", hummingbird, lifecycle, logging,
      ],
      exclude: ["BrokerAPI.md"]
    ),
    module(
      "BrokerServer",
      [
        "Domain", "Sealing", "Database", "BlobStore", "Ledger", "Workers", "Vault", "Brokering",
        "Dispatching", "BrokerAPI", hummingbird, hummingbirdTLS, lifecycle, logging,
      ]
    ),
    module(
      "BureauAgent",
      ["Domain", "Sealing", "PrintPackage", "BureauProtocol", "HTTPClient", logging],
      exclude: ["BureauAgent.md"]
    ),
    .executableTarget(
      name: "everpart",
      dependencies: [
        "Domain", "Geometry", "Sealing", "MeshFiles", "PrintPackage", "BureauProtocol",
        "HTTPClient", "Workers", "Dispatching", "Vault", "Brokering", "BrokerServer", "BureauAgent",
        "CPlatform", argumentParser, crypto, logging,
      ],
      exclude: ["Files.md"],
      swiftSettings: settings
    ),

    // Tests mirror modules.
    .target(
      name: "TestSupport",
      dependencies: ["Domain", "Geometry", "MeshFiles", "BlobStore", logging],
      path: "Tests/Support",
      swiftSettings: settings
    ),
    tests("DomainTests", ["Domain", "TestSupport"]),
    tests("GeometryTests", ["Geometry"]),
    tests("SealingTests", ["Sealing", "TestSupport", crypto]),
    tests("LicensingTests", ["Licensing", "TestSupport"]),
    tests("MatchingTests", ["Matching", "TestSupport"]),
    tests("MeshFilesTests", ["MeshFiles", "Geometry", "TestSupport"]),
    .target(
      name: "FuzzTargets", dependencies: ["Geometry", "MeshFiles"], path: "Tests/Fuzz/Targets",
      swiftSettings: settings),
    tests("FuzzTests", ["FuzzTargets", "TestSupport"]),
    tests("PrintPackageTests", ["PrintPackage", "Sealing", "TestSupport"]),
    tests(
      "HTTPClientTests",
      ["HTTPClient", "TestSupport", hummingbird, hummingbirdTLS, lifecycle, logging]
    ),
    tests("BlobStoreTests", ["BlobStore", "TestSupport"]),
    tests("DatabaseTests", ["Database", "TestSupport", grdb, sqlite]),
    .target(
      name: "ConfinementProbe", dependencies: ["CPlatform"], path: "Tests/ConfinementProbe"),
    tests(
      "WorkersTests", ["Workers", "Geometry", "MeshFiles", "ConfinementProbe", "TestSupport"]),
    tests("LedgerTests", ["Ledger", "Sealing", "Database", "TestSupport"]),
    tests(
      "VaultTests",
      [
        "Vault", "Sealing", "MeshFiles", "PrintPackage", "Database", "BlobStore", "Ledger",
        "Workers", "TestSupport", crypto,
      ]
    ),
    tests(
      "BrokeringTests",
      ["Brokering", "Database", "Ledger", "Matching", "Sealing", "PrintPackage", "TestSupport"]
    ),
    tests(
      "DispatchingTests",
      ["Dispatching", "Brokering", "Vault", "Database", "BlobStore", "Sealing", "TestSupport"]
    ),
    tests(
      "BrokerAPITests",
      [
        "BrokerAPI", "BrokerServer", "BureauProtocol", "Database", "Dispatching", "Ledger",
        "PrintPackage", "Sealing", "Vault", "Workers", "Brokering", "everpart", "TestSupport",
        hummingbird, hummingbirdTesting, lifecycle, logging, crypto,
      ]
    ),
    tests(
      "BureauAgentTests",
      [
        "BureauAgent", "BureauProtocol", "BrokerServer", "Domain", "HTTPClient", "Workers",
        "PrintPackage", "Sealing", "TestSupport", hummingbird, lifecycle, logging,
      ]
    ),
    tests(
      "StorageConformanceTests",
      ["Database", "Ledger", "Vault", "Brokering", "Dispatching", "TestSupport"]
    ),
    tests(
      "JourneyTests",
      [
        "HTTPClient", "Vault", "Brokering", "Database", "BlobStore", "Sealing", "Domain",
        "TestSupport", sqlite,
      ],
      exclude: ["Shim"]
    ),
    tests("CommandTests", ["TestSupport", "everpart", "Domain", "Geometry", argumentParser]),
    tests("RepositoryTests", ["TestSupport", "everpart", argumentParser]),
  ],
  swiftLanguageModes: [.v6]
)

// For Deploy/fuzz alone, which sets FUZZ and builds with libFuzzer.
if Context.environment["FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Driver",
      swiftSettings: settings))
}
