import BlobStore
import Database
public import Domain

extension Vault {
  /// Makes a file of an upload whose bytes are all there: its segments are opened in order and go the way
  /// of any upload. In the commit that makes the file the upload is finished and its segments are given
  /// up; a crash before it leaves the upload as it was, and whoever asks next completes it again.
  ///
  /// Called under the upload's hold.
  ///
  /// - Throws: what the file is refused with; the upload is refused with it, for good. Any other error
  ///   leaves the upload to be completed again.
  func complete(_ upload: UploadRecord) async throws {
    uploadHolds.keep(upload.id)
    do {
      let segments = try await openable(ResumingStore.segments, of: upload)
      guard Self.isWhole(segments.map(\.segment), upload.length) else {
        throw Problem.damaged("\(upload.id): its segments are not from 0 to \(upload.length)")
      }
      _ = try await keep(
        SegmentReader(vault: self, upload: upload, segments: segments),
        as: IncomingFile(
          brand: upload.brand, design: upload.design, name: upload.name, purpose: upload.purpose,
          mediaType: upload.mediaType, unit: upload.unit, declaredBytes: upload.length),
        finishing: upload)
      await discard(segments.map(\.segment.blob))
    } catch let problem as Problem where problem.isForGood {
      try await refuse(upload, problem)
      // A shredding may have ended it before: then its bytes are not damaged but gone.
      let ended = try await record(upload.id, upload.brand)
      if ended.refusal?.code != problem.code { try ended.checkOpen(at: ambient.now()) }
      throw problem
    }
  }

  /// Refuses an upload: its bytes are given up, and whoever asks learns why.
  func refuse(_ upload: UploadRecord, _ problem: Problem) async throws {
    let blobs = try await database.write {
      try ResumingStore.refuse($0, upload.id, brand: upload.brand, with: problem)
    }
    await discard(blobs)
  }

  private static func isWhole(_ segments: [Segment], _ length: Int) -> Bool {
    var end = 0
    for segment in segments {
      guard segment.firstByte == end else { return false }
      end = segment.end
    }
    return end == length
  }

  /// Where an upload is, once nobody is at it: a client that asks has lost its connection, so a request
  /// that still waits for more is ended, and what it has is kept. An upload that a crash left with all its
  /// bytes is completed first: a client that hears of the last byte asks no more.
  ///
  /// - Throws: `not_found`; `upload.expired`; `upload.busy` where a request does not end.
  public func settledUpload(brand: BrandID, _ id: UploadID) async throws -> UploadView {
    let seen = try await record(id, brand)
    guard seen.state == .open else { return try await upload(brand: brand, id) }
    try await take(id, fromSilentFor: .zero)
    defer { uploadHolds.release(id) }
    let settled = try await record(id, brand)
    if settled.state == .open { try settled.checkOpen(at: ambient.now()) }
    if settled.isFull {
      try uploadsInProgress.enter(brand)
      defer { uploadsInProgress.leave(brand) }
      do {
        try await complete(settled)
      } catch let problem as Problem where problem.isForGood {
        // The view says so.
      }
    }
    return try await upload(brand: brand, id)
  }
}

extension Problem {
  /// Whether the same bytes would be refused again.
  var isForGood: Bool {
    switch kind {
    case .invalid, .tooLarge, .mediaType, .conflict: true
    default: false
    }
  }
}
