import BlobStore
import Domain
import Ledger
import Sealing
import TestSupport
import Testing
import Vault

@Suite("Documents of a revision")
struct DocumentTests {
  private static let bad: [(String, [UInt8])] =
    [
      "", "%PD", "<html>%%EOF", " %PDF-1.4 %%EOF", "%PDF-1.4 no end",
      "%PDF-1.4 %%EOF" + String(repeating: " ", count: 1100),
    ].map { ("application/pdf", Array($0.utf8)) }
    + [
      [], [0x61, 0xFF], [0x61, 0x00], [0x61, 0x1B, 0x5B], [0xC2, 0x9B], [0xC0, 0xAF],
      [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x61, 0xE2, 0x82],
    ].map { ("text/csv", $0) }
    + [" ", "\"text\"", "{\"a\": [1]", "[1}", "\u{FEFF}{}"].map {
      ("application/json", Array($0.utf8))
    }

  @Test(
    "a document is sealed unmeasured and reaches the bureau with its purpose",
    arguments: [
      (FilePurpose.drawing, "application/pdf", SampleDocument.pdf),
      (.inspectionPlan, "application/pdf", SampleDocument.pdf),
      (.inspectionPlan, "text/csv; charset=utf-8", SampleDocument.csv),
      (.inspectionPlan, "application/json", SampleDocument.json),
      (.inspectionPlan, "application/json", Array("\n[1, \"ü€🙂\"]\r\n".utf8)),
    ])
  func arrives(purpose: FilePurpose, type: String, content: [UInt8]) async throws {
    let world = try await VaultWorld()
    let draft = try await world.createDesign()
    try await world.upload(SampleMesh.box(), to: draft.id)
    // One byte a piece: no boundary is where a check would like it.
    let file = try await world.upload(
      content, to: draft.id, name: "document", purpose: purpose, mediaType: type
    ) { Pieces($0, size: 1) }
    #expect(file.purpose == purpose && file.measurement == nil && file.problems.isEmpty)
    #expect(file.bytes == content.count)

    let fixture = try await ReleaseWorld(world, releasing: draft.id, contents: [:])
    try await fixture.record()
    let files = try await fixture.vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
    #expect(files.map(\.purpose) == [purpose, .geometry])
    #expect(try await fixture.open(files[0]) == content)
  }

  @Test("a document that is not what it is sent as is refused, and nothing stays", arguments: bad)
  func refuses(type: String, content: [UInt8]) async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    for size in [1, 4096] {
      await expectProblem("file.content") {
        try await world.upload(
          content, to: design.id, name: "d", purpose: .inspectionPlan, mediaType: type
        ) { Pieces($0, size: size) }
      }
    }
    #expect(try await world.leftovers().isEmpty)
    #expect(try await world.count(.blob) == 0)
  }

  @Test("a purpose takes its own media types and no other")
  func mediaTypes() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    let refused: [(FilePurpose, String)] = [
      (.geometry, "application/pdf"), (.drawing, "model/stl"), (.drawing, "text/csv"),
      (.drawing, "application/octet-stream"), (.inspectionPlan, "text/html"),
      (.inspectionPlan, "model/stl"),
    ]
    for (purpose, type) in refused {
      await expectProblem("file.media_type") {
        try await world.upload(
          SampleDocument.pdf, to: design.id, purpose: purpose, mediaType: type)
      }
    }
  }

  @Test("a document has a limit of its own, declared or not")
  func limit() async throws {
    let world = try await VaultWorld(limits: VaultLimits(documentBytesMax: 1000))
    let design = try await world.createDesign()
    let long = SampleDocument.csv + [UInt8](repeating: 0x61, count: 1000)
    await expectProblem("file.too_large") {
      try await world.upload(
        long, to: design.id, name: "d.csv", purpose: .inspectionPlan, mediaType: "text/csv")
    }
    await expectProblem("file.too_large") {
      try await world.vault.upload(
        brand: world.brand, design: design.id, fileName: "d.csv", purpose: .inspectionPlan,
        mediaType: "text/csv", declaredBytes: 1001,
        body: Pieces(long, before: { _ in Issue.record("read") }))
    }
    // A mesh may be larger.
    try await world.upload(SampleMesh.noise(facets: 100, seed: 1), to: design.id)
    #expect(try await world.leftovers().isEmpty)
  }
}
