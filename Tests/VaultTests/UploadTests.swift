import BlobStore
import Database
import Domain
import FoundationEssentials
import MeshFiles
import TestSupport
import Testing

@testable import Vault

@Suite("Uploads")
struct UploadTests {
  @Test("an uploaded box is measured, listed and stored sealed")
  func uploads() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    let bytes = SampleMesh.box(20, 30, 5)
    let file = try await world.upload(bytes, to: design.id, mediaType: "Model/STL; charset=x")
    #expect(file.name == "leg-cap.stl")
    #expect(file.mediaType == "model/stl")
    #expect(file.bytes == bytes.count)
    #expect(file.measurement?.size == SIMD3(20, 30, 5))
    let measured = try #require(file.measurement)
    #expect(measured.isClosed)
    #expect(abs(measured.volumeCubicMillimetres - 3000) < 1e-9)
    #expect(file.problems.isEmpty)
    let view = try await world.vault.design(brand: world.brand, design.id)
    #expect(view.files == [file])
    #expect(try await world.leftovers().isEmpty)

    let json = try JSONEncoder().encode(view)
    #expect(try JSONDecoder().decode(DesignView.self, from: json) == view)
    let text = String(decoding: json, as: UTF8.self)
    for key in ["\"media_type\"", "\"size_mm\"", "\"created_at\"", "\"pq_only\""] {
      #expect(text.contains(key))
    }
  }

  @Test("files come in the order of their names, and a name is taken once")
  func namesFiles() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    for name in ["b.pdf", "Deckel ä.pdf"] {
      try await world.upload(
        SampleDocument.pdf, to: design.id, name: name, purpose: .drawing,
        mediaType: "application/pdf")
    }
    try await world.upload(SampleMesh.box(), to: design.id, name: "a.stl")
    let view = try await world.vault.design(brand: world.brand, design.id)
    #expect(view.files.map(\.name) == ["Deckel ä.pdf", "a.stl", "b.pdf"])
    await expectProblem("file.name_taken") {
      try await world.upload(SampleMesh.box(), to: design.id, name: "a.stl")
    }
    #expect(try await world.leftovers().isEmpty)
  }

  @Test(
    "unsafe names are refused before anything is stored",
    arguments: [
      "", ".hidden.stl", "..", "a/b.stl", "a\\b.stl", "a\u{0}b", "a\nb", "\u{202E}lts.a", "-rf",
      "c:x", "a ", String(repeating: "x", count: 121), "\u{1B}[2J",
    ])
  func refusesNames(name: String) async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    await expectProblem("file.name") {
      try await world.upload(SampleMesh.box(), to: design.id, name: name)
    }
    #expect(try await world.count(.blob) == 0)
  }

  @Test("media types other than meshes' are refused", arguments: ["", "image/png", "model/gltf"])
  func refusesMediaTypes(type: String) async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    await expectProblem("file.media_type") {
      try await world.upload(SampleMesh.box(), to: design.id, mediaType: type)
    }
  }

  @Test("eight uploads at once all arrive whole; of eight with one name, one does")
  func uploadsConcurrently() async throws {
    let world = try await VaultWorld()
    let files = try await withThrowingTaskGroup(of: FileView.self) { group in
      for index in 0..<8 {
        group.addTask {
          let design = try await world.createDesign()
          return try await world.upload(SampleMesh.box(Float(index + 1), 1, 1), to: design.id)
        }
      }
      return try await group.reduce(into: [FileView]()) { $0.append($1) }
    }
    #expect(Set(files.compactMap(\.measurement?.size.x)) == Set((1...8).map(Double.init)))
    let design = try await world.createDesign()
    let winners = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (try? await world.upload(
            SampleDocument.pdf, to: design.id, name: "same.pdf", purpose: .drawing,
            mediaType: "application/pdf")) != nil
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(winners == 1)
    #expect(try await world.count(.file) == 9)
    #expect(try await world.leftovers().isEmpty)
    #expect(try await world.blobs.list().count == 9)
  }

  @Test("a revision takes so many files and no more, also at once")
  func limitsFiles() async throws {
    let world = try await VaultWorld(limits: VaultLimits(filesMax: 2))
    let design = try await world.createDesign()
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<6 {
        group.addTask {
          _ = try? await world.upload(
            SampleDocument.csv, to: design.id, name: "\(index).csv", purpose: .inspectionPlan,
            mediaType: "text/csv")
        }
      }
    }
    #expect(try await world.count(.file) == 2)
    await expectProblem("design.too_many_files") {
      try await world.upload(SampleMesh.box(), to: design.id)
    }
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("more uploads at once than allowed are refused while the others go on")
  func limitsUploads() async throws {
    let world = try await VaultWorld(limits: VaultLimits(uploadsAtOnceMax: 1))
    let design = try await world.createDesign()
    try await world.upload(SampleMesh.box(), to: design.id, name: "first.stl") { bytes in
      Pieces(
        bytes,
        atEnd: {
          await expectProblem("upload.too_many") {
            try await world.upload(SampleMesh.box(), to: design.id, name: "second.stl")
          }
        })
    }
    #expect(try await world.count(.file) == 1)
  }

  @Test("a brand with all the uploads that it may have keeps no other brand from uploading")
  func limitsUploadsOfABrand() async throws {
    let world = try await VaultWorld(limits: VaultLimits(brandUploadsAtOnceMax: 1))
    let design = try await world.createDesign()
    let other = try await VaultWorld.addBrand(world.database, world.clock.ambient)
    let others = try await world.createDesign(brand: other)
    try await world.upload(SampleMesh.box(), to: design.id, name: "first.stl") { bytes in
      Pieces(
        bytes,
        atEnd: {
          await expectProblem("upload.too_many") {
            try await world.upload(SampleMesh.box(), to: design.id, name: "second.stl")
          }
          try await world.upload(SampleMesh.box(), to: others.id, brand: other)
        })
    }
    #expect(try await world.count(.file) == 2)
  }
}
