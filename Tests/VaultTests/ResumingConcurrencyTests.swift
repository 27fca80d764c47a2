import Domain
import TestSupport
import Testing

@testable import Vault

@Suite("Requests that meet at one upload", .timeLimit(.minutes(2)))
struct ResumingConcurrencyTests {
  private static let mesh = ResumingWorld.mesh

  /// A request that has sent some bytes and then hangs until it is told to let go.
  private struct Hanging {
    let task: Task<Void, any Error>

    init(_ uploads: ResumingWorld, _ upload: UploadID, bytes: Int = 100_000) async {
      let (begun, hangs) = AsyncStream.makeStream(of: Void.self)
      let (told, tell) = AsyncStream.makeStream(of: Never.self)
      task = Task {
        _ = try await uploads.vault.receive(
          upload, brand: uploads.world.brand, at: 0, letGo: { tell.finish() },
          body: Pieces(
            Array(Self.mesh(bytes)),
            atEnd: {
              hangs.finish()
              for await _ in told {}
              throw Pieces.Disconnected()
            }))
      }
      for await _ in begun {}
    }

    private static func mesh(_ bytes: Int) -> ArraySlice<UInt8> {
      ResumingConcurrencyTests.mesh[..<bytes]
    }
  }

  @Test("of two requests the second is sent away, until the first has been silent for a while")
  func takesOver() async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    let hanging = await Hanging(uploads, upload)
    func second(at offset: Int) async throws {
      _ = try await uploads.vault.receive(
        upload, brand: uploads.world.brand, at: offset, body: Pieces(Array(Self.mesh[offset...])))
    }
    await expectProblem("upload.busy") { try await second(at: 0) }
    uploads.world.clock.advance(by: .seconds(4))
    await expectProblem("upload.busy") { try await second(at: 0) }
    uploads.world.clock.advance(by: .seconds(2))
    // What the first had is kept, so the second does not begin there.
    await expectProblem("upload.offset") { try await second(at: 0) }
    await #expect(throws: Pieces.Disconnected.self) { try await hanging.task.value }
    #expect(try await uploads.view(upload).offset == 100_000)
    try await second(at: 100_000)
    try await uploads.expectFile(upload)
  }

  @Test("who asks where an upload is ends the request that hangs, and hears of what it had")
  func asks() async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    let hanging = await Hanging(uploads, upload)
    #expect(try await uploads.view(upload).offset == 0)
    let settled = try await uploads.vault.settledUpload(brand: uploads.world.brand, upload)
    #expect(settled.offset == 100_000)
    await #expect(throws: Pieces.Disconnected.self) { try await hanging.task.value }
    try await uploads.goOn(upload)
    try await uploads.expectFile(upload)
  }

  @Test("a deletion ends the request that is at it")
  func deletes() async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    let hanging = await Hanging(uploads, upload, bytes: 300_000)
    try await uploads.vault.deleteUpload(brand: uploads.world.brand, upload)
    await #expect(throws: (any Error).self) { try await hanging.task.value }
    try await uploads.expectNothingLeft()
  }

  @Test("duties leave alone what somebody is at")
  func tends() async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    let hanging = await Hanging(uploads, upload)
    uploads.world.clock.advance(by: .seconds(30 * 86_400))
    try await uploads.vault.tendUploads()
    try await uploads.vault.sweep()
    _ = await Result { try await uploads.vault.settledUpload(brand: uploads.world.brand, upload) }
    await #expect(throws: Pieces.Disconnected.self) { try await hanging.task.value }
    // It moved on in its last moment, and so it is kept.
    #expect(try await uploads.view(upload).offset == 100_000)
  }

  @Test("of eight requests with the same bytes at once one makes the file, and there is one")
  func races() async throws {
    let uploads = try await ResumingWorld()
    let upload = try await uploads.begin(of: try await uploads.world.createDesign().id)
    try await uploads.send(0..<70_000, to: upload)
    let codes = await withTaskGroup(of: String.self) { group in
      for _ in 0..<8 {
        group.addTask {
          do {
            let view = try await uploads.vault.receive(
              upload, brand: uploads.world.brand, at: 70_000,
              body: Pieces(Array(Self.mesh[70_000...])))
            return view.state.rawValue
          } catch {
            return (error as? Problem)?.code ?? "\(error)"
          }
        }
      }
      return await group.reduce(into: [String]()) { $0.append($1) }
    }
    #expect(codes.count { $0 == "finished" } == 1, "\(codes)")
    #expect(
      Set(codes).isSubset(of: ["finished", "upload.busy", "upload.offset", "upload.finished"]))
    try await uploads.expectFile(upload)
  }

  @Test("requests count as running uploads")
  func limits() async throws {
    let uploads = try await ResumingWorld { $0.brandUploadsAtOnceMax = 1 }
    let design = try await uploads.world.createDesign()
    let upload = try await uploads.begin(of: design.id)
    let hanging = await Hanging(uploads, upload)
    await expectProblem("upload.too_many") {
      try await uploads.world.upload(
        SampleDocument.pdf, to: design.id, name: "b.pdf", purpose: .drawing,
        mediaType: "application/pdf")
    }
    _ = try await uploads.vault.settledUpload(brand: uploads.world.brand, upload)
    _ = await Result { try await hanging.task.value }
    try await uploads.goOn(upload)
    try await uploads.expectFile(upload)
  }
}
