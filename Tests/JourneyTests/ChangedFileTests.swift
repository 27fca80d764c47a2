import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

extension CommandLineTools {
  @Test("a file that is written to while it is sent is not sent on, and its upload is ended")
  func changedFile() async throws {
    let folder = try CommandFolder()
    // A hole: far more than connections hold, so that most of it is read after the change.
    let size = 30 << 20
    let file = try folder.files.write("%PDF-1.4\n".utf8, to: "large.pdf")
    try #require(truncate(file, off_t(size)) == 0)
    let server = try ScriptedServer {
      let handle = try FileHandle(forWritingTo: URL(filePath: file))
      try handle.seek(toOffset: UInt64(size - 1))
      try handle.write(contentsOf: [1])
      try handle.close()
    }
    let outcome = try await folder.run(
      "brand", "add-file", "dsn_1", file, "--purpose", "drawing",
      environment: [
        "EVERPART_SERVER": "http://127.0.0.1:\(server.port)", "EVERPART_KEY": SampleKey.unknown,
        "XDG_STATE_HOME": folder.path("state"),
      ])
    outcome.isRefused("file.changed")
    #expect(server.seen.map(\.method) == ["GET", "POST", "HEAD", "PATCH", "DELETE"])
    #expect(server.seen.allSatisfy { $0.bytes < size })
    let states = try folder.files.files().filter { $0.hasPrefix("state/") }
    #expect(states.isEmpty, "what was given up is not remembered")
  }

  @Test("between the last byte and the broker's answer the command shows that it waits")
  func waiting() async throws {
    let folder = try CommandFolder()
    let file = try folder.files.write([UInt8](repeating: 0x25, count: 300_000), to: "sheet.pdf")
    // It reads the file to the end, and goes on waiting for more.
    let server = try ScriptedServer {}
    let terminal = try PseudoTerminal()
    let upload = try Child(
      try Product.require(), ["brand", "add-file", "dsn_1", file, "--purpose", "drawing"],
      output: folder.path("out"), errors: terminal.path,
      environment: [
        "EVERPART_SERVER": "http://127.0.0.1:\(server.port)", "EVERPART_KEY": SampleKey.unknown,
        "XDG_STATE_HOME": folder.path("state"),
      ], input: terminal.path, ownSession: true)
    try await eventually("a sign of life", seconds: 30) {
      terminal.look().contains("The broker seals the file, 2 s") ? true : nil
    }
    upload.kill()
  }
}

/// What a broker says to an upload, a connection a request. The bytes of a file it begins to take only when
/// something has happened.
private final class ScriptedServer: Sendable {
  let port: UInt16
  private let requests = Mutex<[(method: String, bytes: Int)]>([])

  /// The requests so far, with the length of what came of their bodies.
  var seen: [(method: String, bytes: Int)] { requests.withLock { $0 } }

  init(beforeBody change: @escaping @Sendable () throws -> Void) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 8) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    try #require(isBound)
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in
      var method = ""
      while method != "DELETE" {
        let connection = accept(listener, nil, nil)
        method = answer(connection, change)
        close(connection)
      }
      close(listener)
    }
  }

  /// Answers one request; its method.
  private func answer(_ connection: Int32, _ change: () throws -> Void) -> String {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      var byte: UInt8 = 0
      guard read(connection, &byte, 1) == 1 else { return "" }
      head.append(byte)
    }
    let method = String(decoding: head.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
    guard method != "PATCH" else {
      do { try change() } catch { Issue.record(error) }
      var (buffer, bytes) = ([UInt8](repeating: 0, count: 1 << 20), 0)
      while case let count = read(connection, &buffer, buffer.count), count > 0 { bytes += count }
      requests.withLock { $0.append((method, bytes)) }
      return method
    }
    requests.withLock { $0.append((method, 0)) }
    switch method {
    case "GET": say(connection, "200 OK", "Content-Type: application/json", #"{"id": "dsn_1"}"#)
    case "POST": say(connection, "201 Created", "Location: /v1/brand/uploads/upl_1")
    case "HEAD": say(connection, "200 OK", "Upload-Offset: 0")
    default: say(connection, "204 No Content", "Upload-Offset: 0")
    }
    return method
  }

  private func say(_ connection: Int32, _ status: String, _ header: String, _ body: String = "") {
    let text =
      "HTTP/1.1 \(status)\r\n\(header)\r\nConnection: close\r\n"
      + (status.hasPrefix("204") ? "" : "Content-Length: \(body.utf8.count)\r\n") + "\r\n\(body)"
    _ = text.withCString { write(connection, $0, strlen($0)) }
  }
}
