import Testing

@testable import MeshFiles

@Suite("ZIP archives")
struct ZIPArchiveTests {
  private static let text = [UInt8](repeating: 0x61, count: 3000)

  /// A change to a sound archive of two entries, and how it is refused.
  struct Fault: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let code: MeshRefusal.Code
    let change: @Sendable (inout ZIPFixture) -> Void

    init(
      _ description: String, _ code: MeshRefusal.Code,
      _ change: @escaping @Sendable (inout ZIPFixture) -> Void
    ) {
      testDescription = description
      self.code = code
      self.change = change
    }
  }

  private static var sound: ZIPFixture {
    ZIPFixture(entries: [
      ZIPFixture.Entry("a/first.txt", text, isDeflated: true), ZIPFixture.Entry("b", "second"),
    ])
  }

  /// Opens an archive and reads every entry.
  private func contents(
    _ fixture: ZIPFixture, _ limits: ThreeMFLimits = ThreeMFLimits()
  ) throws(MeshRefusal) -> [String: [UInt8]] {
    var archive = try ZIPArchive(fixture.bytes(), limits: limits)
    var contents: [String: [UInt8]] = [:]
    for entry in archive.entries {
      contents[entry.name.text] = Array(try archive.content(of: entry))
    }
    return contents
  }

  @Test("stored and deflated entries are read")
  func sound() throws {
    #expect(try contents(Self.sound) == ["a/first.txt": Self.text, "b": Array("second".utf8)])
  }

  @Test("a comment, a folder, ZIP64 and data descriptors of every form are read", arguments: 0..<6)
  func rare(form: Int) throws {
    var fixture = Self.sound
    let folder = ZIPFixture.Entry("a/", "")
    fixture.entries.insert(folder, at: 0)
    fixture.comment = Array("a comment".utf8)
    if form == 4 { fixture.zip64Count = 3 }
    if form < 4 {
      fixture.entries[1].flags = 8
      fixture.entries[1].localSize = 0
      fixture.entries[1].localChecksum = 0
      var descriptor: [UInt8] = []
      if form & 1 == 1 { descriptor.number(0x0807_4b50, 4) }
      descriptor.number(Int(fixture.entries[1].checksum), 4)
      descriptor.number(fixture.entries[1].storedSize, form < 2 ? 4 : 8)
      descriptor.number(fixture.entries[1].size, form < 2 ? 4 : 8)
      fixture.entries[1].descriptor = descriptor
    }
    if form == 5 {
      var extra: [UInt8] = []
      extra.number(1, 2)
      extra.number(8, 2)
      extra.number(6, 8)
      fixture.entries[2].extra = extra
      fixture.entries[2].localExtra = extra
      fixture.entries[2].size = 0xffff_ffff
    }
    #expect(try contents(fixture)["a/first.txt"] == Self.text)
    #expect(try contents(fixture)["b"] == Array("second".utf8))
  }

  static let faults: [Fault] = [
    Fault("bytes before the first entry", .zipStrayData) { $0.entries[0].gap = [1] },
    Fault("bytes between two entries", .zipStrayData) { $0.entries[1].gap = [1] },
    Fault("bytes after the end", .zipStrayData) { $0.trailing = [0] },
    Fault("a comment with another end record", .zipStructure) {
      $0.comment = [0x50, 0x4b, 5, 6] + [UInt8](repeating: 0xff, count: 20)
    },
    Fault("a wrong count", .zipStructure) { $0.count = 1 },
    Fault("a directory elsewhere", .zipStructure) { $0.directoryOffset = 3 },
    Fault("a forged ZIP64 count", .zipStructure) { $0.zip64Count = 5 },
    Fault("several disks", .zipFeature) { $0.disk = 1 },
    Fault("encryption", .zipFeature) { $0.entries[0].flags = 1 },
    Fault("strong encryption", .zipFeature) { $0.entries[0].flags = 0x40 },
    Fault("another method", .zipFeature) { $0.entries[0].method = 12 },
    Fault("one place for two entries", .zipOverlap) { $0.entries[1].offset = 0 },
    Fault("an entry within another", .zipOverlap) {
      $0.entries[0].storedSize += 20
      $0.entries[0].size = $0.entries[0].storedSize * 2
    },
    Fault("another name in the local header", .zipMismatch) {
      $0.entries[0].localName = Array("a/third.txt".utf8)
    },
    Fault("another size in the local header", .zipMismatch) { $0.entries[0].localSize = 2999 },
    Fault("another checksum in the local header", .zipMismatch) { $0.entries[0].localChecksum = 1 },
    Fault("a size that is too small", .zipSize) { $0.entries[0].size = 2999 },
    Fault("a size that is too large", .zipSize) { $0.entries[0].size = 3001 },
    Fault("a size beyond what DEFLATE can do", .zipSize) { $0.entries[0].size = 1 << 30 },
    Fault("a stored entry of two sizes", .zipSize) { $0.entries[1].size = 7 },
    Fault("a wrong checksum", .zipDamaged) { $0.entries[1].checksum = 1 },
    Fault("a damaged stream", .zipDamaged) { $0.entries[0].stored[0] = 0xff },
    Fault("bytes after the stream", .zipDamaged) {
      $0.entries[0].stored.append(0)
      $0.entries[0].storedSize += 1
    },
    Fault("a descriptor that lies", .zipStrayData) {
      $0.entries[0].flags = 8
      $0.entries[0].descriptor = [UInt8](repeating: 1, count: 12)
    },
    Fault("a descriptor with another size", .zipStrayData) {
      $0.entries[0].describe(size: 2999)
    },
    Fault("a descriptor with another stored size", .zipStrayData) {
      $0.entries[0].describe(storedSize: 2999)
    },
    Fault("a Unicode name in the local header alone", .zipMismatch) {
      $0.entries[0].localExtra = [0x75, 0x70, 6, 0, 1, 0, 0, 0, 0, 0x78]
    },
    Fault("a Unicode name of its own", .zipName) {
      $0.entries[0].extra = [0x75, 0x70, 6, 0, 1, 0, 0, 0, 0, 0x78]
    },
    Fault("a name twice", .duplicatePart) { $0.entries[1].name = $0.entries[0].name },
    Fault("names that differ in case", .duplicatePart) {
      $0.entries[1].name = Array("A/First.TXT".utf8)
    },
    Fault("names that differ in escapes", .duplicatePart) {
      $0.entries[1].name = Array("%61/first.txt".utf8)
    },
  ]

  @Test("is refused", arguments: faults)
  func refused(fault: Fault) {
    var fixture = Self.sound
    fault.change(&fixture)
    let refusal = #expect(throws: MeshRefusal.self) { try contents(fixture) }
    #expect(refusal?.code == fault.code, "\(refusal as Any)")
  }

  @Test(
    "a name that could mislead is refused",
    arguments: [
      "../a", "a/../b", "a/..", "/a", "a//b", "./a", "a\\b", "a\u{0}b", "a\nb", "a\u{7f}",
      "a\u{85}b",
      "C:/a", "a%2fb", "a%5Cb", "a%00b", "%2e%2e/a", "a\u{202e}b", "",
    ]
  )
  func name(name: String) {
    var fixture = Self.sound
    fixture.entries[1].name = Array(name.utf8)
    let refusal = #expect(throws: MeshRefusal.self) { try contents(fixture) }
    #expect(refusal?.code == .zipName, "\(refusal as Any)")
  }

  @Test("a name that is not UTF-8 is refused")
  func encoding() {
    #expect(ZIPName([0x61, 0xff][...]) == nil)
    #expect(ZIPName(Array("größe.txt".utf8)[...]) != nil)
  }

  @Test("limits hold before anything is inflated")
  func limits() {
    func code(_ limits: ThreeMFLimits, _ fixture: ZIPFixture = Self.sound) -> MeshRefusal.Code? {
      do throws(MeshRefusal) {
        _ = try contents(fixture, limits)
        return nil
      } catch { return error.code }
    }
    #expect(code(ThreeMFLimits(entriesMax: 1)) == .tooLarge)
    #expect(code(ThreeMFLimits(nameBytesMax: 10)) == .nameTooLong)
    #expect(code(ThreeMFLimits(inflatedBytesMax: 3005)) == .zipBomb)
    #expect(code(ThreeMFLimits(inflatedBytesMax: 3006)) == nil)
    let zeros = ZIPFixture(entries: [
      ZIPFixture.Entry("zeros", [UInt8](repeating: 0, count: 2 << 20), isDeflated: true)
    ])
    #expect(code(ThreeMFLimits(), zeros) == .zipBomb)
    #expect(code(ThreeMFLimits(inflationMax: 2000), zeros) == nil)
  }

  @Test("parts too small for their inflation to count are counted together")
  func inflation() {
    func code(_ mebibytes: Int) -> MeshRefusal.Code? {
      let entries = (0..<mebibytes).map {
        ZIPFixture.Entry("\($0)", [UInt8](repeating: 0, count: 1 << 20), isDeflated: true)
      }
      do throws(MeshRefusal) {
        _ = try contents(ZIPFixture(entries: entries))
        return nil
      } catch { return error.code }
    }
    #expect(code(64) == nil)
    #expect(code(65) == .zipBomb)
  }

  @Test("every prefix of an archive is refused")
  func prefixes() {
    let bytes = Self.sound.bytes()
    for length in bytes.indices {
      #expect(throws: MeshRefusal.self) { try ZIPArchive(Array(bytes[..<length])) }
    }
  }

  @Test("a stream of unknown size is inflated up to a limit")
  func unknownSize() throws {
    let content = [UInt8](repeating: 7, count: 100_000)
    let stored = Deflate.deflated(content)
    #expect(try Deflate.inflated(stored[...], sizeMax: 100_000) == content)
    let refusal = #expect(throws: MeshRefusal.self) {
      try Deflate.inflated(stored[...], sizeMax: 99_999)
    }
    #expect(refusal?.code == .zipBomb)
  }

  @Test("what is written is read, and the same each time")
  func writer() throws {
    func written() throws(MeshRefusal) -> [UInt8] {
      var writer = ZIPWriter()
      try writer.add("a/first.txt", Self.text)
      try writer.add("empty", [])
      return writer.finish()
    }
    let bytes = try written()
    #expect(try written() == bytes)
    var archive = try ZIPArchive(bytes)
    #expect(archive.entries.map(\.name.text) == ["a/first.txt", "empty"])
    #expect(try archive.content(of: archive.entries[0]).elementsEqual(Self.text))
    #expect(try archive.content(of: archive.entries[1]) == [])
  }
}
