public import Domain

/// A page of a list whose changes its reader can wait for, oldest first.
public struct WatchedPage<Element: Hashable & Sendable & Codable>: Hashable, Sendable, Codable {
  /// The elements.
  public var data: [Element]
  /// Whether newer ones follow; ask for them with the last element's identifier as `starting_after`.
  public var hasMore: Bool
  /// Stands for the whole list as it is now, whichever part of it the page shows. Sent back as `seen`, with
  /// `wait`, it has the answer wait until the list is another one. Only the first page has it, and whoever
  /// reads all pages sends back the first one's: what changes while they are read is then seen next.
  public var seen: String?

  /// A page.
  public init(_ page: Page<Element>, seen: String?) {
    (data, hasMore, self.seen) = (page.data, page.hasMore, seen)
  }

  private enum CodingKeys: String, CodingKey {
    case data, seen
    case hasMore = "has_more"
  }
}
