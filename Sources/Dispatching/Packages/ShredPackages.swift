public import Database
public import Domain

extension Dispatcher {
  /// Removes the headers that open a revision's files with bureaus' keys, in the transaction that shreds the
  /// revision. The signed manifests stay: they prove what a bureau was given, and open nothing.
  public func shredPackages(
    _ transaction: Transaction, of revision: RevisionID, brand: BrandID
  ) throws {
    try transaction.run(PackageStore.shred, revision, brand)
  }
}
