/// Response headers in the order received. Names compare without regard to ASCII case.
public struct HTTPHeaders: Sendable, Equatable {
  /// One header as it was received.
  public struct Field: Sendable, Equatable {
    /// The name as written by the server.
    public var name: String
    /// The value without surrounding white space.
    public var value: String
  }

  /// All fields in the order received.
  public private(set) var fields: [Field] = []

  /// No headers.
  public init() {}

  /// Makes headers from name and value pairs.
  public init(_ pairs: [(String, String)]) {
    fields = pairs.map { Field(name: $0.0, value: $0.1) }
  }

  /// The value of the first field of that name.
  public subscript(name: String) -> String? {
    fields.first { Self.sameName($0.name, name) }?.value
  }

  /// The values of every field of that name, in order.
  public func values(of name: String) -> [String] {
    fields.filter { Self.sameName($0.name, name) }.map(\.value)
  }

  mutating func append(name: String, value: String) {
    fields.append(Field(name: name, value: value))
  }

  /// A line that starts with white space continues the one before it (RFC 9112, section 5.2).
  mutating func continueLast(_ text: String) {
    guard !fields.isEmpty else { return }
    fields[fields.count - 1].value += " " + text
  }

  static func sameName(_ one: String, _ other: String) -> Bool {
    one.utf8.count == other.utf8.count
      && zip(one.utf8, other.utf8).allSatisfy { lower($0) == lower($1) }
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
  }
}

/// The part of a response that comes before its body.
public struct HTTPResponseHead: Sendable, Equatable {
  /// The status code. Redirects are answers like any other; none is followed.
  public var status: Int
  /// The response's headers.
  public var headers: HTTPHeaders

  /// Makes a head, for tests of code that reads one.
  public init(status: Int, headers: HTTPHeaders = HTTPHeaders()) {
    self.status = status
    self.headers = headers
  }
}

/// A whole response.
public struct HTTPResponse: Sendable, Equatable {
  /// The status code. Redirects are answers like any other; none is followed.
  public var status: Int
  /// The response's headers.
  public var headers: HTTPHeaders
  /// The body exactly as sent: no compression is asked for and none undone.
  public var body: [UInt8]

  /// Makes a response, for tests of code that reads one.
  public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}
