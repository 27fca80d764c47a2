/// The paths that exist, for telling an unknown path from a method that a path does not take.
struct PathTable: Sendable {
  private let entries: [(segments: [Substring], method: String)]

  /// A table of path templates such as `/v1/brand/designs/{design}` and their methods.
  init(_ routes: [(template: String, method: String)]) {
    entries = routes.map { ($0.template.split(separator: "/"), $0.method) }
  }

  /// The methods that a path takes, sorted; `HEAD` goes with `GET`. Empty for an unknown path.
  func methods(at path: String) -> [String] {
    let segments = path.split(separator: "/")
    var methods: Set<String> = []
    for entry in entries where entry.segments.count == segments.count {
      let matches = zip(entry.segments, segments).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
      if matches { methods.insert(entry.method) }
    }
    if methods.contains("GET") { methods.insert("HEAD") }
    return methods.sorted()
  }
}
