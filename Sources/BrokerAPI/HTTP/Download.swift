import HTTPTypes
import Hummingbird
import NIOCore

/// Sends bytes as fast as the client takes them and no faster. Where their number is not known before, a
/// body that ends too soon is one whose last chunk never comes.
///
/// Writing alone is not enough: a writer that always finds the next chunk ready outruns the event
/// loop, and a fast client makes the process grow by hundreds of megabytes. Every MiB the loop
/// therefore waits for one turn of the connection's event loop.
struct Download: Sendable {
  let channel: any Channel

  /// - Parameter failed: is told of an error that comes after the answer has begun, which its client only
  ///   sees the connection break of.
  func response<Chunks: AsyncSequence & Sendable>(
    _ chunks: Chunks, totalBytes: Int? = nil, headers: HTTPFields,
    failed: @escaping @Sendable (any Error) -> Void = { _ in }
  ) -> Response where Chunks.Element == [UInt8] {
    Response(
      status: .ok, headers: headers,
      body: ResponseBody(contentLength: totalBytes) { [channel] writer in
        let watch = StallWatch(channel)
        // Hashing and reading megabytes would keep the loop from its other connections.
        try await withTaskExecutorPreference(globalConcurrentExecutor) {
          var iterator = chunks.makeAsyncIterator()
          while true {
            let chunk: [UInt8]?
            do {
              chunk = try await iterator.next()
            } catch {
              failed(error)
              throw error
            }
            guard let chunk else { break }
            try await writer.write(ByteBuffer(bytes: chunk))
            if watch.moved(chunk.count) { try await channel.eventLoop.submit {}.get() }
          }
        }
        try await writer.finish(nil)
      })
  }
}
