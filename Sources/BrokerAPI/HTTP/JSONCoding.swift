import Database
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// How JSON is written and read here. Names are in each type's `CodingKeys`.
enum JSONCoding {
  /// Sorted members, so that the same answer is the same bytes.
  static func encoder() -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  static func response(_ value: some Encodable, status: HTTPResponse.Status) throws -> Response {
    var headers: HTTPFields = [.contentType: "application/json"]
    if let versioned = value as? any Versioned {
      headers[.eTag] = IfMatch.tag(of: versioned.version)
    }
    let body =
      if let written = value as? any JSONWritten {
        ByteBuffer(bytes: written.json)
      } else {
        ByteBuffer(bytes: try encoder().encode(value))
      }
    return Response(
      status: status, headers: headers, body: ResponseBody(byteBuffer: body))
  }
}
