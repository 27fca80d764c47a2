import Foundation

/// What a client asks a server on this machine for.
struct Client: Sendable {
  let port: Int
  var key = ""

  /// A request up to its body; the last header may be given later.
  func head(_ method: String, _ path: String, type: String, bodyBytes: Int) -> String {
    "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAuthorization: Bearer \(key)\r\n"
      + "Content-Type: \(type)\r\nContent-Length: \(bodyBytes)\r\n"
  }

  /// Asks over a connection of its own, and takes nothing but success.
  @discardableResult
  func ask(
    _ method: String, _ path: String, _ body: [String: Any]? = nil, on connection: Connection? = nil
  ) throws -> JSON {
    let connection = try connection ?? Connection(port: port)
    let bytes = try body.map { try JSON($0).bytes } ?? []
    let head = head(method, path, type: "application/json", bodyBytes: bytes.count)
    try connection.send(Array((head + "\r\n").utf8) + bytes)
    return try Self.accepted(connection.answer(), path)
  }

  @discardableResult
  func post(_ path: String, _ body: [String: Any]? = nil) throws -> JSON {
    try ask("POST", path, body)
  }

  /// Sends a file as the body.
  @discardableResult
  func upload(_ file: String, to path: String, type: String) throws -> JSON {
    let connection = try Connection(port: port)
    let input = try FileHandle(forReadingFrom: URL(filePath: file))
    let size = Int(try input.seekToEnd())
    try input.seek(toOffset: 0)
    try connection.send(Array((head("POST", path, type: type, bodyBytes: size) + "\r\n").utf8))
    while let piece = try input.read(upToCount: 1 << 20), !piece.isEmpty {
      try piece.withUnsafeBytes { try connection.send($0) }
    }
    return try Self.accepted(connection.answer(), path)
  }

  private static func accepted(_ answer: Connection.Answer, _ path: String) throws -> JSON {
    guard (200..<300).contains(answer.status) else {
      throw Failure("\(path): \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
    }
    return try JSON(answer.body.isEmpty ? Array("null".utf8) : answer.body)
  }
}
