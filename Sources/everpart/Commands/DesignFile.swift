import ArgumentParser
import Crypto
import Domain
import MeshFiles
import PrintPackage
import Vault

extension FilePurpose {
  /// Reads a command's option.
  static func named(_ text: String) throws -> FilePurpose {
    guard let purpose = FilePurpose(rawValue: text) else {
      let names = allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("A purpose is one of \(names).")
    }
    return purpose
  }
}

extension MeshUnit {
  /// Reads a command's option.
  static func named(_ text: String) throws -> MeshUnit {
    guard let unit = MeshUnit(rawValue: text) else {
      throw ValidationError("A unit is one of \(names).")
    }
    return unit
  }
}

/// A file on this disk for a design's draft.
struct DesignFile {
  let path: String
  let purpose: FilePurpose
  let mediaType: String
  /// What a mesh's coordinates are in, where its brand says it.
  let unit: MeshUnit?
  /// In bytes.
  let size: Int
  /// Whether it is a surface that encloses nothing.
  let hasBoundary: Bool
  /// What its size makes suspect of the unit that nobody has said; nil where nothing does.
  let unitSuspicion: String?

  /// Takes a document's media type from the name's ending and a mesh's from its content, and refuses what the
  /// purpose does not take before anything is sent (`file.media_type`, `file.unit`); a mesh that will be
  /// refused, too.
  init(_ path: String, _ purpose: FilePurpose, unit: MeshUnit? = nil) throws {
    self.path = path
    self.purpose = purpose
    self.unit = unit
    size = try FilePieces(path).size
    if purpose == .geometry {
      let family: MeshFamily
      do {
        let summary = try MeshInput(meshFile: path, unit: unit?.length).inspection.summary
        (hasBoundary, family) = (!summary.isClosed, summary.format.family)
        unitSuspicion = summary.problems.first { $0.code == .unitSuspected }?.message
      } catch let refusal as MeshRefusal where refusal.code == .needsConverter {
        // Not measured here, but taken.
        (hasBoundary, family) = (false, .step)
        unitSuspicion = nil
      }
      mediaType =
        purpose.mediaTypes.first { FilePurpose.meshEnding(ofMediaType: $0) == family.rawValue }
        ?? purpose.mediaTypes[0]
      return
    }
    guard unit == nil else {
      throw Problem(.invalid, "file.unit", "Only a mesh has a unit; this is a document.")
    }
    (hasBoundary, unitSuspicion) = (false, nil)
    let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
    guard
      let type = purpose.mediaTypes.first(where: {
        FilePurpose.documentEnding(ofMediaType: $0) == ending
      })
    else {
      let endings = purpose.mediaTypes.compactMap(FilePurpose.documentEnding)
      throw Problem(
        .mediaType, "file.media_type",
        "For the purpose “\(purpose.rawValue)” a file's name ends in "
          + "\(endings.map { "." + $0 }.joined(separator: ", ")): \(Terminal.plain(path)) does not."
      )
    }
    mediaType = type
  }

  /// The last part of its path.
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// Sends it into a design's draft; the file as the broker has stored it. What is there already, with the
  /// same name, purpose and size, is not sent again: another run of the same command has done that.
  func upload(to design: JSONValue, _ client: BrokerClient) async throws -> JSONValue {
    if let there = design["files"].elements.first(where: looksLike) { return there }
    var upload = try ResumingUpload(self, to: design["id"].text, client)
    return try await upload.run()
  }

  /// Whether a file of a revision has its name, purpose, length and unit, for which millimetres are taken where
  /// none is said.
  func looksLike(_ stored: JSONValue) -> Bool {
    stored["name"].string == name && stored["purpose"].string == purpose.rawValue
      && stored["bytes"].integer == Int64(size)
      && (stored["unit"].string ?? MeshUnit.millimeter.rawValue)
        == (unit ?? .millimeter).rawValue
  }

  /// The SHA-256 of what is on the disk now.
  func digest() throws -> ContentDigest {
    let pieces = try FilePieces(path, telling: { _ in })
    var hash = SHA256()
    while let piece = try pieces.next() { hash.update(data: piece) }
    return ContentDigest(finishing: hash)
  }
}
