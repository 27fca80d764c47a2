public import Domain

/// Reads an archive in exactly the form that ``TarWriter`` writes, as a stream, and refuses every
/// other: links, directories, extension headers, repeated names, sizes beyond
/// the limits, garbage in the padding or after the end. Holds one block.
public struct TarReader: Sendable {
  /// What the archive may hold.
  public struct Limits: Sendable, Hashable {
    /// How many files.
    public var entryCountMax: Int
    /// How large one may be.
    public var contentBytesMax: Int
    /// How large all may be together.
    public var totalBytesMax: Int

    /// Limits, all inclusive.
    public init(entryCountMax: Int, contentBytesMax: Int, totalBytesMax: Int) {
      self.entryCountMax = entryCountMax
      self.contentBytesMax = contentBytesMax
      self.totalBytesMax = totalBytesMax
    }
  }

  /// What is read, in order.
  public enum Event: Sendable, Hashable {
    /// A file begins.
    case file(name: String, contentBytes: Int)
    /// A piece of its content.
    case content(ArraySlice<UInt8>)
    /// Its content is complete.
    case fileEnd
  }

  private enum Expecting { case header, content, padding, secondZeroBlock, nothing, failed }

  private let limits: Limits
  private let sizes: TarSizes
  private let refusal: @Sendable (String) -> Problem
  private var expecting = Expecting.header
  private var block: [UInt8] = []
  private var remaining = 0
  private var padding = 0
  private var names: Set<String> = []
  private var total = 0

  /// A reader at the first byte of an archive.
  ///
  /// - Parameter refusal: makes the problem of a sentence that says what is wrong; by default that of a
  ///   print package, `package.layout`.
  public init(
    limits: Limits, sizes: TarSizes = .octal,
    refusal: @escaping @Sendable (String) -> Problem = Self.packageRefusal
  ) {
    (self.limits, self.sizes, self.refusal) = (limits, sizes, refusal)
  }

  /// Takes bytes and hands over what they hold. After an error, the handler's included, every call
  /// throws.
  public mutating func update(
    _ bytes: ArraySlice<UInt8>, _ handle: (Event) throws -> Void
  ) throws {
    guard expecting != .failed else { throw refusal("It was refused before.") }
    do { try read(bytes, handle) } catch {
      expecting = .failed
      throw error
    }
  }

  /// To be called at the end of the input: throws unless the archive is complete.
  public func finish() throws {
    guard expecting == .nothing else { throw refusal("It is cut off.") }
  }

  private mutating func read(
    _ bytes: ArraySlice<UInt8>, _ handle: (Event) throws -> Void
  ) throws {
    var rest = bytes
    while !rest.isEmpty {
      switch expecting {
      case .header, .secondZeroBlock:
        let part = rest.prefix(TarHeader.blockBytes - block.count)
        block.append(contentsOf: part)
        rest = rest.dropFirst(part.count)
        guard block.count == TarHeader.blockBytes else { return }
        try readBlock(handle)
        block.removeAll(keepingCapacity: true)
      case .content:
        let part = rest.prefix(remaining)
        rest = rest.dropFirst(part.count)
        remaining -= part.count
        try handle(.content(part))
        if remaining == 0 { try endContent(handle) }
      case .padding:
        let part = rest.prefix(padding)
        guard part.allSatisfy({ $0 == 0 }) else { throw refusal("Its padding is not zero.") }
        rest = rest.dropFirst(part.count)
        padding -= part.count
        if padding == 0 { expecting = .header }
      case .nothing: throw refusal("There are bytes after its end.")
      case .failed: throw refusal("It was refused before.")
      }
    }
  }

  private mutating func readBlock(_ handle: (Event) throws -> Void) throws {
    let isZero = block.allSatisfy { $0 == 0 }
    if expecting == .secondZeroBlock {
      guard isZero else { throw refusal("Its end is one block short.") }
      expecting = .nothing
      return
    }
    if isZero {
      expecting = .secondZeroBlock
      return
    }
    guard let header = TarHeader(block: block[...], sizes: sizes) else {
      throw refusal("A header is not that of a regular file in the canonical form.")
    }
    guard header.contentBytes <= limits.contentBytesMax,
      total <= limits.totalBytesMax - header.contentBytes, names.count < limits.entryCountMax
    else { throw refusal("It is larger than its limits.") }
    guard names.insert(header.name.lowercased()).inserted else {
      throw refusal("A name occurs twice.")
    }
    total += header.contentBytes
    remaining = header.contentBytes
    padding = header.paddingBytes
    expecting = .content
    try handle(.file(name: header.name, contentBytes: header.contentBytes))
    if remaining == 0 { try endContent(handle) }
  }

  private mutating func endContent(_ handle: (Event) throws -> Void) throws {
    expecting = padding == 0 ? .header : .padding
    try handle(.fileEnd)
  }

  /// The refusal of a print package.
  public static let packageRefusal: @Sendable (String) -> Problem = { detail in
    Problem(.invalid, "package.layout", "The archive is not a print package's. \(detail)")
  }
}
