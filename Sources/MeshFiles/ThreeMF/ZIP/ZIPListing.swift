/// What the directory of a ZIP archive says of an entry (APPNOTE 6.3, 4.3.12).
struct ZIPListing {
  let name: ZIPName
  let flags: UInt64
  let method: ZIPEntry.Method
  let checksum: UInt64
  let size: Int
  let storedSize: Int
  /// Of its local header, which lies before the directory.
  let offset: Int
  /// Where the next listing begins.
  let end: Int
  private let nameBytes: ArraySlice<UInt8>

  private static let malformed = MeshRefusal(
    .zipStructure, "An entry of the archive's directory is cut off or contradicts itself.")
  private static let mismatch = MeshRefusal(
    .zipMismatch, "An entry's own header differs from the archive's directory.")

  /// Encryption in its three forms, and patched data (4.4.4: bits 0, 6, 13 and 5).
  private static let refusedFlags: UInt64 = 0x2061
  private static let descriptorFlag: UInt64 = 8
  /// A descriptor, and the name's encoding (bit 11): what changes how an entry is read.
  private static let comparedFlags: UInt64 = 0x0808 | refusedFlags

  /// Reads the listing at `at` of a directory that ends at `limit`.
  init(
    _ bytes: [UInt8], at: Int, end limit: Int, limits: ThreeMFLimits
  ) throws(MeshRefusal) {
    func field(_ offset: Int, _ size: Int) -> UInt64 {
      bytes.littleEndian(at: at + offset, bytes: size) ?? 0
    }
    let lengths = (name: Int(field(28, 2)), extra: Int(field(30, 2)), comment: Int(field(32, 2)))
    end = at + 46 + lengths.name + lengths.extra + lengths.comment
    guard end <= limit, field(0, 4) == 0x0201_4b50 else { throw Self.malformed }
    flags = field(8, 2)
    guard flags & Self.refusedFlags == 0 else {
      throw MeshRefusal(.zipFeature, "An entry of the archive is encrypted or a patch.")
    }
    guard let method = ZIPEntry.Method(rawValue: field(10, 2)) else {
      throw MeshRefusal(.zipFeature, "An entry of the archive is neither stored nor deflated.")
    }
    guard field(34, 2) == 0 || field(34, 2) == 0xffff else {
      throw MeshRefusal(.zipFeature, "The archive is one of several disks.")
    }
    guard lengths.name <= limits.nameBytesMax else {
      throw MeshRefusal(.nameTooLong, "An entry's name has more than \(limits.nameBytesMax) bytes.")
    }
    let nameBytes = bytes[(at + 46)..<(at + 46 + lengths.name)]
    let extraStart = at + 46 + lengths.name
    guard let extra = ZIPExtraFields(bytes[extraStart..<(extraStart + lengths.extra)]) else {
      throw Self.malformed
    }
    guard let name = ZIPName(nameBytes), extra.unicodeName.map({ $0 == nameBytes }) ?? true else {
      throw MeshRefusal(
        .zipName, "An entry's name is a path that climbs, is absolute, or has odd characters.")
    }
    var extent = ZIPExtent(size: field(24, 4), storedSize: field(20, 4), offset: field(42, 4))
    guard extent.resolve(extra), let size = Int(exactly: extent.size),
      let storedSize = Int(exactly: extent.storedSize), let offset = Int(exactly: extent.offset),
      offset < at
    else { throw Self.malformed }
    self.name = name
    self.nameBytes = nameBytes
    self.method = method
    self.size = size
    self.storedSize = storedSize
    self.offset = offset
    checksum = field(16, 4)
    try checkSizes()
  }

  /// What no content can have, before anything is allocated for it.
  private func checkSizes() throws(MeshRefusal) {
    let isPossible =
      switch method {
      case .stored: storedSize == size
      // DEFLATE makes at most 258 bytes of two bits.
      case .deflated: storedSize > 0 && size / 1032 <= storedSize
      }
    guard isPossible, !name.isDirectory || size == 0 else {
      throw MeshRefusal(.zipSize, "An entry declares a size that it cannot have.")
    }
  }

  /// The entry, once its local header (4.3.7) and data descriptor (4.3.9) say the same and fill the
  /// archive up to `next`, where something else begins.
  func located(in bytes: [UInt8], end next: Int) throws(MeshRefusal) -> ZIPEntry {
    func field(_ start: Int, _ size: Int) -> UInt64 {
      bytes.littleEndian(at: offset + start, bytes: size) ?? 0
    }
    let nameStart = offset + 30
    guard field(0, 4) == 0x0403_4b50, nameStart <= next else { throw Self.mismatch }
    let extraStart = nameStart + Int(field(26, 2))
    let start = extraStart + Int(field(28, 2))
    guard start <= next, bytes[nameStart..<extraStart] == nameBytes,
      field(6, 2) & Self.comparedFlags == flags & Self.comparedFlags,
      field(8, 2) == method.rawValue,
      let extra = ZIPExtraFields(bytes[extraStart..<start]),
      extra.unicodeName.map({ $0 == nameBytes }) ?? true
    else { throw Self.mismatch }
    var extent = ZIPExtent(size: field(22, 4), storedSize: field(18, 4))
    guard extent.resolve(extra) else { throw Self.mismatch }
    // What was not known when the header was written follows the content; each field may be zero then.
    let isDescribed = flags & Self.descriptorFlag != 0
    let said = [
      (extent.size, UInt64(size)), (extent.storedSize, UInt64(storedSize)),
      (field(14, 4), checksum),
    ]
    guard said.allSatisfy({ $0 == $1 || isDescribed && $0 == 0 }) else { throw Self.mismatch }
    guard storedSize <= next - start else {
      throw MeshRefusal(.zipOverlap, "An entry of the archive reaches into what follows it.")
    }
    let stored = start..<(start + storedSize)
    let gap = bytes[stored.upperBound..<next]
    guard isDescribed ? describes(gap) : gap.isEmpty else {
      throw MeshRefusal(.zipStrayData, "The archive has bytes between two entries.")
    }
    return ZIPEntry(
      name: name, method: method, checksum: UInt32(checksum), size: size, stored: stored)
  }

  /// Whether the bytes behind the content are its data descriptor: with or without a signature, in the
  /// short or in the ZIP64 form.
  private func describes(_ gap: ArraySlice<UInt8>) -> Bool {
    let signed = gap.count == 16 || gap.count == 24
    guard signed || gap.count == 12 || gap.count == 20,
      !signed || gap.littleEndian(at: 0, bytes: 4) == 0x0807_4b50
    else { return false }
    let at = signed ? 4 : 0
    let width = gap.count >= 20 ? 8 : 4
    return gap.littleEndian(at: at, bytes: 4) == checksum
      && gap.littleEndian(at: at + 4, bytes: width) == UInt64(storedSize)
      && gap.littleEndian(at: at + 4 + width, bytes: width) == UInt64(size)
  }
}
