import Domain

/// Where a page begins and how long it is: `limit` 1…100 (20 when left out), `starting_after` the
/// last identifier of the page before.
struct PageRequest<Kind: IdentifierKind>: Sendable {
  let limit: Int
  let after: Identifier<Kind>?

  init(_ query: Query) throws(Problem) {
    limit = try query.integer("limit", in: 1...100, default: 20)
    after = try query.identifier("starting_after")
  }
}
