/// A ZIP archive in memory (APPNOTE 6.3), whose directory has been checked whole.
///
/// Between two readers an archive can mean two things: one goes by the directory, another by the headers
/// before each entry; one takes the first of two entries of a name, another the last. So the archive is
/// accepted only if there is one meaning: entries lie one behind the other from the first byte to the
/// directory without a gap, each header says what the directory says, and the directory ends the file.
struct ZIPArchive {
  let bytes: [UInt8]
  /// In the order in which they lie in the archive.
  let entries: [ZIPEntry]
  private let limits: ThreeMFLimits
  /// Inflated so far, of `inflatedBytesMax`.
  private var inflatedBytes = 0
  /// Many small parts may each be inflated beyond the ratio that one is held to, but not all of them.
  private var inflatedBytesMax: Int {
    let (times, overflow) = bytes.count.multipliedReportingOverflow(by: limits.inflationMax)
    return min(limits.inflatedBytesMax, overflow ? .max : max(64 << 20, times))
  }

  /// Throws if the archive is refused; no entry is read.
  init(_ bytes: [UInt8], limits: ThreeMFLimits = ThreeMFLimits()) throws(MeshRefusal) {
    self.bytes = bytes
    self.limits = limits
    let directory = try ZIPDirectory(bytes, limits: limits)
    let listed = try directory.entries(of: bytes, limits: limits).sorted { $0.offset < $1.offset }
    var names: Set<String> = []
    var entries: [ZIPEntry] = []
    for (index, entry) in listed.enumerated() {
      let end = index + 1 < listed.count ? listed[index + 1].offset : directory.range.lowerBound
      let previous = entries.last?.stored.upperBound ?? 0
      if index == 0 && entry.offset > 0 {
        throw MeshRefusal(.zipStrayData, "The archive has bytes before its first entry.")
      }
      if entry.offset < previous || entry.offset == end {
        throw MeshRefusal(.zipOverlap, "Two entries of the archive overlap.")
      }
      entries.append(try entry.located(in: bytes, end: end))
      guard names.insert(entry.name.key).inserted else {
        throw MeshRefusal(.duplicatePart, "Two entries of the archive have equivalent names.")
      }
    }
    if entries.isEmpty && directory.range.lowerBound > 0 {
      throw MeshRefusal(.zipStrayData, "The archive has bytes before its directory.")
    }
    self.entries = entries
  }

  /// What an entry holds, inflated and compared with its size and checksum. One that is stored is not copied:
  /// it stays where it is in the archive.
  mutating func content(of entry: ZIPEntry) throws(MeshRefusal) -> ArraySlice<UInt8> {
    let (total, overflow) = inflatedBytes.addingReportingOverflow(entry.size)
    guard !overflow, total <= inflatedBytesMax else {
      throw MeshRefusal(
        .zipBomb, "The package has more than \(inflatedBytesMax) bytes when it is inflated.")
    }
    guard entry.size <= 1 << 20 || entry.size / limits.inflationMax <= entry.stored.count else {
      throw MeshRefusal(
        .zipBomb, "A part is more than \(limits.inflationMax) times larger when it is inflated.")
    }
    inflatedBytes = total
    let content: ArraySlice<UInt8>
    switch entry.method {
    case .stored:
      content = bytes[entry.stored]
    case .deflated:
      content = try Deflate.inflated(bytes[entry.stored], size: entry.size)[...]
    }
    guard Checksum.crc32(content) == entry.checksum else {
      throw MeshRefusal(.zipDamaged, "An entry of the archive does not match its checksum.")
    }
    return content
  }

  /// Inflates what is not an entry but lay in one. Nobody declares its size: the limits on entries bound it.
  mutating func inflated(_ stored: [UInt8]) throws(MeshRefusal) -> [UInt8] {
    let (times, overflow) = stored.count.multipliedReportingOverflow(by: limits.inflationMax)
    let room = inflatedBytesMax - inflatedBytes
    let content = try Deflate.inflated(
      stored[...], sizeMax: min(room, overflow ? .max : max(1 << 20, times)))
    inflatedBytes += content.count
    return content
  }
}
