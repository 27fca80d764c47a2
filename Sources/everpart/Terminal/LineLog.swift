public import ArgumentParser
import Domain
public import Logging

/// Log lines for people, on standard error: time of day, level where it matters, message, values.
struct LineLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level

  func log(event: LogEvent) {
    let values = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    let now = Ambient.system.now().description.dropFirst(11).prefix(8)
    var line = paint("\(now)Z", .dim) + " "
    switch event.level {
    case .trace, .debug: line += paint("\(event.level) ", .dim)
    case .info, .notice: break
    case .warning: line += paint("warning ", .yellow)
    case .error, .critical: line += paint("\(event.level) ", .red)
    }
    line += Terminal.plain("\(event.message)")
    if !values.isEmpty {
      line += paint(
        "  " + values.map { "\($0.key)=\(Terminal.plain("\($0.value)"))" }.joined(separator: " "),
        .dim)
    }
    Terminal.write(line, to: .standardError)
  }

  private func paint(_ text: String, _ colour: Terminal.Colour) -> String {
    Terminal.paint(text, colour, on: .standardError)
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// A logger that writes such lines.
  static func logger(_ label: String, level: Logger.Level) -> Logger {
    Logger(label: label) { _ in LineLog(logLevel: level) }
  }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
