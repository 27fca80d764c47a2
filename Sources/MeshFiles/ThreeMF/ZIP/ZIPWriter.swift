/// Writes a ZIP archive (APPNOTE 6.3) in memory: the same bytes for the same entries.
///
/// Entries lie in the order in which they come, dated 1980-01-01, deflated where that makes them smaller,
/// unless it is known that it does not.
struct ZIPWriter {
  private var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  private static let tooLarge = MeshRefusal(
    .tooLarge, "What is to be written does not fit in a ZIP archive of 4 GiB.")

  /// Adds an entry; its name must be new, ASCII, and relative. Throws where the archive would have to be
  /// a ZIP64 one, which the core specification (1.1) advises producers against.
  mutating func add(
    _ name: String, _ content: [UInt8], deflates: Bool = true
  ) throws(MeshRefusal) {
    let deflated = deflates ? Deflate.deflated(content) : []
    let isDeflated = !deflated.isEmpty && deflated.count < content.count
    let stored = isDeflated ? deflated : content
    let offset = bytes.count
    guard content.count < UInt32.max, offset + stored.count < Int(UInt32.max) - 1 << 20,
      count < 0xfffe
    else { throw Self.tooLarge }

    // What the local header and the directory say alike: from the version that it takes to read it on.
    var common: [UInt8] = []
    common.appendLittleEndian(20, bytes: 2)
    common.appendLittleEndian(0, bytes: 2)
    common.appendLittleEndian(isDeflated ? 8 : 0, bytes: 2)
    common.appendLittleEndian(0, bytes: 2)
    common.appendLittleEndian(0x0021, bytes: 2)
    common.appendLittleEndian(Checksum.crc32(content[...]), bytes: 4)
    common.appendLittleEndian(stored.count, bytes: 4)
    common.appendLittleEndian(content.count, bytes: 4)
    common.appendLittleEndian(name.utf8.count, bytes: 2)
    common.appendLittleEndian(0, bytes: 2)

    bytes.appendLittleEndian(0x0403_4b50, bytes: 4)
    bytes += common
    bytes += name.utf8
    bytes += stored

    directory.appendLittleEndian(0x0201_4b50, bytes: 4)
    directory.appendLittleEndian(20, bytes: 2)
    directory += common
    // No comment, the first disk, no attributes.
    directory += [UInt8](repeating: 0, count: 10)
    directory.appendLittleEndian(offset, bytes: 4)
    directory += name.utf8
    count += 1
  }

  /// The archive.
  consuming func finish() -> [UInt8] {
    let offset = bytes.count
    bytes += directory
    bytes.appendLittleEndian(0x0605_4b50, bytes: 4)
    bytes.appendLittleEndian(0, bytes: 4)
    bytes.appendLittleEndian(count, bytes: 2)
    bytes.appendLittleEndian(count, bytes: 2)
    bytes.appendLittleEndian(directory.count, bytes: 4)
    bytes.appendLittleEndian(offset, bytes: 4)
    bytes.appendLittleEndian(0, bytes: 2)
    return bytes
  }
}
