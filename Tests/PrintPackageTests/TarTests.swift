import Domain
import Foundation
import TestSupport
import Testing

@testable import PrintPackage

@Suite("The archive")
struct TarTests {
  static let now = SimulatedClock().now
  private let limits = TarReader.Limits(
    entryCountMax: 3, contentBytesMax: 5000, totalBytesMax: 6000)

  private func archive(_ files: [(String, [UInt8])]) throws -> [UInt8] {
    try files.reduce(into: []) { bytes, file in
      bytes += try TarWriter.header(
        name: file.0, contentBytes: file.1.count, modified: Self.now)
      bytes += file.1 + TarWriter.padding(contentBytes: file.1.count)
    } + TarWriter.end
  }

  private func read(_ bytes: [UInt8], piece: Int = .max) throws -> [String: [UInt8]] {
    var reader = TarReader(limits: limits)
    var (files, name, content): ([String: [UInt8]], String, [UInt8]) = ([:], "", [])
    for start in stride(from: 0, to: bytes.count, by: min(piece, bytes.count)) {
      let end = piece == .max ? bytes.count : min(bytes.count, start + piece)
      try reader.update(bytes[start..<end]) { event in
        switch event {
        case .file(let file, _): (name, content) = (file, [])
        case .content(let bytes): content += bytes
        case .fileEnd: files[name] = content
        }
      }
    }
    try reader.finish()
    return files
  }

  private func refused(_ bytes: [UInt8]) -> Bool {
    do {
      _ = try read(bytes)
      return false
    } catch { return (error as? Problem)?.code == "package.layout" }
  }

  /// A header block with some bytes exchanged and the checksum put right again.
  private func forged(_ changes: [Int: [UInt8]], size: Int = 0) throws -> [UInt8] {
    var block = try TarWriter.header(name: "a", contentBytes: size, modified: Self.now)
    for (offset, bytes) in changes {
      block.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }
    block.replaceSubrange(148..<156, with: Array("        ".utf8))
    let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
    let digits = String(repeating: "0", count: 6 - sum.utf8.count) + sum
    block.replaceSubrange(148..<156, with: Array(digits.utf8) + [0, 0x20])
    return block + [UInt8](repeating: 0, count: (size + 511) / 512 * 512) + TarWriter.end
  }

  @Test("what is written is read again, however it is cut", arguments: [1, 100, 512, 513, .max])
  func roundTrip(piece: Int) throws {
    let files: [(String, [UInt8])] = [
      ("empty", []), ("files/x.age", Array(repeating: 7, count: 512)),
      ("dir/deep/y", Array(repeating: 9, count: 4999)),
    ]
    let read = try read(try archive(files), piece: piece)
    #expect(read == Dictionary(uniqueKeysWithValues: files))
  }

  @Test("the system's tar reads what is written")
  func systemTar() throws {
    let directory = try TemporaryDirectory()
    var generator = SeededGenerator(seed: 3)
    let files = [
      ("manifest.json", Array("{}".utf8)), ("files/a.stl.age", generator.bytes(70_000)),
      ("files/b.age", []),
    ]
    try directory.write(try archive(files), to: "package.tar")
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/tar")
    tar.arguments = ["-x", "-f", directory.path("package.tar"), "-C", directory.path]
    let complaints = Pipe()
    tar.standardError = complaints
    try tar.run()
    tar.waitUntilExit()
    let text = String(
      decoding: complaints.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(tar.terminationStatus == 0)
    #expect(text.isEmpty, "tar said: \(text)")
    for (name, content) in files { #expect(try directory.read(name) == content) }
  }

  @Test("the forged headers of this suite are read when nothing was exchanged")
  func forgeryIsFair() throws {
    #expect(try read(try forged([:])) == ["a": []])
  }

  @Test(
    "links, devices, directories and extensions are refused",
    arguments: Array("1234567xgLKSVN\0".utf8))
  func kinds(kind: UInt8) throws { #expect(refused(try forged([156: [kind]]))) }

  @Test("names that leave the directory, are hidden or absolute are refused")
  func names() throws {
    for name in [
      "../a", "a/../b", "/etc/passwd", "a//b", ".ssh", "a/.b", "a\\b", "a b", "C:", "a\u{7F}", "ü",
      "./a", "a/",
    ] {
      #expect(refused(try forged([0: Array(name.utf8)])), "\(name)")
      #expect(throws: Problem.self) {
        try TarWriter.header(name: name, contentBytes: 0, modified: Self.now)
      }
    }
    #expect(refused(try forged([0: [0]])))
    #expect(refused(try forged([0: Array("a\0b".utf8)])))
    #expect(refused(try forged([345: Array("prefix".utf8)])))
    #expect(throws: Problem.self) {
      try TarWriter.header(
        name: String(repeating: "x", count: 101), contentBytes: 0, modified: Self.now)
    }
  }

  @Test("numbers in any other spelling are refused: base-256, signs, spaces, forged sizes")
  func numbers() throws {
    for size in [
      "           \0", "-0000000001\0", "+0000000001\0", "0x000000010\0", "00000000008\0",
      "0000000001 \0", "77777777777\0",
    ] {
      #expect(refused(try forged([124: Array(size.utf8)])), "\(size)")
    }
    #expect(refused(try forged([124: [0x80] + Array(repeating: 0, count: 11)])))
    #expect(refused(try forged([100: Array("0000777\0".utf8)])))
    #expect(refused(try forged([108: Array("0000001\0".utf8)])))
    #expect(refused(try forged([265: Array("root".utf8)])))
    #expect(refused(try forged([257: Array("ustar  \0".utf8)])))
    #expect(throws: Problem.self) {
      try TarWriter.header(name: "a", contentBytes: 8 << 30, modified: Self.now)
    }
  }

  @Test("a file of 8 GiB and more says so in binary where that is allowed, and below never")
  func largeFiles() throws {
    for bytes in [8 << 30, (8 << 30) + 511, 1 << 40, 1 << 60] {
      let block = try TarWriter.header(
        name: "a", contentBytes: bytes, modified: Self.now, sizes: .octalOrBinary)
      let read = try #require(TarHeader(block: block[...], sizes: .octalOrBinary))
      #expect(read.contentBytes == bytes)
      #expect(TarHeader(block: block[...]) == nil, "not in a print package")
    }
    #expect(throws: Problem.self) {
      try TarWriter.header(
        name: "a", contentBytes: (1 << 60) + 1, modified: Self.now, sizes: .octalOrBinary)
    }
    let small = try forged([124: [0x80] + Array(repeating: 0, count: 10) + [1]])
    #expect(TarHeader(block: small[..<512], sizes: .octalOrBinary) == nil)
    let beyond = try forged([124: [0x80] + Array(repeating: 0xFF, count: 11)])
    #expect(TarHeader(block: beyond[..<512], sizes: .octalOrBinary) == nil)
  }

  @Test("the system's tar reads the size of a file of 9 GiB")
  func systemTarLarge() throws {
    let directory = try TemporaryDirectory()
    let bytes = 9 << 30
    let head = try TarWriter.header(
      name: "large.age", contentBytes: bytes, modified: Self.now, sizes: .octalOrBinary)
    let path = try directory.write(head, to: "large.tar")
    // Sparse: the content is a hole.
    let file = try FileHandle(forUpdating: URL(filePath: path))
    try file.truncate(
      atOffset: UInt64(TarWriter.entryBytes(contentBytes: bytes) + TarWriter.end.count))
    try file.close()
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/tar")
    tar.arguments = ["-t", "-v", "-f", path]
    let said = Pipe()
    tar.standardOutput = said
    try tar.run()
    tar.waitUntilExit()
    let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(tar.terminationStatus == 0 && text.contains("\(bytes)"), "\(text)")
  }

  @Test("a wrong checksum is refused")
  func checksum() throws {
    var bytes = try archive([("a", [1])])
    bytes[153] ^= 1
    #expect(refused(bytes))
  }

  @Test("limits hold: files, bytes of one, bytes of all, and names that differ by case only")
  func limitsHold() throws {
    func file(_ name: String, _ count: Int) -> (String, [UInt8]) {
      (name, Array(repeating: 1, count: count))
    }
    #expect(!refused(try archive([file("a", 1), file("b", 1), file("c", 1)])))
    #expect(refused(try archive([file("a", 1), file("b", 1), file("c", 1), file("d", 1)])))
    #expect(!refused(try archive([file("a", 5000)])))
    #expect(refused(try archive([file("a", 5001)])))
    #expect(!refused(try archive([file("a", 3000), file("b", 3000)])))
    #expect(refused(try archive([file("a", 3000), file("b", 3001)])))
    #expect(refused(try archive([file("a", 1), file("A", 1)])))
  }

  @Test("padding that hides something, bytes after the end and a missing end are refused")
  func edges() throws {
    let good = try archive([("a", [1, 2, 3])])
    var hidden = good
    hidden[600] = 1
    #expect(refused(hidden))
    #expect(refused(good + [0]))
    #expect(refused(good + good))
    #expect(refused(Array(good.dropLast(512))))
    #expect(refused(Array(good.dropLast(1))))
    #expect(refused(Array(good.dropLast(1024))))
    var half = good
    half[good.count - 1] = 1
    #expect(refused(half))
  }

  @Test("random bytes and randomly damaged archives never crash the reader")
  func fuzz() throws {
    var generator = SeededGenerator(seed: 99)
    let good = try archive([("a", generator.bytes(700)), ("b", [])])
    for _ in 0..<300 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      _ = try? read(bytes, piece: Int.random(in: 1...600, using: &generator))
      _ = try? read(generator.bytes(Int.random(in: 1...2000, using: &generator)))
    }
  }
}
