import Domain
import Hummingbird
import NIOCore

/// A request's body as it arrives, without anything of HTTP: what the vault reads. Reading slowly
/// slows the client.
struct UploadBody: AsyncSequence, Sendable {
  typealias Element = [UInt8]

  let body: RequestBody

  func makeAsyncIterator() -> Iterator { Iterator(base: body.makeAsyncIterator()) }

  struct Iterator: AsyncIteratorProtocol {
    var base: RequestBody.AsyncIterator

    mutating func next() async throws -> [UInt8]? {
      while let buffer = try await base.next() {
        // Empty buffers would end nothing, but no reader should have to know.
        if buffer.readableBytes > 0 { return Array(buffer.readableBytesView) }
      }
      return nil
    }
  }
}
