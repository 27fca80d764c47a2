import Database

@testable import Brokering
@testable import Dispatching
@testable import Ledger
@testable import Vault

/// Every store of every module, one line each. A store that is missing here fails a test.
let catalogues: [any StatementCatalogue.Type] = [
  // Ledger
  AuditStore.self, EntryStore.self, EventStore.self, IdempotencyStore.self, InstallationStore.self,
  JobStore.self, KeyVersionStore.self, LicenceStore.self, RecoveryStore.self,
  // Vault
  ArchiveStore.self, BlobStateStore.self, CheckStore.self, DesignStore.self, DraftStore.self,
  KeyRingStore.self, MeasuringStore.self, PreviewStore.self, ProfileStore.self, QuotaStore.self,
  ReleaseStore.self,
  ResumingStore.self, RevisionStore.self, ShreddingStore.self, WrappedFileKeyStore.self,
  WrappedSegmentKeyStore.self,
  // Brokering
  AssignmentStore.self, BrandSettingsStore.self, BureauStore.self, CatalogueStore.self,
  NetworkStore.self, OrderStore.self, TenantStore.self, WrappedShipToKeyStore.self,
  // Dispatching
  HeldJobStore.self, LeaseStore.self, OfferStore.self, PackageStore.self, ReportStore.self,
]
