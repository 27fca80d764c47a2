import Domain
import FoundationEssentials
import HTTPClient

/// Sends a file into a design's draft, over as many connections as it takes (tus 1.0.0), and goes on in
/// another run of the command with what this one began.
struct ResumingUpload {
  private static let collection = "/v1/brand/uploads"

  private let client: BrokerClient
  private let design: String
  private let file: DesignFile
  private let name: String
  private let identity: FilePieces.Identity
  private var memory: UploadMemory
  private var retrying = Retrying()
  private var hasSaidWhere: Bool
  private var hasRestarted = false
  private var furthest = 0
  private let key: String?
  private let telling: (@Sendable (Int) -> Void)?

  /// - Parameters:
  ///   - design: the design's identifier.
  ///   - key: makes the request that begins it safe to repeat where nothing is remembered, too: it has to
  ///     be another one for other bytes.
  ///   - telling: is told how many bytes were sent, in place of a progress bar.
  init(
    _ file: DesignFile, to design: String, _ client: BrokerClient, key: String? = nil,
    telling: (@Sendable (Int) -> Void)? = nil
  ) throws {
    (self.key, self.telling) = (key, telling)
    (self.client, self.design, self.file) = (client, design, file)
    name = file.name
    identity = try FilePieces(file.path).identity
    memory = try UploadMemory(
      client, about: "\(file.path) to \(design) at \(client.server)",
      [
        design, absolutePath(file.path), file.purpose.rawValue, String(identity.size),
        identity.modified,
      ] + (file.unit.map { [$0.rawValue] } ?? []), key: key)
    // In the first run there is nothing to go on with.
    hasSaidWhere = !memory.isOld
  }

  /// Sends what is missing; the file as the broker has stored it.
  ///
  /// - Throws: what the broker refuses the file with; `upload.interrupted` when the connection was lost
  ///   again and again.
  mutating func run() async throws -> JSONValue {
    while true {
      do {
        if let file = try await goOn() {
          memory.forget()
          return file
        }
        retrying.progressed()
      } catch let problem as Problem where problem.code == "file.changed" {
        await giveUp()
        throw problem
      } catch {
        do {
          try await retrying.pause(after: error)
        } catch let failure where Retrying.isPassing(failure) {
          throw Problem(
            .unavailable, "upload.interrupted",
            "The connection was lost too often (\(oneLine(error))). Run the same command again: it "
              + "goes on at \(ProgressBar.size(furthest)) of \(ProgressBar.size(identity.size)).")
        }
      }
    }
  }

  /// Ends the upload: what it has is of a file that is no more. Where that does not get through, it ends by
  /// itself, like any that nobody goes on with.
  private func giveUp() async {
    if let upload = memory.content.upload { _ = try? await client.exchange("DELETE", upload) }
    memory.forget()
  }

  /// One connection's worth; the file once it is there.
  private mutating func goOn() async throws -> JSONValue? {
    guard let upload = try await begin(), let offset = try await offset(of: upload) else {
      return nil
    }
    if offset > furthest { retrying.progressed() }
    furthest = max(furthest, offset)
    if offset == identity.size { return try await client.get(upload)["file"] }
    if !hasSaidWhere, offset > 0, telling == nil {
      Terminal.write(
        "Going on with \(Terminal.plain(name)) at \(ProgressBar.size(offset)) of "
          + ProgressBar.size(identity.size), to: .standardError)
    }
    hasSaidWhere = true
    try await send(from: offset, to: upload)
    return nil
  }

  /// The upload's path: the one that is remembered, or that of a new one. Nil where it has to be asked for
  /// again.
  private mutating func begin() async throws -> String? {
    if let upload = memory.content.upload { return upload }
    let value = { (text: String) in Data(text.utf8).base64EncodedString() }
    let response = try await client.exchange(
      "POST", Self.collection,
      headers: [
        ("Upload-Length", String(identity.size)),
        (
          "Upload-Metadata",
          "filename \(value(name)),filetype \(value(file.mediaType)),design \(value(design)),"
            + "purpose \(value(file.purpose.rawValue))"
            + (file.unit.map { ",unit \(value($0.rawValue))" } ?? "")
        ),
        ("Idempotency-Key", memory.content.key),
      ])
    // An upload that was begun under this key and is no more.
    if response.status == 404, memory.isOld || key != nil { return try restart() }
    _ = try BrokerClient.answer(response)
    guard let path = response.headers["Location"], path.hasPrefix(Self.collection + "/upl_") else {
      throw Problem(.failed, "upload.location", "The server does not say where the upload is.")
    }
    try memory.remember(upload: path)
    return path
  }

  /// How much of the upload is durable. Nil where it is no more and a new one has to be begun.
  private mutating func offset(of upload: String) async throws -> Int? {
    let response = try await client.exchange("HEAD", upload)
    switch response.status {
    case 200:
      guard let offset = response.headers["Upload-Offset"].flatMap({ Int($0) }),
        (0...identity.size).contains(offset)
      else { throw Problem(.failed, "upload.location", "The server does not say an offset.") }
      return offset
    case 404: return try restart()
    case 410:
      let reason = try await client.get(upload)["reason"]
      guard let code = reason["code"].string else { return try restart() }
      memory.forget()
      throw Problem(.invalid, code, reason["detail"].text)
    default:
      _ = try BrokerClient.answer(response)
      return nil
    }
  }

  private mutating func restart<Value>() throws -> Value? {
    guard !hasRestarted else {
      throw Problem(.absent, "upload.gone", "The upload is gone; run the same command again.")
    }
    hasRestarted = true
    try memory.restart()
    return nil
  }

  private func send(from offset: Int, to upload: String) async throws {
    let pieces = try FilePieces(file.path, from: offset, telling: telling)
    guard pieces.identity == identity else { throw FilePieces.changed(file.path) }
    let response = try await pieces.whileSent {
      try await client.exchange(
        "PATCH", upload,
        headers: [
          ("Upload-Offset", String(offset)), ("Content-Type", "application/offset+octet-stream"),
        ],
        body: .stream(length: Int64(identity.size - offset)) { try pieces.next() })
    }
    do {
      _ = try BrokerClient.answer(response)
    } catch let problem as Problem where !Retrying.isPassing(problem) {
      if ![404, 410].contains(response.status) { memory.forget() }
      throw problem
    }
  }
}
