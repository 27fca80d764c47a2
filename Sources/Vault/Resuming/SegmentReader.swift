import BlobStore
import Crypto
import Database
import Domain
import Ledger
import Sealing

/// The plaintext of segments, one after another: what the file is made of. Memory: one piece of a blob and
/// its plaintext.
///
/// Fails with `upload.damaged` where a segment is not what was stored, before its last byte is given out:
/// a key that does not unwrap in its place, another payload, another length, a blob that is not there.
struct SegmentReader: AsyncSequence {
  private static let pieceBytes = 256 << 10

  let vault: Vault
  let upload: UploadRecord
  let segments: [OpenableSegment]

  func makeAsyncIterator() -> Iterator { Iterator(reader: self, rest: segments[...]) }

  struct Iterator: AsyncIteratorProtocol {
    private struct Opening {
      let segment: Segment
      var opener: PayloadOpener
      var digest = SHA256()
      var offset = 0
      var bytes = 0
    }

    let reader: SegmentReader
    var rest: ArraySlice<OpenableSegment>
    private var opening: Opening?

    init(reader: SegmentReader, rest: ArraySlice<OpenableSegment>) {
      self.reader = reader
      self.rest = rest
    }

    mutating func next() async throws -> [UInt8]? {
      while true {
        if opening == nil {
          guard let next = rest.popFirst() else { return nil }
          opening = Opening(
            segment: next.segment, opener: PayloadOpener(fileKey: next.fileKey))
        }
        let plain = try await piece()
        if !plain.isEmpty { return plain }
      }
    }

    /// Plaintext of the segment that is open; none may have come of a piece. At its end it is closed.
    private mutating func piece() async throws -> [UInt8] {
      guard var current = opening else { return [] }
      opening = nil
      let segment = current.segment
      let sealed = try await reader.read(
        segment, from: current.offset, most: SegmentReader.pieceBytes)
      var plain: [UInt8] = []
      do {
        if sealed.isEmpty {
          try current.opener.finish(into: &plain)
        } else {
          try current.opener.open(sealed, into: &plain)
        }
      } catch AgeError.payloadFailure(let reason), AgeError.headerFailure(let reason) {
        throw reader.damaged(segment, reason)
      }
      current.offset += sealed.count
      current.bytes += plain.count
      if sealed.isEmpty {
        guard current.offset == segment.payloadBytes, current.bytes == segment.bytes,
          Array(current.digest.finalize()) == segment.payloadSHA256
        else { throw reader.damaged(segment, "another payload") }
      } else {
        current.digest.update(data: sealed)
        opening = current
      }
      return plain
    }
  }

  private func read(_ segment: Segment, from offset: Int, most: Int) async throws -> [UInt8] {
    do {
      return try await vault.blobs.read(segment.blob, from: offset, maxLength: most)
    } catch BlobError.absent {
      throw damaged(segment, "the blob is not there")
    }
  }

  private func damaged(_ segment: Segment, _ reason: String) -> Problem {
    .damaged("\(upload.id) from byte \(segment.firstByte): \(reason)")
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
