import BlobStore
import Database
import Domain
import Ledger
import Sealing

/// The plaintext of segments, one after another: what the file is made of. Memory: one piece of a blob and
/// its plaintext.
///
/// Fails with `upload.damaged` where a segment is not what was stored, before its last byte is given out. How
/// many bytes of plaintext it has is bound to its key, with the length and the digest of the payload.
struct SegmentReader: AsyncSequence {
  let vault: Vault
  let upload: UploadRecord
  let segments: [OpenableSegment]

  func makeAsyncIterator() -> Iterator { Iterator(reader: self, rest: segments[...]) }

  struct Iterator: AsyncIteratorProtocol {
    fileprivate let reader: SegmentReader
    fileprivate var rest: ArraySlice<OpenableSegment>
    fileprivate var payload: OpenedPayload?

    mutating func next() async throws -> [UInt8]? {
      while true {
        if let plain = try await payload?.next() { return plain }
        guard let next = rest.popFirst() else { return nil }
        payload = reader.open(next)
      }
    }
  }

  private func open(_ openable: OpenableSegment) -> OpenedPayload {
    let (segment, upload) = (openable.segment, upload.id)
    let payload = CheckedPayload(
      segment.blob, in: vault.blobs, payloadBytes: segment.payloadBytes,
      payloadSHA256: segment.payloadSHA256,
      refusal: { .damaged("\(upload) from byte \(segment.firstByte): \($0)") })
    return OpenedPayload(payload, with: openable.fileKey)
  }
}

/// A segment with its key, in memory only.
struct OpenableSegment: Sendable {
  let segment: Segment
  let fileKey: FileKey
}

extension Vault {
  /// The segments that a statement finds of an upload, with their keys. All keys at once: a version of the
  /// wrapping key that is retired while they are read has them read again, and not in the middle of
  /// the file.
  ///
  /// - Throws: `upload.damaged` where one does not unwrap in its place.
  func openable(_ statement: Statement, of upload: UploadRecord) async throws -> [OpenableSegment] {
    do {
      return try await KeyVersions.tryingAgain {
        let rows = try await database.read {
          try $0.rows(statement, upload.id, upload.brand).map(SealedSegment.init(row:))
        }
        var openable: [OpenableSegment] = []
        for row in rows { openable.append(try await unwrap(row, of: upload)) }
        return openable
      }
    } catch let error as KeyHolderError {
      throw Problem.damaged("\(upload.id): \(error)")
    }
  }

  private func unwrap(
    _ sealed: SealedSegment, of upload: UploadRecord
  ) async throws -> OpenableSegment {
    var secret = try await keys.unwrap(
      sealed.key, context: sealed.segment.keyContext(in: upload))
    defer { secret.wipe() }
    guard let fileKey = FileKey(bytes: secret) else {
      throw Problem.damaged("\(upload.id): a wrapped secret is no file key")
    }
    return OpenableSegment(segment: sealed.segment, fileKey: fileKey)
  }
}

extension Problem {
  /// What was stored of an upload is not what was received.
  static func damaged(_ privateDetail: String) -> Problem {
    Problem(
      .conflict, "upload.damaged",
      "A piece of this upload is not what was stored. Nothing of it was kept: upload the file again, "
        + "and tell the operator.", privateDetail: privateDetail)
  }
}
