import Glibc
import NIOCore
import NIOHTTPTypes
import Synchronization

/// How many connections each remote address has, for a server that many share.
final class ConnectionCounts: Sendable {
  let most: Int
  private let counts = Mutex<[String: Int]>([:])

  init(most: Int) { self.most = most }

  /// Counts a connection, unless its origin has as many as it may.
  func opened(_ origin: String) -> Bool {
    counts.withLock { counts in
      guard counts[origin, default: 0] < most else { return false }
      counts[origin, default: 0] += 1
      return true
    }
  }

  /// Forgets a connection that was counted.
  func closed(_ origin: String) {
    counts.withLock { counts in
      let left = counts[origin, default: 1] - 1
      counts[origin] = left > 0 ? left : nil
    }
  }

  /// What is counted as one: an IPv4 address, or the /64 network of an IPv6 address, of which one
  /// customer of a provider has all. Nil where there is no such address.
  static func origin(_ address: SocketAddress?) -> String? {
    guard let text = address?.ipAddress else { return nil }
    var bytes = [UInt8](repeating: 0, count: 16)
    guard inet_pton(AF_INET6, text, &bytes) == 1 else { return text }
    // An IPv4 client of a socket for both (RFC 4291, section 2.5.5.2).
    let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10...11] == [0xFF, 0xFF]
    return "\(isMapped ? bytes.suffix(4) : bytes.prefix(8))"
  }
}

/// Stands at the door of each connection: closes it at once when its origin has too many, and closes it
/// when the head of a first request does not come in time. After that the server's idle timeout holds.
final class ConnectionGate: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart

  private let counts: ConnectionCounts?
  private let patience: TimeAmount
  private var alarm: Scheduled<Void>?

  init(counts: ConnectionCounts?, patience: TimeAmount) {
    self.counts = counts
    self.patience = patience
  }

  func channelActive(context: ChannelHandlerContext) {
    context.fireChannelActive()
    let channel = context.channel
    if let counts, let origin = ConnectionCounts.origin(channel.remoteAddress) {
      guard counts.opened(origin) else { return channel.close(promise: nil) }
      channel.closeFuture.whenComplete { _ in counts.closed(origin) }
    }
    alarm = channel.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // The first part of a first request is its head.
    calm()
    context.fireChannelRead(data)
  }

  func channelInactive(context: ChannelHandlerContext) {
    calm()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { calm() }

  private func calm() {
    alarm?.cancel()
    alarm = nil
  }
}
