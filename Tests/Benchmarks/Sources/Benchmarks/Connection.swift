import Foundation

/// One HTTP/1.1 connection to a server on this machine, kept alive, with one request at a time. It does
/// nothing beyond what the measured servers need, and so costs little of the processors that it shares
/// with them.
final class Connection {
  struct Answer {
    let status: Int
    let body: [UInt8]
  }

  private let socket: Int32
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)
  private var count = 0

  init(port: Int) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    var on: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
    guard connected == 0 else { throw Failure("no connection to port \(port)") }
  }

  deinit { close(socket) }

  func send(_ bytes: UnsafeRawBufferPointer) throws {
    var sent = 0
    while sent < bytes.count {
      let written = Glibc.send(
        socket, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      guard written > 0 else { throw Failure("the server went away") }
      sent += written
    }
  }

  func send(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try send($0) } }

  /// The next answer. Every one that is measured says its length.
  func answer() throws -> Answer {
    let headEnd = try head()
    let status = Int(String(decoding: buffer[9..<12], as: UTF8.self)) ?? 0
    let length = Self.contentLength(buffer[..<headEnd])
    var body = Array(buffer[headEnd..<min(count, headEnd + length)])
    count = 0
    while body.count < length {
      let received = try receive(at: 0)
      body += buffer[..<received]
    }
    return Answer(status: status, body: body)
  }

  /// Waits for the head of an answer and the first byte of its body; the rest is left.
  func firstByte() throws -> Int {
    let headEnd = try head()
    if count == headEnd { count += try receive(at: count) }
    return Int(String(decoding: buffer[9..<12], as: UTF8.self)) ?? 0
  }

  private func head() throws -> Int {
    count = 0
    while true {
      let from = max(0, count - 3)
      count += try receive(at: count)
      if let end = Self.headEnd(buffer, from, count) { return end }
      guard count < buffer.count else { throw Failure("an answer's head has no end") }
    }
  }

  private func receive(at offset: Int) throws -> Int {
    let received = buffer.withUnsafeMutableBytes {
      recv(socket, $0.baseAddress! + offset, $0.count - offset, 0)
    }
    guard received > 0 else { throw Failure("the server closed the connection") }
    return received
  }

  private static func headEnd(_ bytes: [UInt8], _ from: Int, _ end: Int) -> Int? {
    guard end >= 4 else { return nil }
    for at in from...(max(from, end - 4))
    where bytes[at] == 13 && bytes[at + 1] == 10 && bytes[at + 2] == 13 && bytes[at + 3] == 10 {
      return at + 4
    }
    return nil
  }

  private static func contentLength(_ head: ArraySlice<UInt8>) -> Int {
    let name = Array("content-length:".utf8)
    var at = head.startIndex
    while let end = head[at...].firstIndex(of: 10) {
      let line = head[at..<end]
      if line.count > name.count, zip(line, name).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) {
        return line.dropFirst(name.count).reduce(0) {
          (48...57).contains($1) ? $0 * 10 + Int($1 - 48) : $0
        }
      }
      at = end + 1
    }
    return 0
  }
}
