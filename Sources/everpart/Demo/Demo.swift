import ArgumentParser
import Domain
import Foundation
import Glibc

struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "A broker, three bureaus and five orders, on this machine, in a minute.",
    discussion: """
      Everything is real but the companies and the printers: server and agents are processes of \
      their own, and a simulated workshop answers the hot folders.
      """)

  @Flag(help: "Leave the server and the agents up at the end, and print commands to try.")
  var keep = false

  @Option(help: "A new folder to work in; a temporary one if left out.")
  var directory: String?

  @Option(help: "The folder with the example parts.")
  var parts: String?

  @Option(help: "How long a simulated print takes, in seconds.")
  var seconds = 2.0

  func run() async throws {
    let ambient = Ambient.system
    let root = directory ?? "/tmp/everpart-demo-\(ambient.now().milliseconds)"
    let found = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    guard found.isEmpty else {
      throw Problem(
        .conflict, "file.exists", "\(root) is not empty, and was not changed: name another folder.")
    }
    try FileManager.default.createDirectory(
      atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let stage = DemoStage(root: root, parts: try partsFolder(), printSeconds: seconds)
    let show = Task { try await self.show(stage, root: root) }
    // Children are in process groups of their own: what ends the demonstration has to end them too.
    let signals = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler { show.cancel() }
      source.resume()
      return source
    }
    defer { signals.forEach { $0.cancel() } }
    do {
      try await show.value
    } catch  where show.isCancelled {
      Terminal.write("\nstopped; everything of this run lies in \(root)")
      if !keep { throw Interrupted() }
    }
  }

  private func show(_ empty: DemoStage, root: String) async throws {
    var stage = empty
    defer { stage.stop() }
    let ambient = Ambient.system
    let started = ambient.uptime()
    heading("Everpart: \(DemoWorld.bureaus.count) bureaus, \(DemoWorld.orders.count) orders")
    try await stage.startBroker()
    try await stage.admitBrand()
    for bureau in DemoWorld.bureaus { try await stage.admit(bureau) }
    heading("A brand uploads its designs")
    for part in DemoWorld.parts { try await stage.upload(part) }
    heading("Customers order")
    var play = try await DemoPlay(stage: stage)
    try await play.run()
    try await DemoEpilogue(stage: stage, play: play).run()
    let took = (ambient.uptime() - started) / .seconds(1)
    let counts = play.counts
    Terminal.write(
      "\n"
        + Terminal.paint(
          "\(counts.delivered) orders delivered, \(counts.unmakeable) explained as unmakeable, "
            + "in \(Int(took)) s.", .bold))
    if keep {
      stage.showCommands()
      try await stage.waitForEnd()
    } else {
      Terminal.write(
        "", columns: 0, "Everything of this run lies in \(root); run it with --keep to explore.",
        indent: 2)
    }
  }

  private func heading(_ text: String) {
    Terminal.write("\n" + Terminal.paint(text, .bold))
  }

  /// The folder given, or `Fixtures/parts` of the checkout that this was built or started in.
  private func partsFolder() throws -> String {
    var candidates = [parts].compactMap { $0 }
    if parts == nil {
      var folder = URL(filePath: DemoProcess.executable).deletingLastPathComponent()
      candidates.append(FileManager.default.currentDirectoryPath + "/Fixtures/parts")
      for _ in 0..<4 {
        candidates.append(folder.path + "/Fixtures/parts")
        folder.deleteLastPathComponent()
      }
    }
    let found = candidates.first { FileManager.default.fileExists(atPath: $0 + "/leg-cap.stl") }
    guard let found else {
      throw Problem(
        .invalid, "demo.parts", "The example parts are not here: name their folder with --parts.")
    }
    return found
  }
}
