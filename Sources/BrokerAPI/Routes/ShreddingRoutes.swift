import Brokering
import Dispatching
import Domain
import HTTPTypes
import Hummingbird
import Ledger
import Vault

/// What a brand's owner destroys for ever, and the reports on it.
enum ShreddingRoutes {
  private static let design = "/v1/brand/designs/{design}"
  private static let shreddings = "/v1/brand/shreddings"
  private static let problems = [
    "not_found", "shredding.name", "shredding.sold", "shredding.orders_open", "revision.shredded",
    "design.shredded",
  ]

  static let all: [Route] = [
    .creating(
      "\(design)/shred", for: .owners,
      "Destroys the keys of all of a design's files, for ever; the design is over",
      takes: NewShredding.self, gives: ShreddingReport.self, problems: problems
    ) { call, body, once in
      try await call.shred(nil, body, once)
    } replay: { call, shredding in
      try await call.useCases.vault.shredding(brand: call.tenant, shredding)
    }.matching(.required),

    .creating(
      "\(design)/revisions/{revision}/shred", for: .owners,
      "Destroys the keys of a revision's files, for ever",
      takes: NewShredding.self, gives: ShreddingReport.self, problems: problems
    ) { call, body, once in
      try await call.shred(try call.id("revision", "revision"), body, once)
    } replay: { call, shredding in
      try await call.useCases.vault.shredding(brand: call.tenant, shredding)
    }.matching(.required),

    .json(
      .get, shreddings, for: .owners, "Lists the brand's shreddings, newest first",
      query: Route.Parameter.page(ShreddingID.self), gives: Page<ShreddingView>.self
    ) { call in
      let page = try PageRequest<Kinds.Shredding>(call.query)
      return try await call.useCases.vault.shreddings(
        brand: call.tenant, limit: page.limit, after: page.after)
    },

    .json(
      .get, "\(shreddings)/{shredding}", for: .owners,
      "Tells what a shredding destroyed, what is left to do, and who has the design all the same",
      gives: ShreddingReport.self
    ) { call in
      try await call.useCases.vault.shredding(
        brand: call.tenant, try call.id("shredding", "shredding"))
    },

    .json(
      .get, "\(shreddings)/{shredding}/releases", for: .owners,
      "Lists the key releases of what was shredded, newest first",
      query: Route.Parameter.page(LedgerEntryID.self), gives: Page<ShreddingRelease>.self
    ) { call in
      let page = try PageRequest<Kinds.LedgerEntry>(call.query)
      return try await call.useCases.vault.shreddingReleases(
        brand: call.tenant, try call.id("shredding", "shredding"), limit: page.limit,
        after: page.after)
    },
  ]

  struct NewShredding: Codable, Sendable {
    /// The design's name, so that a slip with an identifier destroys nothing.
    let name: String
  }
}

extension Call where Tenant == BrandID {
  fileprivate func shred(
    _ revision: RevisionID?, _ body: ShreddingRoutes.NewShredding, _ once: IdempotentRequest?
  ) async throws -> ShreddingReport {
    let (dispatcher, brand) = (useCases.dispatcher, tenant)
    return try await useCases.vault.shred(
      brand: brand, design: try id("design", "design"), revision: revision, named: body.name,
      by: try key(), if: try IfMatch.required(in: request), once: once
    ) { transaction, revision in
      try dispatcher.shredPackages(transaction, of: revision, brand: brand)
    }
  }
}
