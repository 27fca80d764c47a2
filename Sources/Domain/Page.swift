/// A part of a list, newest first, and whether there is more of it.
public struct Page<Element> {
  /// The most elements that a page can have.
  public static var limitMax: Int { 100 }

  /// The elements.
  public var data: [Element]
  /// Whether older ones follow; ask for them with the last element's identifier as
  /// `starting_after`.
  public var hasMore: Bool

  /// A page.
  public init(data: [Element], hasMore: Bool) {
    self.data = data
    self.hasMore = hasMore
  }

  /// A page from one row more than it shows, which tells whether there is more.
  public init(_ elements: [Element], limit: Int) {
    self.init(data: Array(elements.prefix(limit)), hasMore: elements.count > limit)
  }

  /// The limit if it is 1 to 100, or a refusal (`page.limit`).
  public static func checked(limit: Int) throws(Problem) -> Int {
    guard (1...limitMax).contains(limit) else {
      throw Problem(.invalid, "page.limit", "A page has a limit of 1 to \(limitMax).")
    }
    return limit
  }

  /// The same page of other elements.
  public func map<Other>(_ transform: (Element) throws -> Other) rethrows -> Page<Other> {
    Page<Other>(data: try data.map(transform), hasMore: hasMore)
  }

  private enum CodingKeys: String, CodingKey {
    case data
    case hasMore = "has_more"
  }
}

extension Page: Sendable where Element: Sendable {}
extension Page: Hashable, Equatable where Element: Hashable {}
extension Page: Encodable where Element: Encodable {}
extension Page: Decodable where Element: Decodable {}
