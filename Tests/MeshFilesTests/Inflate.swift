/// A plain reader of DEFLATE (RFC 1951), to check what zlib was made to write without zlib.
struct Inflate {
  private let bytes: [UInt8]
  private var bit = 0
  private(set) var output: [UInt8] = []

  struct Fault: Error {}

  /// What a zlib stream (RFC 1950) holds; its check value is checked.
  static func zlib(_ bytes: [UInt8]) throws -> [UInt8] {
    guard bytes.count > 6, bytes[0] & 15 == 8, (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0
    else { throw Fault() }
    var inflate = Inflate(bytes: Array(bytes[2..<bytes.count - 4]))
    try inflate.run()
    var (a, b) = (1, 0)
    for byte in inflate.output {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    let check = bytes.suffix(4).reduce(0) { $0 << 8 | Int($1) }
    guard check == b << 16 | a else { throw Fault() }
    return inflate.output
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func bits(_ count: Int) throws -> Int {
    var value = 0
    for place in 0..<count {
      guard bit / 8 < bytes.count else { throw Fault() }
      value |= Int(bytes[bit / 8] >> (bit % 8) & 1) << place
      bit += 1
    }
    return value
  }

  /// Codes by length, in order, and the symbols they stand for (section 3.2.2).
  private struct Codes {
    var counts = [Int](repeating: 0, count: 16)
    var symbols: [Int] = []

    init(_ lengths: [Int]) {
      for length in 1..<16 {
        for (symbol, other) in lengths.enumerated() where other == length {
          counts[length] += 1
          symbols.append(symbol)
        }
      }
    }
  }

  private mutating func symbol(_ codes: Codes) throws -> Int {
    var (code, first, index) = (0, 0, 0)
    for length in 1..<16 {
      code |= try bits(1)
      let count = codes.counts[length]
      if code - count < first { return codes.symbols[index + code - first] }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    throw Fault()
  }

  private mutating func run() throws {
    var isLast = false
    while !isLast {
      isLast = try bits(1) == 1
      switch try bits(2) {
      case 0:
        bit = (bit + 7) / 8 * 8
        let count = try bits(16)
        _ = try bits(16)
        for _ in 0..<count { output.append(UInt8(try bits(8))) }
      case 1:
        let lengths = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
        try block(Codes(lengths), Codes([Int](repeating: 5, count: 30)))
      case 2: try dynamic()
      default: throw Fault()
      }
    }
  }

  private mutating func dynamic() throws {
    let literals = try bits(5) + 257
    let distances = try bits(5) + 1
    let count = try bits(4) + 4
    var lengths = [Int](repeating: 0, count: 19)
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    for index in 0..<count { lengths[order[index]] = try bits(3) }
    let codes = Codes(lengths)
    lengths = []
    while lengths.count < literals + distances {
      switch try symbol(codes) {
      case 16:
        let last = lengths.last ?? 0
        lengths += [Int](repeating: last, count: try bits(2) + 3)
      case 17: lengths += [Int](repeating: 0, count: try bits(3) + 3)
      case 18: lengths += [Int](repeating: 0, count: try bits(7) + 11)
      case let length: lengths.append(length)
      }
    }
    try block(
      Codes(Array(lengths[..<literals])), Codes(Array(lengths[literals..<literals + distances]))
    )
  }

  private mutating func block(_ literals: Codes, _ distances: Codes) throws {
    while true {
      let value = try symbol(literals)
      if value < 256 {
        output.append(UInt8(value))
        continue
      }
      if value == 256 { return }
      let length = try lengthOf(value - 257)
      let code = try symbol(distances)
      let extra = max(0, code / 2 - 1)
      let base = code < 4 ? code + 1 : (2 + code % 2) << extra + 1
      let distance = base + (try bits(extra))
      guard distance <= output.count else { throw Fault() }
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
  }

  private mutating func lengthOf(_ code: Int) throws -> Int {
    if code < 8 { return code + 3 }
    if code == 28 { return 258 }
    let extra = code / 4 - 1
    return (4 + code % 4) << extra + 3 + (try bits(extra))
  }
}
