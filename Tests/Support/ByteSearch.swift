/// Finds any of many byte strings in much more bytes, in one pass.
public struct ByteSearch {
  private var needles: [UInt64: [(index: Int, bytes: [UInt8])]] = [:]
  /// A bit for 20 bits of a needle's first eight bytes: most offsets end here.
  private var filter = [Bool](repeating: false, count: 1 << 20)

  /// A search for strings of at least eight bytes.
  public init(_ strings: [[UInt8]]) {
    for (index, bytes) in strings.enumerated() {
      let first = bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
      needles[first, default: []].append((index, bytes))
      filter[Self.slot(first)] = true
    }
  }

  private static func slot(_ word: UInt64) -> Int {
    Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> 44)
  }

  /// The indices of those that stand in these bytes.
  public func found(in bytes: [UInt8]) -> Set<Int> {
    var found: Set<Int> = []
    filter.withUnsafeBufferPointer { filter in
      bytes.withUnsafeBytes { bytes in
        var offset = 0
        while offset + 8 <= bytes.count {
          let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
          if filter[Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> 44)] {
            for (index, needle) in needles[word] ?? []
            where offset + needle.count <= bytes.count
              && bytes[offset..<(offset + needle.count)].elementsEqual(needle)
            { found.insert(index) }
          }
          offset += 1
        }
      }
    }
    return found
  }
}

extension TemporaryDirectory {
  /// How many of these keys stand in a file whose path begins so: their first or their last twenty bytes, so
  /// that a half that was overwritten does not hide the other.
  public func keys(_ keys: [[UInt8]], inFilesOf prefix: String = "") throws -> Int {
    let search = ByteSearch(keys.flatMap { [Array($0.prefix(20)), Array($0.suffix(20))] })
    var found: Set<Int> = []
    for name in try files() where name.hasPrefix(prefix) {
      found.formUnion(search.found(in: try read(name)).map { $0 / 2 })
    }
    return found.count
  }
}
