public import Logging
import Synchronization

/// Keeps the lines of a log, down to debug level: level, message, and metadata in the order of its keys.
///
///     let log = LogCatcher()
///     let server = try await BrokerServer(…, logger: log.logger)
///     #expect(log.count("request failed") == 0)
public final class LogCatcher: Sendable {
  private let kept = Mutex<[String]>([])

  /// A catcher without lines.
  public init() {}

  /// What was logged so far.
  public var lines: [String] { kept.withLock { $0 } }

  /// How many lines hold a text.
  public func count(_ text: String) -> Int { lines.count { $0.contains(text) } }

  /// A logger that writes here. Safe to use from many tasks at once.
  public var logger: Logger { Logger(label: "test") { _ in Handler(catcher: self) } }

  private struct Handler: LogHandler {
    let catcher: LogCatcher
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { $1 }
      let text = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      catcher.kept.withLock {
        $0.append("\(event.level) \(event.message) " + text.joined(separator: " "))
      }
    }
  }
}
