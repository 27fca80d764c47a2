/// One entry of a ZIP archive, as its directory and its local header agree on it.
struct ZIPEntry {
  /// How an entry's content is stored (APPNOTE 6.3, 4.4.5): the two that OPC allows.
  enum Method: UInt64 {
    case stored = 0
    case deflated = 8
  }

  let name: ZIPName
  let method: Method
  /// CRC-32 of the content.
  let checksum: UInt32
  /// Bytes of the content.
  let size: Int
  /// Where the content lies in the archive, as it is stored.
  let stored: Range<Int>
}

/// The sizes and the place that a header gives for an entry, with ZIP64 taken in.
struct ZIPExtent: Equatable {
  var size: UInt64
  var storedSize: UInt64
  /// Of the local header; a local header does not say it.
  var offset: UInt64 = 0

  /// Replaces each field that is all ones by its ZIP64 value (4.5.3), in the order it has there.
  /// False if one is missing or the block is not of that form.
  mutating func resolve(_ extra: ZIPExtraFields) -> Bool {
    var fields = extra.zip64
    func next() -> UInt64? {
      guard let value = fields.littleEndian(at: 0, bytes: 8) else { return nil }
      fields = fields.dropFirst(8)
      return value
    }
    for field in [\ZIPExtent.size, \.storedSize, \.offset] where self[keyPath: field] == 0xffff_ffff
    {
      guard let value = next() else { return false }
      self[keyPath: field] = value
    }
    return true
  }
}

/// The extra field of a header: what of it bears on what an entry is.
struct ZIPExtraFields {
  /// The ZIP64 block's content; empty where there is none.
  private(set) var zip64: ArraySlice<UInt8> = []
  /// The name that an Info-ZIP Unicode path block puts in the place of the header's (4.6.9).
  private(set) var unicodeName: ArraySlice<UInt8>?

  /// Nil if the blocks do not add up, or one of those above is there twice.
  init?(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    // Fewer than four bytes are no block: what aligns the content of some archives.
    while rest.count >= 4 {
      let start = rest.startIndex
      let kind = UInt16(rest[start]) | UInt16(rest[start + 1]) << 8
      let length = Int(rest[start + 2]) | Int(rest[start + 3]) << 8
      guard length <= rest.count - 4 else { return nil }
      let content = rest.dropFirst(4).prefix(length)
      rest = rest.dropFirst(4 + length)
      switch kind {
      case 0x0001:
        guard zip64.isEmpty, length > 0, length <= 28 else { return nil }
        zip64 = content
      case 0x7075:
        guard unicodeName == nil, length >= 5 else { return nil }
        unicodeName = content.dropFirst(5)
      default: break
      }
    }
  }
}
