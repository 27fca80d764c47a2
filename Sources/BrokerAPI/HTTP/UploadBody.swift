import Domain
import Hummingbird
import NIOCore

/// A request's body as it arrives, without anything of HTTP: what the vault reads. Reading slowly
/// slows the client; a client that dawdles is disconnected.
struct UploadBody: AsyncSequence, Sendable {
  typealias Element = [UInt8]

  let request: Request
  /// The length that the head promised; a body that ends sooner is a connection that was lost.
  let declaredBytes: Int?
  let context: APIContext

  func makeAsyncIterator() -> Iterator {
    context.welcomeBody(of: request)
    return Iterator(
      base: request.body.makeAsyncIterator(), declaredBytes: declaredBytes,
      watch: StallWatch(context.channel), notes: context.notes)
  }

  struct Iterator: AsyncIteratorProtocol {
    var base: RequestBody.AsyncIterator
    let declaredBytes: Int?
    let watch: StallWatch
    let notes: RequestNotes
    var received = 0

    mutating func next() async throws -> [UInt8]? {
      while let buffer = try await base.next() {
        // Empty buffers would end nothing, but no reader should have to know.
        guard buffer.readableBytes > 0 else { continue }
        received += buffer.readableBytes
        _ = watch.moved(buffer.readableBytes)
        return Array(buffer.readableBytesView)
      }
      guard received == declaredBytes ?? received else {
        throw Problem(
          .malformed, "request.incomplete", "The body ended before its Content-Length.")
      }
      notes.bodyWasRead = true
      return nil
    }
  }
}
