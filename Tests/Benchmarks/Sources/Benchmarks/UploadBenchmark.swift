import Foundation

/// A brand's upload, from its first byte to the answer that it is sealed and durable: a mesh that is measured
/// while it comes in, against the same bytes behind the two first of a ZIP, which are taken for 3MF and so only
/// recognised. What a worker does with it later is waited for, and is part of neither.
enum UploadBenchmark {
  static func run(_ settings: Settings) throws -> [Row] {
    let directory = "\(settings.disk)/upload"
    let broker = try Broker(settings, in: directory, options: ["--preview-width", "0"])
    let (mesh, other) = ("\(settings.memory)/upload.stl", "\(settings.memory)/upload.3mf")
    defer { for file in [mesh, other] { unlink(file) } }
    // 50 bytes a facet.
    try TorusMesh(around: settings.isFull ? 2_600 : 1_300, across: 1_000).writeBinary(to: mesh)
    var bytes = try Data(contentsOf: URL(filePath: mesh))
    bytes.replaceSubrange(0..<4, with: Array("PK\u{3}\u{4}".utf8))
    try bytes.write(to: URL(filePath: other))
    let size = Double(bytes.count)
    let pairs = try Pairs.measure(rounds: settings.rounds) {
      try seconds(mesh, "part.stl", "model/stl", broker)
    } peer: {
      try seconds(other, "part.3mf", "model/3mf", broker)
    }
    return [
      Row("upload of \(mebibytes(bytes.count)), measured", pairs, peer: "not measured") {
        "\(decimal(size / $0 / 1e6, 0)) MB/s"
      }
    ]
  }

  private static func seconds(
    _ file: String, _ name: String, _ type: String, _ broker: Broker
  ) throws -> Double {
    let design = "/v1/brand/designs/\(try broker.draft())"
    let start = uptime()
    try broker.brand.upload(file, to: "\(design)/files?name=\(name)", type: type)
    let seconds = uptime() - start
    let end = uptime() + 120
    while ["pending", "running"].contains(
      try broker.brand.ask("GET", "\(design)/measurement?wait=20")["state"].text)
    {
      guard uptime() < end else { throw Failure("\(file) was not measured") }
    }
    return seconds
  }
}
