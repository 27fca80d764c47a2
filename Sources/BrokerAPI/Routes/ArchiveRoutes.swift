import Brokering
import Domain
import HTTPTypes
import Hummingbird
import Logging
import Vault

/// A brand's way out: its whole vault as an archive that opens with the brand's own key. The brand's owner
/// fetches it, or the operator does; whom it is sealed to, the owner alone says.
enum ArchiveRoutes {
  static let all: [Route] = [
    .json(
      .put, "/v1/brand/archive-recipient", for: .owners,
      "Says whom archives of the brand's vault are sealed to; nobody if left out",
      takes: NewRecipient.self, gives: BrandSettings.self, problems: ["brand.archive_recipient"]
    ) { call, body in
      try await call.useCases.tenants.set(
        archiveRecipient: body.recipient, of: call.tenant,
        if: try IfMatch.required(in: call.request))
    }.matching(.required),

    .streaming(
      .get, "/v1/brand/archive", for: .owners,
      "The brand's whole vault as a tar of documents and age files, sealed to its registered recipient",
      gives: .bytes(mediaType), problems: problems
    ) { call in try await answer(call, of: call.tenant) },

    .streaming(
      .get, "/v1/operator/brands/{brand}/archive", for: .operator,
      "A brand's whole vault as a tar of documents and age files, sealed to its registered recipient",
      gives: .bytes(mediaType), problems: problems
    ) { call in try await answer(call, of: try call.id("brand", "brand")) },
  ]

  private static let mediaType = "application/x-tar"
  private static let problems = ["archive.no_recipient", "archive.key_type", "archive.payload"]

  private static func answer<Tenant>(_ call: Call<Tenant>, of brand: BrandID) async throws
    -> Response
  {
    let archive = try await call.useCases.vault.archive(of: brand)
    return Download(channel: call.context.channel).response(
      archive, totalBytes: archive.totalBytes,
      headers: [
        .contentType: mediaType, .cacheControl: "no-store",
        .contentDisposition: "attachment; filename=\"\(archive.suggestedName)\"",
      ]
    ) { [logger = call.context.logger] error in
      let detail = (error as? Problem).map { $0.privateDetail ?? "\($0)" } ?? "\(error)"
      logger.error(
        "an archive broke off",
        metadata: ["brand": "\(brand)", "detail": "\(detail.printable(maximumCharacters: 2000))"])
    }
  }

  struct NewRecipient: Codable, Sendable {
    let recipient: String?
  }
}
