import Foundation
import Sealing
import TestSupport
import Testing

@testable import PrintPackage

@Suite("Without Everpart")
struct ExternalToolTests {
  @Test(
    "tar unpacks a package and age opens its files with the bureau's identity",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/age")))
  func tarAndAge() throws {
    // Debian's age 1.1.1 knows no post-quantum keys.
    let fixture = try PackageFixture(kind: .x25519)
    let directory = try TemporaryDirectory()
    try directory.write(try fixture.archive(), to: "package.tar")
    try directory.write(Array((fixture.identity.text + "\n").utf8), to: "identity")
    #expect(
      try run("/usr/bin/tar", ["-x", "-f", "package.tar"], in: directory).status == 0)
    for (file, plain) in zip(fixture.manifest.files, fixture.plaintexts) {
      let opened = try run(
        "/usr/bin/age", ["-d", "-i", "identity", file.entryName], in: directory)
      #expect(opened.status == 0)
      #expect(opened.output == plain)
    }
    let ticket = try run("/usr/bin/age", ["-d", "-i", "identity", "ticket.age"], in: directory)
    let text = String(decoding: ticket.output, as: UTF8.self)
    #expect(text.contains("\"ship_to\"") && text.contains("Berlin"))
  }

  private func run(
    _ program: String, _ arguments: [String], in directory: TemporaryDirectory
  ) throws -> (status: Int32, output: [UInt8]) {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: directory.path)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = Array(pipe.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }
}
