// swift-tools-version:6.2
import PackageDescription

// A package of its own, so that no build or test of Everpart pays for it.

let package = Package(
  name: "everpart-benchmarks",
  dependencies: [.package(name: "everpart", path: "../..")],
  targets: [
    .executableTarget(
      name: "Benchmarks",
      dependencies: [.product(name: "BenchmarkedModules", package: "everpart")],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
      ]
    )
  ],
  swiftLanguageModes: [.v6]
)
