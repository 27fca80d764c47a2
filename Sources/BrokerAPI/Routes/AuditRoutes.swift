import Brokering
import Domain
import HTTPTypes
import Hummingbird
import Ledger

/// Who did what with a brand's things, for its owner.
enum AuditRoutes {
  static let all: [Route] = [
    .json(
      .get, "/v1/brand/audit", for: .owners, "Lists the brand's audit trail, newest first",
      query: Route.Parameter.page(AuditEntryID.self) + filters, gives: Page<AuditEntry>.self,
      problems: ["not_found"]
    ) { call in
      let page = try PageRequest<Kinds.AuditEntry>(call.query)
      return try await call.useCases.tenants.audit(
        of: call.tenant, try AuditFilter(call.query), limit: page.limit, after: page.after)
    },

    .streaming(
      .get, "/v1/brand/audit/export", for: .owners,
      "The brand's audit trail as it is now, whole, oldest first",
      query: [format] + filters, gives: .either(AuditFormat.allCases.map(\.mediaType))
    ) { call in
      guard let format = AuditFormat(rawValue: call.query["format"] ?? "jsonl") else {
        throw Query.refusal("The parameter “format” is jsonl or csv.")
      }
      let pages = try await call.useCases.tenants.auditExport(
        of: call.tenant, try AuditFilter(call.query))
      return Download(channel: call.context.channel).response(
        AuditText(pages: pages, format: format),
        headers: [
          .contentType: format.contentType,
          .contentDisposition: "attachment; filename=\"audit.\(format.rawValue)\"",
        ])
    },
  ]

  private static let format = Route.Parameter(
    name: "format", description: "JSON objects, one a line, or comma-separated values",
    schema: ["type": "string", "enum": ["jsonl", "csv"], "default": "jsonl"])

  private static let filters = [
    Route.Parameter(
      name: "action", description: "Only this action",
      schema: [
        "type": "string", "enum": .array(AuditAction.allCases.map { .text($0.rawValue) }),
      ]),
    Route.Parameter(
      name: "design", description: "Only what concerns this design", schema: DesignID.schema),
    Route.Parameter(name: "job", description: "Only what concerns this job", schema: JobID.schema),
    Route.Parameter(
      name: "key", description: "Only what this API key did, or what was done to it",
      schema: APIKeyID.schema),
    Route.Parameter(
      name: "since", description: "Not before this moment (RFC 3339 in UTC) or day (YYYY-MM-DD)",
      schema: ["type": "string"]),
    Route.Parameter(
      name: "until", description: "Before this moment, or before the beginning of this day",
      schema: ["type": "string"]),
  ]
}

extension AuditFilter {
  /// What a query asks for.
  fileprivate init(_ query: Query) throws(Problem) {
    self.init(
      design: try query.identifier("design"), job: try query.identifier("job"),
      key: try query.identifier("key"))
    if let action = query["action"] {
      guard let known = AuditAction(rawValue: action) else {
        let names = AuditAction.allCases.map(\.rawValue).joined(separator: ", ")
        throw Query.refusal("The parameter “action” is one of \(names).")
      }
      self.action = known
    }
    since = try query.instant("since") ?? since
    until = try query.instant("until") ?? until
  }
}

extension Query {
  /// A parameter that is a moment in UTC, or a day for its beginning; or nil.
  fileprivate func instant(_ name: String) throws(Problem) -> Instant? {
    guard let text = self[name] else { return nil }
    if let day = CalendarDay(text) {
      return Instant(milliseconds: Int64(day.daysSinceEpoch) * 86_400_000)
    }
    guard let instant = Instant(text) else {
      throw Self.refusal(
        "The parameter “\(name)” is a moment in UTC such as 2026-03-01T09:30:00Z, or a day.")
    }
    return instant
  }
}
