import ArgumentParser
import Domain

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

/// A file on this disk for a design's draft.
struct DesignFile {
  let path: String
  let purpose: FilePurpose
  let mediaType: String

  /// Takes the media type from the name's ending, and refuses what the purpose does not take before
  /// anything is sent (`file.media_type`); a mesh that will be refused, too.
  init(_ path: String, _ purpose: FilePurpose) throws {
    self.path = path
    self.purpose = purpose
    _ = try FilePieces(path)
    if purpose == .geometry {
      _ = try Inspect.measure(path)
      mediaType = "model/stl"
      return
    }
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

  /// Sends it into the draft of the design at a path; the file as the broker has stored it.
  func upload(to design: String, _ client: BrokerClient) async throws -> JSONValue {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return try await client.upload(
      "\(design)/files?name=\(percentEncoded(name))&purpose=\(purpose.rawValue)", file: path,
      mediaType: mediaType)
  }
}
