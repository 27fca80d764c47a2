import Domain
import HTTPTypes
public import Hummingbird
public import NIOCore
import NIOHTTPTypes
import Synchronization

/// What a request carries beside itself: the connection (for back-pressure), path parameters, and
/// the notes that the log line is written from.
public struct APIContext: RequestContext {
  /// What Hummingbird keeps.
  public var coreContext: CoreRequestContextStorage
  /// The connection that the request came on.
  public let channel: any Channel
  let notes = RequestNotes()
  /// Where a request's handler goes on after it waited: on its connection's event loop.
  var executor: LoopExecutor { LoopExecutor(channel.eventLoop) }

  /// A context for a request on a connection.
  public init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }

  /// Tells a client that waits with its body until it is wanted to send it (`Expect: 100-continue`,
  /// RFC 9110, section 10.1.1). Called when the first bytes are about to be read: a client whose
  /// request is refused before that has not sent them for nothing.
  func welcomeBody(of request: Request) {
    guard request.headers[.expect]?.lowercased() == "100-continue" else { return }
    channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)), promise: nil)
  }
}

/// What is learned about a request while it is answered, for its one log line. A class, because
/// contexts are copied on the way down and the log line is written at the top.
final class RequestNotes: Sendable {
  private struct State {
    var principal = "-"
    var code = "-"
    var bodyWasRead = false
  }

  private let state = Mutex(State())

  /// The key that asked, by its identifier: never the secret.
  var principal: String {
    get { state.withLock { $0.principal } }
    set { state.withLock { $0.principal = newValue } }
  }

  /// Whether the request's body was read to its end.
  var bodyWasRead: Bool {
    get { state.withLock { $0.bodyWasRead } }
    set { state.withLock { $0.bodyWasRead = newValue } }
  }

  /// The code of the problem that was answered.
  var code: String {
    get { state.withLock { $0.code } }
    set { state.withLock { $0.code = newValue } }
  }
}
