import Domain
import Foundation
import MeshFiles
import TestSupport
import Testing
import Workers

@testable import Vault

/// A worker that its mesh has taken over, and what it says.
@Suite("Sizes from a worker")
struct MeshReportTests {
  /// What an honest worker says of a box of 20 × 30 × 5.
  static let truth =
    #"{"figures":{"area":1700,"bounds":{"max":[20,30,5],"min":[0,0,0]},"centre_of_mass":[10,15,2.5],"#
    + #""closed":true,"degenerate_facets":0,"signed_volume":3000,"triangles":12},"format":"obj","#
    + #""topology":{"degenerate_facets":0,"duplicate_facets":0,"flipped_edges":0,"holes":0,"#
    + #""non_manifold_edges":0,"open_edges":0,"shells":1,"unbalanced_edges":0,"vertices":8},"#
    + #""triangles":12}"#

  private func said(_ report: String) async throws -> (VaultWorld, DesignID, MeasuringState?) {
    let world = try await VaultWorld(worker: Worker(program: WorkerDouble.saysWhatItReads.path))
    let design = try await world.createDesign().id
    try await world.upload(
      Array("# report: \(report)\nv 0 0 0\n".utf8), to: design, name: "a.obj",
      mediaType: "model/obj")
    let job = try #require(try await world.vault.nextMeasuringJob())
    return (world, design, try await world.vault.measure(job))
  }

  private func measurement(_ world: VaultWorld, _ design: DesignID) async throws -> MeshSummary? {
    try await world.vault.design(brand: world.brand, design).files.first?.measurement
  }

  @Test("what can be true is taken")
  func isTaken() async throws {
    let (world, design, state) = try await said(Self.truth)
    #expect(state == .done)
    #expect(try await measurement(world, design)?.size == [20, 30, 5])
  }

  static let lies: [(from: String, to: String)] = [
    (#""signed_volume":3000"#, #""signed_volume":6600"#),
    (#""signed_volume":3000"#, #""signed_volume":-6600"#),
    (#""signed_volume":3000"#, #""signed_volume":1e999"#),
    (#""area":1700"#, #""area":4600"#), (#""area":1700"#, #""area":-1"#),
    (#""min":[0,0,0]"#, #""min":[21,0,0]"#), (#""max":[20,30,5]"#, #""max":[20,30]"#),
    (#""max":[20,30,5]"#, #""max":[20,30,"5"]"#),
    (#""max":[20,30,5]"#, #""max":[1e308,30,5]"#),
    (#""closed":true"#, #""closed":false"#), (#""vertices":8"#, #""vertices":37"#),
    (#""unbalanced_edges":0"#, #""unbalanced_edges":1"#), (#""holes":0"#, #""holes":1"#),
    (#""degenerate_facets":0,"signed"#, #""degenerate_facets":13,"signed"#),
    (#""triangles":12}"#, #""triangles":13}"#), (#""triangles":12},"#, #""triangles":0},"#),
    (#""format":"obj""#, #""format":"stl-binary""#), (#""format":"obj""#, #""format":"3mf""#),
    (#""format":"obj""#, #""format":"step""#), (#""format":"obj","#, ""),
    (#""triangles":12}"#, #""triangles":12,"unit":"inch"}"#),
    (#""triangles":12}"#, #""triangles":12,"note":"x"}"#),
    (#"{"figures""#, #"{ "figures""#),
    (#","format":"obj","#, #","format":"obj","refused":"mesh.empty","#),
  ]

  @Test("what cannot be true is a crash, and leaves no sizes", arguments: lies.indices)
  func isSeenThrough(index: Int) async throws {
    let (from, to) = Self.lies[index]
    // The last of them: it is the report's own where figures have one of the name.
    let range = try #require(Self.truth.ranges(of: from).last)
    let lie = Self.truth.replacingCharacters(in: range, with: to)
    let (world, design, state) = try await said(lie)
    #expect(state == .pending, "\(lie)")
    #expect(try await measurement(world, design) == nil)
    let view = try await world.vault.measurement(brand: world.brand, design: design)
    #expect(view.crashes == 1 && view.detail == "it answered what cannot be true")
  }

  @Test("more facets than a mesh may have are none that can be true")
  func limit() async throws {
    var limits = VaultLimits(filesMax: 32)
    limits.mesh.trianglesMax = 11
    let world = try await VaultWorld(
      limits: limits, worker: Worker(program: WorkerDouble.saysWhatItReads.path))
    let design = try await world.createDesign().id
    try await world.upload(
      Array("# report: \(Self.truth)\n".utf8), to: design, name: "a.obj", mediaType: "model/obj")
    let job = try #require(try await world.vault.nextMeasuringJob())
    #expect(try await world.vault.measure(job) == .pending)
  }

  @Test("a refusal has its code where the brand looks, and leaves no sizes")
  func refused() async throws {
    let (world, design, state) = try await said(#"{"refused":"mesh.empty","triangles":0}"#)
    #expect(state == .refused)
    #expect(try await measurement(world, design) == nil)
    let view = try await world.vault.measurement(brand: world.brand, design: design)
    #expect(view.code == "mesh.empty")
    await expectProblem("mesh.empty") {
      _ = try await world.vault.releaseRevision(
        brand: world.brand, design: design, by: world.key)
    }
  }

  @Test("an attempt that is not the one under way leaves no sizes, and what is there stays")
  func oldAttempt() async throws {
    let world = try await VaultWorld(worker: Worker(program: WorkerDouble.saysWhatItReads.path))
    let design = try await world.createDesign().id
    try await world.upload(
      Array("# report: \(Self.truth)\n".utf8), to: design, name: "a.obj", mediaType: "model/obj")
    let old = try #require(try await world.vault.nextMeasuringJob())
    try await world.vault.resumeMeasuring()
    let new = try #require(try await world.vault.nextMeasuringJob())
    try await world.vault.measure(old)
    #expect(try await measurement(world, design) == nil)
    try await world.vault.measure(new)
    let first = try #require(try await measurement(world, design))
    // As if the row had been lost: the sizes that a part may be sold by do not change.
    try await world.run("UPDATE design_file SET measurement = REPLACE(measurement, '20', '19')")
    try await world.run("UPDATE measuring SET state = 'pending'")
    try await world.vault.measure(try #require(try await world.vault.nextMeasuringJob()))
    #expect(try await measurement(world, design)?.size == [19, 30, 5])
    #expect(first.size == [20, 30, 5])
  }
}
