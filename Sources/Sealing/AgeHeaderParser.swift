/// Reads an age header from a stream in pieces of any size, holding no more than the header itself.
public struct AgeHeaderParser: Sendable {
  private enum Expecting { case intro, stanzaOrMAC, body, nothing }

  /// The header, once it is complete.
  public private(set) var header: AgeHeader?

  private var expecting = Expecting.intro
  private var encoded: [UInt8] = []
  private var lineStart = 0
  private var stanzas: [Stanza] = []
  private var arguments: [String] = []
  private var body: [UInt8] = []

  /// A parser at the first byte of a file.
  public init() {}

  /// Takes bytes until the header is complete and says how many it took; the rest is payload.
  ///
  /// Throws `AgeError.headerFailure` as soon as a line is malformed or a limit is exceeded.
  public mutating func consume(_ bytes: some Collection<UInt8>) throws -> Int {
    try bytes.withBytes { try consume($0) }
  }

  /// To be called at the end of the input; throws `AgeError.headerFailure` if the header is incomplete.
  public func finish() throws {
    guard header != nil else { throw AgeError.headerFailure("the file ends within the header") }
  }

  private mutating func consume(_ bytes: UnsafeBufferPointer<UInt8>) throws -> Int {
    var offset = 0
    while header == nil, offset < bytes.count {
      let rest = bytes.from(offset)
      let room = lineBytesMax - (encoded.count - lineStart)
      // One byte more than a line may have: there must be a line feed in it.
      let window = rest.prefix(room + 1)
      if let end = window.firstIndex(of: UInt8(ascii: "\n")) {
        try take(rest[..<end])
        try finishLine()
        offset += end + 1
      } else {
        guard window.count <= room else { throw AgeError.headerFailure("a line is too long") }
        try take(window)
        offset += window.count
      }
    }
    return offset
  }

  private var lineBytesMax: Int {
    switch expecting {
    case .intro: AgeHeader.intro.count
    case .stanzaOrMAC, .nothing: AgeHeader.lineBytesMax
    case .body: 64
    }
  }

  private mutating func take(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) throws {
    guard encoded.count + bytes.count < AgeHeader.encodedBytesMax else {
      throw AgeError.headerFailure("more than \(AgeHeader.encodedBytesMax) bytes")
    }
    encoded.append(contentsOf: bytes)
  }

  private mutating func finishLine() throws {
    let line = encoded[lineStart...]
    switch expecting {
    case .intro:
      guard line.elementsEqual(AgeHeader.intro) else {
        throw AgeError.headerFailure("not an age file of version 1")
      }
      expecting = .stanzaOrMAC
    case .stanzaOrMAC:
      if line.starts(with: AgeHeader.macMark) {
        try finishHeader(line)
      } else {
        try startStanza(line)
      }
    case .body:
      guard let part = Base64.decode(line, padded: false) else {
        throw AgeError.headerFailure("a stanza body is not canonical base64")
      }
      body.append(contentsOf: part)
      // The last line of a body is the first that is not full.
      if line.count < 64 {
        stanzas.append(
          Stanza(type: arguments[0], arguments: Array(arguments.dropFirst()), body: body)
        )
        expecting = .stanzaOrMAC
      }
    case .nothing: break
    }
    encoded.append(UInt8(ascii: "\n"))
    lineStart = encoded.count
  }

  private mutating func startStanza(_ line: ArraySlice<UInt8>) throws {
    guard line.starts(with: Array("-> ".utf8)) else {
      throw AgeError.headerFailure("a stanza does not start with an arrow")
    }
    guard stanzas.count < AgeHeader.stanzaCountMax else {
      throw AgeError.headerFailure("more than \(AgeHeader.stanzaCountMax) stanzas")
    }
    let parts = line.dropFirst(3).split(
      separator: UInt8(ascii: " "),
      omittingEmptySubsequences: false
    )
    guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (33...126).contains($0) } }) else {
      throw AgeError.headerFailure("a stanza argument is empty or not printable ASCII")
    }
    arguments = parts.map { String(decoding: $0, as: UTF8.self) }
    body = []
    expecting = .body
  }

  private mutating func finishHeader(_ line: ArraySlice<UInt8>) throws {
    guard !stanzas.isEmpty else { throw AgeError.headerFailure("no stanza") }
    let text = line.dropFirst(AgeHeader.macMark.count)
    guard text.first == UInt8(ascii: " "),
      let mac = Base64.decode(text.dropFirst(), padded: false), mac.count == 32
    else { throw AgeError.headerFailure("a malformed MAC line") }
    header = try AgeHeader(
      stanzas: stanzas,
      authenticated: Array(encoded[..<(lineStart + AgeHeader.macMark.count)]),
      mac: mac,
      encodedByteCount: encoded.count + 1
    )
    expecting = .nothing
  }
}
