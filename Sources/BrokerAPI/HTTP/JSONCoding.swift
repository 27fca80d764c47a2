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
    Response(
      status: status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: try encoder().encode(value))))
  }
}
