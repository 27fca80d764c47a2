import BlobStore
import Database
public import Domain
import Ledger
import PrintPackage

extension Dispatcher {
  /// The job's package as a stream of known length. Holds one chunk, whatever the size. That the bureau
  /// fetches it is in the brand's audit trail, durably, before there is a stream. Before each file's header the
  /// stream asks again whether the job needs it, and ends in the same problems: a header is a key, and the
  /// bureau may have taken hours for the payload before it.
  ///
  /// - Throws: `not_found`, `revision.withdrawn`, `design.key_type`, and `job.state` once the parts are printed: nobody needs it
  ///   then.
  public func package(of id: JobID, bureau: BureauID) async throws -> PackageStream {
    let now = ambient.now()
    let stored = try await preparedPackage(
      of: id, bureau: bureau, at: now, if: requireNeedsPackage)
    let manifest = try verified(stored.envelope).predicate
    let blobs = manifest.files.compactMap { stored.blobs[$0.file] }
    let headers = manifest.files.compactMap { stored.headers[$0.file] }
    guard blobs.count == manifest.files.count, headers.count == manifest.files.count else {
      throw Problem.failed("package \(stored.id) has lost a file")
    }
    let plan = try PackagePlan(
      manifest: manifest, envelope: Array(stored.envelope.utf8), ticket: stored.ticket,
      headers: headers)
    try await database.write { [self] transaction in
      let job = try heldJob(transaction, id, bureau).record
      try requireNeedsPackage(transaction, job)
      try ledger.audit(
        transaction, .packageFetched, brand: job.brand, by: .bureau(bureau),
        about: AuditSubject(of: job, bureau: bureau), at: now)
    }
    return PackageStream(
      plan: plan, payloads: zip(blobs, manifest.files.map(\.payloadBytes)).map { ($0, $1) },
      store: self.blobs
    ) { [self] in
      try await database.read {
        try requireNeedsPackage($0, try heldJob($0, id, bureau).record)
      }
    }
  }

  private func requireNeedsPackage(_ transaction: Transaction, _ job: JobRecord) throws {
    guard job.state == .accepted || job.state == .printing else {
      throw Problem(
        .conflict, "job.state", "A job that is \(job.state.rawValue) does not need its package.")
    }
    // The headers in a stored package are keys as much as new ones.
    try requireReleasable(transaction, job)
    try requireKeyType(transaction, job)
  }
}

/// The bytes of a package, read when they are asked for.
public struct PackageStream: AsyncSequence, Sendable {
  /// How many bytes there are in all.
  public var totalBytes: Int { plan.totalBytes }

  let plan: PackagePlan
  let payloads: [(blob: BlobName, bytes: Int)]
  let store: any BlobStore
  /// Throws when no further header may leave.
  let requireNeeded: @Sendable () async throws -> Void
  static let chunkBytesMax = 256 << 10

  /// Starts at the first byte.
  public func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

  /// Reads one chunk after another.
  public struct Iterator: AsyncIteratorProtocol {
    let stream: PackageStream
    private var segment = 0
    private var offset = 0

    init(stream: PackageStream) { self.stream = stream }

    /// The next chunk, or nil at the end. A payload that is shorter than the manifest says ends the
    /// stream with an error, so that nobody takes the rest for whole.
    public mutating func next() async throws -> [UInt8]? {
      let segments = stream.plan.segments
      while segment < segments.count {
        switch segments[segment] {
        case .bytes(let bytes):
          segment += 1
          // What comes before a payload ends with its header.
          if segment < segments.count, case .payload = segments[segment] {
            try await stream.requireNeeded()
          }
          if !bytes.isEmpty { return bytes }
        case .payload(let file):
          let (blob, total) = stream.payloads[file]
          guard offset < total else {
            segment += 1
            offset = 0
            continue
          }
          let chunk = try await stream.store.read(
            blob, from: offset, maxLength: Swift.min(PackageStream.chunkBytesMax, total - offset))
          guard !chunk.isEmpty else {
            throw Problem.failed("blob \(blob) is shorter than its manifest says")
          }
          offset += chunk.count
          return chunk
        }
      }
      return nil
    }
  }
}
