import Foundation
import Glibc

/// A client over a bare socket, for what a well-behaved one does not do: bodies that are never in memory
/// as a whole, that stop short, and headers of any kind. What blocks has a thread of its own.
struct RawClient: Sendable {
  struct Failure: Error {
    let what: String
  }

  struct Answer: Sendable {
    let status: Int
    let head: String
    let body: [UInt8]
  }

  let port: Int

  /// Sends a head that says `Expect: 100-continue`, and the body once the server has asked for it and
  /// `meanwhile` has returned. Returns the first answer, which is interim if it is 100, and the final one.
  func sendWhenAsked(
    head: String, body: [UInt8], meanwhile: @escaping @Sendable () -> Void = {}
  ) async throws -> (first: Int, last: Answer) {
    try await onThread {
      let socket = try connect()
      defer { close(socket) }
      try write(Array(head.utf8), to: socket)
      let answer = try readHead(socket)
      guard answer.status == 100 else { return (answer.status, answer) }
      meanwhile()
      try write(body, to: socket)
      return (100, try read(socket, keep: { _ in }, keepsBody: true))
    }
  }

  /// Sends a head and a part of its body, says that nothing more comes while it still listens (a
  /// half-closed connection), and reads the answer.
  func sendHalf(head: String, body: [UInt8]) async throws -> Answer {
    try await onThread {
      let socket = try connect()
      defer { close(socket) }
      try write(Array(head.utf8) + body, to: socket)
      shutdown(socket, Int32(SHUT_WR))
      return try read(socket, keep: { _ in }, keepsBody: true)
    }
  }

  /// Connects, sends something, and returns what comes until the server closes the connection.
  func untilClosed(sending text: String = "") async throws -> String {
    try await onThread {
      let socket = try connect()
      defer { close(socket) }
      // A server that has closed already may refuse to take it.
      try? write(Array(text.utf8), to: socket)
      var (received, buffer): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 4096))
      while true {
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count > 0 else { break }
        received += buffer[..<count]
      }
      return String(decoding: received, as: UTF8.self)
    }
  }

  /// Holds connections while a closure runs. Each of them has a request answered before it, and one
  /// after it: throws where the server has closed one.
  func holding<Value>(
    _ count: Int, _ body: () async throws -> Value
  ) async throws -> Value {
    let sockets = try await onThread {
      try (0..<count).map { _ in
        let socket = try connect()
        try ask(socket)
        return socket
      }
    }
    defer { sockets.forEach { _ = close($0) } }
    let value = try await body()
    try await onThread { try sockets.forEach(ask) }
    return value
  }

  /// A request whose answer has no body, so that another one may follow it.
  private func ask(_ socket: Int32) throws {
    try write(Array("HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n".utf8), to: socket)
    guard try readHead(socket).status == 200 else { throw Failure(what: "not healthy") }
  }

  /// Runs what blocks on a thread of its own.
  private func onThread<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
    }
  }

  /// A head alone, a byte at a time, so that nothing after it is taken.
  private func readHead(_ socket: Int32) throws -> Answer {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while !bytes.ends(with: "\r\n\r\n") {
      guard recv(socket, &byte, 1, 0) == 1 else { throw Failure(what: "no head") }
      bytes.append(byte)
    }
    let head = String(decoding: bytes.dropLast(4), as: UTF8.self)
    return Answer(status: Int(head.split(separator: " ")[1]) ?? 0, head: head, body: [])
  }

  /// Sends a head and then pieces of a body until `next` gives nil or the server has answered; returns
  /// the answer.
  func send(
    head: String, next: @escaping @Sendable (_ piece: Int) -> [UInt8]?,
    keep: @escaping @Sendable ([UInt8]) -> Void = { _ in }, keepsBody: Bool = true,
    closesEarly: Bool = false
  ) async throws -> Answer {
    try await onThread {
      try exchange(
        head: head, next: next, keep: keep, keepsBody: keepsBody, closesEarly: closesEarly)
    }
  }

  private func exchange(
    head: String, next: (Int) -> [UInt8]?, keep: ([UInt8]) -> Void, keepsBody: Bool,
    closesEarly: Bool
  ) throws -> Answer {
    let socket = try connect()
    defer { close(socket) }
    try write(Array(head.utf8), to: socket)
    var piece = 0
    // A server that has refused answers before the body's end: then there is no use in sending more.
    while !isReadable(socket), let bytes = next(piece) {
      guard (try? write(bytes, to: socket)) != nil else { break }
      piece += 1
    }
    guard !closesEarly else { throw Failure(what: "closed early, as asked") }
    return try read(socket, keep: keep, keepsBody: keepsBody)
  }

  private func connect() throws -> Int32 {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard handle >= 0, result == 0 else { throw Failure(what: "connect") }
    var timeout = timeval(tv_sec: 300, tv_usec: 0)
    setsockopt(
      handle, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    return handle
  }

  private func write(_ bytes: [UInt8], to socket: Int32) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure(what: "send") }
      sent += count
    }
  }

  private func isReadable(_ socket: Int32) -> Bool {
    var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, 0) == 1
  }

  private func read(
    _ socket: Int32, keep: ([UInt8]) -> Void, keepsBody: Bool
  ) throws -> Answer {
    var received: [UInt8] = []
    var head: String?
    var (length, count) = (Int.max, 0)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while count < length {
      let got = recv(socket, &buffer, buffer.count, 0)
      guard got > 0 else { break }
      var bytes = Array(buffer[..<got])
      if head == nil {
        received += bytes
        guard let end = Data(received).range(of: Data("\r\n\r\n".utf8)) else { continue }
        let text = String(decoding: received[..<end.lowerBound], as: UTF8.self)
        head = text
        length = Self.contentLength(text) ?? Int.max
        bytes = Array(received[end.upperBound...])
        received = []
      }
      count += bytes.count
      keep(bytes)
      if keepsBody { received += bytes }
    }
    guard let head, let status = Int(head.split(separator: " ")[1]) else {
      throw Failure(what: "no answer")
    }
    return Answer(status: status, head: head, body: received)
  }

  private static func contentLength(_ head: String) -> Int? {
    head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
      .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
  }
}

extension [UInt8] {
  fileprivate func ends(with text: String) -> Bool {
    suffix(text.utf8.count).elementsEqual(text.utf8)
  }
}
