import Domain
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Vault

extension HTTPField.Name {
  static let tusResumable = Self("Tus-Resumable")!
  static let tusVersion = Self("Tus-Version")!
  static let tusExtension = Self("Tus-Extension")!
  static let tusMaxSize = Self("Tus-Max-Size")!
  static let tusChecksumAlgorithm = Self("Tus-Checksum-Algorithm")!
  static let uploadLength = Self("Upload-Length")!
  static let uploadDeferLength = Self("Upload-Defer-Length")!
  static let uploadOffset = Self("Upload-Offset")!
  static let uploadMetadata = Self("Upload-Metadata")!
  static let uploadChecksum = Self("Upload-Checksum")!
  static let uploadExpires = Self("Upload-Expires")!
  static let methodOverride = Self("X-HTTP-Method-Override")!
}

/// The headers of tus 1.0.0 (https://tus.io/protocols/resumable-upload), read strictly.
enum Tus {
  static let version = "1.0.0"
  static let extensions = "creation,creation-with-upload,expiration,checksum,termination"
  static let mediaType = "application/offset+octet-stream"

  /// Refuses a client of another version ("Tus-Resumable").
  static func checkVersion(_ headers: HTTPFields) throws(Problem) {
    guard headers[.tusResumable] == version else {
      throw Problem(
        .preconditionFailed, "upload.tus_version",
        "This speaks tus \(version): send “Tus-Resumable: \(version)”.")
    }
  }

  static func hasMediaType(_ headers: HTTPFields) -> Bool {
    headers[.contentType]?.lowercased() == mediaType
  }

  static func checkMediaType(_ headers: HTTPFields) throws(Problem) {
    guard hasMediaType(headers) else {
      throw Problem(
        .mediaType, "upload.media_type", "The bytes of an upload are sent as \(mediaType).")
    }
  }

  /// A header that is a number of bytes.
  static func bytes(_ name: HTTPField.Name, _ headers: HTTPFields) throws(Problem) -> Int {
    guard let text = headers[name], (1...18).contains(text.utf8.count),
      text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(text)
    else {
      throw Problem(
        .malformed, "upload.header",
        "The header \(name.canonicalName) has to be there, a whole number of bytes.")
    }
    return value
  }

  /// `sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=`.
  static func checksum(_ headers: HTTPFields) throws(Problem) -> UploadChecksum? {
    guard let text = headers[.uploadChecksum] else { return nil }
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, let algorithm = UploadChecksum.Algorithm(rawValue: String(parts[0])),
      let digest = Data(base64Encoded: String(parts[1])),
      let checksum = UploadChecksum(algorithm, digest: Array(digest))
    else {
      throw Problem(
        .malformed, "upload.header",
        "An Upload-Checksum is one of \(algorithms), a space and the digest in base64.")
    }
    return checksum
  }

  static let algorithms = UploadChecksum.Algorithm.allCases.map(\.rawValue).joined(separator: ",")

  /// `filename bGVnLWNhcC5zdGw=,design ZHNuXw==`: keys and base64, here of UTF-8. Keys that mean nothing here
  /// are kept for the client all the same, whatever bytes their values are.
  static func metadata(_ headers: HTTPFields) throws(Problem) -> [String: String] {
    var values: [String: Data] = [:]
    for pair in (headers[.uploadMetadata] ?? "").split(separator: ",") {
      let parts = pair.split(separator: " ")
      guard (1...2).contains(parts.count),
        let value = Data(base64Encoded: parts.count == 2 ? String(parts[1]) : ""),
        values.updateValue(value, forKey: String(parts[0])) == nil
      else {
        throw Problem(
          .malformed, "upload.metadata",
          "Upload-Metadata is a list of different keys, each with a space and its value in base64 of "
            + "UTF-8, with commas between.")
      }
    }
    var texts: [String: String] = [:]
    for key in ["filename", "design", "purpose", "filetype", "unit"] {
      guard let value = values[key] else { continue }
      guard let text = String(validating: value, as: UTF8.self) else {
        throw Problem(
          .malformed, "upload.metadata_text",
          "The value of \(key) in Upload-Metadata is no UTF-8: write the text as UTF-8 before it is put "
            + "into base64.")
      }
      texts[key] = text
    }
    return texts
  }

  /// An instant as HTTP writes it (RFC 9110, section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
  static func date(_ instant: Instant) -> String {
    // `1994-11-06T08:49:37.000Z`
    let text = Array(instant.description.utf8)
    let part = { (range: Range<Int>) in String(decoding: text[range], as: UTF8.self) }
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let day = days[((instant.day.daysSinceEpoch % 7) + 7) % 7]
    let month = months[(Int(part(5..<7)) ?? 1) - 1]
    return "\(day), \(part(8..<10)) \(month) \(part(0..<4)) \(part(11..<19)) GMT"
  }
}

/// Says in every answer about an upload which protocol it speaks, refusals included.
struct TusMiddleware: RouterMiddleware {
  func handle(
    _ request: Request, context: APIContext,
    next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    guard request.uri.path.hasPrefix(UploadRoutes.collection) else { return response }
    response.headers[.tusResumable] = Tus.version
    if response.status == .preconditionFailed { response.headers[.tusVersion] = Tus.version }
    return response
  }
}
