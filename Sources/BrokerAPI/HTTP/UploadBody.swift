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
    // A request's body can be begun once: a second time is a precondition failure in Hummingbird. One that
    // was read and thrown away has no more to give.
    let wasRead = context.notes.bodyWasRead
    if !wasRead { context.welcomeBody(of: request) }
    return Iterator(
      base: wasRead ? nil : request.body.makeAsyncIterator(),
      declaredBytes: declaredBytes, watch: StallWatch(context.channel), notes: context.notes)
  }

  struct Iterator: AsyncIteratorProtocol {
    var base: RequestBody.AsyncIterator?
    let declaredBytes: Int?
    let watch: StallWatch
    let notes: RequestNotes
    var received = 0

    mutating func next() async throws -> [UInt8]? {
      while let buffer = try await base?.piece() {
        // Empty buffers would end nothing, but no reader should have to know.
        guard buffer.readableBytes > 0 else { continue }
        received += buffer.readableBytes
        _ = watch.moved(buffer.readableBytes)
        return Array(buffer.readableBytesView)
      }
      guard received == declaredBytes ?? received else {
        throw Problem.bodyIncomplete
      }
      notes.bodyWasRead = true
      return nil
    }
  }
}

extension RequestBody.AsyncIterator {
  /// The next piece. The one thing that can fail here is the connection: a client that hung up or
  /// stopped sending is told so, if it still listens, and is no fault of ours.
  mutating func piece() async throws -> ByteBuffer? {
    do {
      return try await next()
    } catch let error as CancellationError {
      throw error
    } catch {
      throw Problem.bodyIncomplete
    }
  }
}

extension Problem {
  static let bodyIncomplete = Problem(
    .malformed, "request.incomplete", "The connection ended before the body did.")
}
