/// Every route, once.
enum RouteTable {
  static let all: [Route] =
    PublicRoutes.all + OperatorRoutes.all + KeyVersionRoutes.all + BrandRoutes.all
    + ShreddingRoutes.all
    + UploadRoutes.all + BrandOrderRoutes.all + BrandKeyRoutes.all + AuditRoutes.all
    + ArchiveRoutes.all + StorefrontRoutes.all + BureauRoutes.all + BureauJobRoutes.all
}
