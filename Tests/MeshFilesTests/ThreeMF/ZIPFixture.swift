@testable import MeshFiles

/// A ZIP archive built field by field, so that any of them can lie.
struct ZIPFixture {
  struct Entry {
    var name: [UInt8]
    /// As it is stored.
    var stored: [UInt8]
    var method = 0
    var flags = 0
    var checksum: UInt32
    var size: Int
    var storedSize: Int
    var extra: [UInt8] = []
    var localExtra: [UInt8] = []
    /// What the local header says instead.
    var localName: [UInt8]?
    var localSize: Int?
    var localChecksum: UInt32?
    /// What follows the content.
    var descriptor: [UInt8] = []
    /// Bytes before its local header that belong to nothing.
    var gap: [UInt8] = []
    /// What the directory says instead of where it is.
    var offset: Int?

    init(_ name: String, _ content: [UInt8], isDeflated: Bool = false) {
      self.name = Array(name.utf8)
      stored = isDeflated ? Deflate.deflated(content) : content
      method = isDeflated ? 8 : 0
      checksum = Checksum.crc32(content[...])
      size = content.count
      storedSize = stored.count
    }

    init(_ name: String, _ content: String) { self.init(name, Array(content.utf8)) }

    /// Puts a data descriptor behind the content, with these numbers instead of the truth.
    mutating func describe(storedSize: Int? = nil, size: Int? = nil) {
      flags = 8
      descriptor.number(Int(checksum), 4)
      descriptor.number(storedSize ?? self.storedSize, 4)
      descriptor.number(size ?? self.size, 4)
    }
  }

  var entries: [Entry]
  var comment: [UInt8] = []
  /// After the end of the archive.
  var trailing: [UInt8] = []
  /// The count in the end record, if not the truth.
  var count: Int?
  /// The disk number in the end record.
  var disk = 0
  /// Where the directory is, if not the truth.
  var directoryOffset: Int?
  /// Writes ZIP64 end records, with this record count instead of the truth.
  var zip64Count: Int?

  func bytes() -> [UInt8] {
    var archive: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      archive += entry.gap
      let offset = archive.count
      archive.number(0x0403_4b50, 4)
      archive += header(
        entry, entry.localChecksum ?? entry.checksum, entry.localSize ?? entry.size,
        entry.localName ?? entry.name, entry.localExtra)
      archive += entry.localName ?? entry.name
      archive += entry.localExtra
      archive += entry.stored
      archive += entry.descriptor
      directory.number(0x0201_4b50, 4)
      directory.number(20, 2)
      directory += header(entry, entry.checksum, entry.size, entry.name, entry.extra)
      directory += [UInt8](repeating: 0, count: 10)
      directory.number(entry.offset ?? offset, 4)
      directory += entry.name
      directory += entry.extra
    }
    return archive + directory + end(archive.count, directory.count) + trailing
  }

  private func header(
    _ entry: Entry, _ checksum: UInt32, _ size: Int, _ name: [UInt8], _ extra: [UInt8]
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.number(20, 2)
    bytes.number(entry.flags, 2)
    bytes.number(entry.method, 2)
    bytes.number(0x0021_0000, 4)
    bytes.number(Int(checksum), 4)
    bytes.number(size == 0 && entry.size > 0 ? 0 : entry.storedSize, 4)
    bytes.number(size, 4)
    bytes.number(name.count, 2)
    bytes.number(extra.count, 2)
    return bytes
  }

  private func end(_ offset: Int, _ size: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    if let zip64Count {
      bytes.number(0x0606_4b50, 4)
      bytes.number(44, 8)
      bytes.number(45, 2)
      bytes.number(45, 2)
      bytes.number(0, 8)
      bytes.number(zip64Count, 8)
      bytes.number(zip64Count, 8)
      bytes.number(size, 8)
      bytes.number(offset, 8)
      bytes.number(0x0706_4b50, 4)
      bytes.number(0, 4)
      bytes.number(offset + size, 8)
      bytes.number(1, 4)
    }
    let isWide = zip64Count != nil
    bytes.number(0x0605_4b50, 4)
    bytes.number(disk, 2)
    bytes.number(disk, 2)
    bytes.number(isWide ? 0xffff : count ?? entries.count, 2)
    bytes.number(isWide ? 0xffff : count ?? entries.count, 2)
    bytes.number(isWide ? 0xffff_ffff : size, 4)
    bytes.number(isWide ? 0xffff_ffff : directoryOffset ?? offset, 4)
    bytes.number(comment.count, 2)
    return bytes + comment
  }
}

extension [UInt8] {
  mutating func number(_ value: Int, _ bytes: Int) { appendLittleEndian(value, bytes: bytes) }
}
