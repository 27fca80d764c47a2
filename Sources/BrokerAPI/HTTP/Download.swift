import HTTPTypes
import Hummingbird
import NIOCore

/// Sends bytes of known number as fast as the client takes them and no faster.
///
/// Writing alone is not enough: a writer that always finds the next chunk ready outruns the event
/// loop, and a fast client makes the process grow by hundreds of megabytes. Every MiB the loop
/// therefore waits for one turn of the connection's event loop.
struct Download: Sendable {
  /// How many bytes are written between two turns of the event loop.
  static let stride = 1 << 20
  /// A client that takes less than a stride in this time is disconnected.
  static let patience = TimeAmount.minutes(2)

  let channel: any Channel

  func response<Chunks: AsyncSequence & Sendable>(
    _ chunks: Chunks, totalBytes: Int, headers: HTTPFields
  ) -> Response where Chunks.Element == [UInt8] {
    Response(
      status: .ok, headers: headers,
      body: ResponseBody(contentLength: totalBytes) { [channel] writer in
        var watch = Self.watch(channel)
        defer { watch.cancel() }
        var sent = 0
        for try await chunk in chunks {
          try await writer.write(ByteBuffer(bytes: chunk))
          sent += chunk.count
          guard sent >= Self.stride else { continue }
          sent = 0
          try await channel.eventLoop.submit {}.get()
          watch.cancel()
          watch = Self.watch(channel)
        }
        try await writer.finish(nil)
      })
  }

  private static func watch(_ channel: any Channel) -> Scheduled<Void> {
    channel.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
  }
}
