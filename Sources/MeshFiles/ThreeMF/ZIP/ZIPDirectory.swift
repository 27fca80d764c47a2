/// Where the directory of a ZIP archive lies and how many entries it has (APPNOTE 6.3, 4.3.12 to 4.3.16).
struct ZIPDirectory {
  /// The directory's bytes in the archive.
  let range: Range<Int>
  let count: Int

  private static let malformed = MeshRefusal(
    .zipStructure, "The archive's directory is cut off or contradicts itself.")

  /// Finds the end record. The last one of its signature must be it and end with the file, so that no
  /// reader takes another one for it.
  init(_ bytes: [UInt8], limits: ThreeMFLimits) throws(MeshRefusal) {
    let end = try Self.endRecord(in: bytes)
    func field(_ offset: Int, _ size: Int) -> UInt64 {
      bytes.littleEndian(at: end + offset, bytes: size) ?? 0
    }
    guard field(4, 2) == 0 || field(4, 2) == 0xffff, field(6, 2) == 0 || field(6, 2) == 0xffff,
      field(8, 2) == field(10, 2)
    else {
      throw MeshRefusal(.zipFeature, "The archive is one of several disks.")
    }
    var count = field(10, 2)
    var size = field(12, 4)
    var offset = field(16, 4)
    var limit = end
    if bytes.littleEndian(at: end - 20, bytes: 4) == 0x0706_4b50 {
      let record = try Self.zip64Record(in: bytes, locator: end - 20)
      func wide(_ offset: Int) -> UInt64 { bytes.littleEndian(at: record + offset, bytes: 8) ?? 0 }
      // A field of the old record that is not all ones must say the same.
      guard count == 0xffff || count == wide(32), size == 0xffff_ffff || size == wide(40),
        offset == 0xffff_ffff || offset == wide(48), wide(24) == wide(32)
      else { throw Self.malformed }
      (count, size, offset) = (wide(32), wide(40), wide(48))
      limit = record
    }
    guard count <= UInt64(limits.entriesMax) else {
      throw MeshRefusal(.tooLarge, "The archive has more than \(limits.entriesMax) entries.")
    }
    guard let lower = Int(exactly: offset), let length = Int(exactly: size), lower <= limit,
      length == limit - lower
    else { throw Self.malformed }
    range = lower..<limit
    self.count = Int(count)
  }

  private static func endRecord(in bytes: [UInt8]) throws(MeshRefusal) -> Int {
    var at = bytes.count - 22
    let least = max(0, at - 0xffff)
    while at >= least {
      if bytes[at] == 0x50, bytes.littleEndian(at: at, bytes: 4) == 0x0605_4b50 {
        let comment = Int(bytes.littleEndian(at: at + 20, bytes: 2) ?? 0)
        let excess = bytes.count - at - 22 - comment
        if excess == 0 { return at }
        throw excess > 0
          ? MeshRefusal(.zipStrayData, "The file goes on after the end of the archive.") : malformed
      }
      at -= 1
    }
    throw MeshRefusal(.zipStructure, "The file has no ZIP directory at its end.")
  }

  /// The ZIP64 end record, which must end where its locator begins.
  private static func zip64Record(
    in bytes: [UInt8], locator: Int
  ) throws(MeshRefusal) -> Int {
    func field(_ offset: Int, _ size: Int) -> UInt64? {
      bytes.littleEndian(at: offset, bytes: size)
    }
    guard field(locator + 4, 4) == 0, field(locator + 16, 4) == 1 else {
      throw MeshRefusal(.zipFeature, "The archive is one of several disks.")
    }
    guard let record = field(locator + 8, 8).flatMap({ Int(exactly: $0) }),
      record <= locator - 56, field(record, 4) == 0x0606_4b50,
      field(record + 4, 8) == UInt64(locator - record - 12),
      field(record + 16, 4) == 0, field(record + 20, 4) == 0
    else { throw malformed }
    return record
  }

  /// What the directory says of each entry.
  func entries(
    of bytes: [UInt8], limits: ThreeMFLimits
  ) throws(MeshRefusal) -> [ZIPListing] {
    var listings: [ZIPListing] = []
    var at = range.lowerBound
    for _ in 0..<count {
      let listing = try ZIPListing(bytes, at: at, end: range.upperBound, limits: limits)
      listings.append(listing)
      at = listing.end
    }
    guard at == range.upperBound else { throw Self.malformed }
    return listings
  }
}
