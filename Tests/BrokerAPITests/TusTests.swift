import Crypto
import Foundation
import HTTPTypes
import TestSupport
import Testing
import Vault

@testable import BrokerAPI
@testable import BrokerServer

@Suite("tus")
struct TusTests {
  private static let cube = Samples.cube

  /// A server, a client of it and a draft.
  private func with(
    _ configure: (inout Configuration) -> Void = { _ in },
    _ body: @escaping @Sendable (TusClient, _ design: String, World) async throws -> Void
  ) async throws {
    try await RunningServer.with(
      configure: configure
    ) { server in
      let world = try await World(server)
      let design = try await world.design(world.acme, isReleased: false, hasGeometry: false)
      try await body(TusClient(server, key: world.acme.key), design["id"].text, world)
    }
  }

  @Test("an upload in two parts becomes a file, and its client hears where it is all the time")
  func uploads() async throws {
    try await with { tus, design, _ in
      let created = try await tus.create(design: design)
      #expect(created.status == 201 && created.body.isEmpty)
      #expect(created.headers[.tusResumable] == "1.0.0")
      // The clock stands at 09:00 on a Sunday.
      #expect(created.headers[.uploadExpires] == "Wed, 04 Mar 2026 09:00:00 GMT")
      let location = try #require(created.headers[.location])
      #expect(location.hasPrefix("/v1/brand/uploads/upl_"))
      let upload = String(location.split(separator: "/").last ?? "")
      for (offset, end) in [(0, 100), (100, 101), (101, Self.cube.count)] {
        let head = try await tus.head(upload)
        #expect(head.status == 200 && head.headers[.uploadOffset] == String(offset))
        #expect(head.headers[.uploadLength] == String(Self.cube.count))
        #expect(head.headers[.uploadMetadata] == TusClient.metadata(design, "a.stl"))
        #expect(head.headers[.cacheControl] == "no-store" && head.body.isEmpty)
        let view = try await tus.show(upload)
        #expect(view["state"] == "open" && view["offset"].number == Double(offset))
        let listed = try await tus.server.must(.get, "/v1/brand/uploads", key: tus.key)
        #expect(listed["data"].items == [view])
        let patched = try await tus.patch(upload, at: offset, Array(Self.cube[offset..<end]))
        #expect(patched.status == 204 && patched.headers[.uploadOffset] == String(end))
        #expect((patched.headers[.uploadExpires] == nil) == (end == Self.cube.count))
      }
      let view = try await tus.show(upload)
      #expect(view["state"] == "finished" && view["file"]["bytes"].number == 684)
      #expect(view["file"]["name"] == "a.stl" && view["purpose"] == "geometry")
      // An answer that was lost is given again.
      let again = try await tus.patch(upload, at: Self.cube.count, [])
      #expect(again.status == 204 && again.headers[.uploadOffset] == "684")
      #expect(try await tus.head(upload).headers[.uploadOffset] == "684")
      let shown = try await tus.server.must(.get, "/v1/brand/designs/\(design)", key: tus.key)
      #expect(shown["files"].items == [view["file"]])
      let listed = try await tus.server.must(.get, "/v1/brand/uploads", key: tus.key)
      #expect(listed["data"].items.isEmpty)
    }
  }

  @Test("a client learns what the server can")
  func discovers() async throws {
    try await with { tus, design, _ in
      let upload = try await tus.begin(design: design)
      for path in ["/v1/brand/uploads", "/v1/brand/uploads/\(upload)"] {
        let answer = try await tus.server.call(.options, path, key: tus.key)
        #expect(answer.status == 204)
        #expect(answer.headers[.tusVersion] == "1.0.0")
        #expect(
          answer.headers[.tusExtension]
            == "creation,creation-with-upload,expiration,checksum,termination")
        #expect(answer.headers[.tusMaxSize] == String(1 << 30))
        #expect(answer.headers[.tusChecksumAlgorithm] == "sha1,sha256")
      }
    }
  }

  @Test("what the protocol refuses is refused with its status")
  func refuses() async throws {
    try await with { tus, design, world in
      let upload = try await tus.begin(design: design)
      let full = try await world.design(world.acme, isReleased: false)["id"].text
      let cube = Self.cube
      func expect(
        _ status: Int, _ code: String, _ answer: RunningServer.Answer,
        _ location: SourceLocation = #_sourceLocation
      ) {
        #expect(answer.status == status && answer.code == code, sourceLocation: location)
        #expect(answer.headers[.tusResumable] == "1.0.0", sourceLocation: location)
      }
      for version in ["", "0.2.2"] {
        let answer = try await tus.patch(upload, at: 0, cube, headers: [.tusResumable: version])
        expect(412, "upload.tus_version", answer)
        #expect(answer.headers[.tusVersion] == "1.0.0")
      }
      expect(409, "upload.offset", try await tus.patch(upload, at: 1, cube))
      expect(413, "upload.length", try await tus.patch(upload, at: 0, cube + [0]))
      expect(
        415, "upload.media_type",
        try await tus.patch(upload, at: 0, cube, headers: [.contentType: "model/stl"]))
      for offset in ["", "-1", "1e2", "0x0", String(repeating: "1", count: 19)] {
        expect(
          400, "upload.header",
          try await tus.patch(upload, at: 0, cube, headers: [.uploadOffset: offset]))
      }
      for checksum in ["md5 AAAA", "sha1", "sha1 AAAA", "sha256 ?"] {
        expect(
          400, "upload.header",
          try await tus.patch(upload, at: 0, cube, headers: [.uploadChecksum: checksum]))
      }
      #expect(try await tus.head(upload).headers[.uploadOffset] == "0")
      expect(400, "upload.header", try await tus.create(design: design, length: -1))
      expect(413, "file.too_large", try await tus.create(design: design, length: 1 << 40))
      expect(409, "file.name_taken", try await tus.create(design: full, name: "leg-cap.stl"))
      expect(409, "design.geometry_taken", try await tus.create(design: full))
      expect(422, "file.name", try await tus.create(design: design, name: "../a.stl"))
      expect(404, "not_found", try await tus.create(design: DescribedRoute.unknown("design")))
      expect(404, "not_found", try await tus.create(design: "no design"))
      expect(
        400, "upload.defer_length",
        try await tus.create(
          design: design, headers: [.uploadLength: "", .uploadDeferLength: "1"]))
      // The first byte of “ä” in Latin-1; what means nothing here may be any bytes.
      let design64 = Data(design.utf8).base64EncodedString()
      let latin = try await tus.create(
        design: design, headers: [.uploadMetadata: "filename 5C5zdGw=,design \(design64)"])
      expect(400, "upload.metadata_text", latin)
      #expect(latin.json["detail"].text.contains("filename"))
      let other = try await tus.create(
        design: design,
        headers: [.uploadMetadata: "filename YS5zdGw=,design \(design64),thumb 5AD/"])
      #expect(other.status == 201)
      for metadata in ["", "filename", "filename ???", "filename YQ==,filename YQ==", "a b c"] {
        expect(
          400, "upload.metadata",
          try await tus.create(design: design, headers: [.uploadMetadata: metadata]))
      }
      expect(
        415, "upload.media_type",
        try await tus.create(design: design, body: [1], headers: [.contentType: "text/plain"]))
    }
  }

  @Test("bytes that are not those of their checksum do not count")
  func checksums() async throws {
    try await with { tus, design, _ in
      let upload = try await tus.begin(design: design)
      let half = Array(Self.cube[..<300])
      let sha1 = Data(Insecure.SHA1.hash(data: half)).base64EncodedString()
      let sha256 = Data(SHA256.hash(data: Self.cube[300...])).base64EncodedString()
      let wrong = try await tus.patch(
        upload, at: 0, Array(half.reversed()), headers: [.uploadChecksum: "sha1 \(sha1)"])
      #expect(wrong.status == 460 && wrong.code == "upload.checksum")
      #expect(try await tus.head(upload).headers[.uploadOffset] == "0")
      let right = try await tus.patch(
        upload, at: 0, half, headers: [.uploadChecksum: "sha1 \(sha1)"])
      #expect(right.status == 204)
      let rest = try await tus.patch(
        upload, at: 300, Array(Self.cube[300...]), headers: [.uploadChecksum: "sha256 \(sha256)"])
      #expect(rest.status == 204)
      #expect(try await tus.show(upload)["state"] == "finished")
    }
  }

  @Test("the first bytes may come with the creation, all of them too, and the same request is one")
  func createsWithBytes() async throws {
    try await with { tus, design, world in
      let part = try await tus.create(design: design, body: Array(Self.cube[..<100]))
      #expect(part.status == 201 && part.headers[.uploadOffset] == "100")
      let whole = try await tus.create(
        design: design, name: "b.stl", body: Self.cube, headers: [.idempotencyKey: "k"])
      #expect(whole.status == 201 && whole.headers[.uploadOffset] == "684")
      let again = try await tus.create(
        design: design, name: "b.stl", body: Self.cube, headers: [.idempotencyKey: "k"])
      #expect(again.status == 201 && again.headers[.location] == whole.headers[.location])
      #expect(again.headers[.idempotentReplayed] == "true")
      let other = try await tus.create(
        design: design, name: "c.stl", headers: [.idempotencyKey: "k"])
      #expect(other.status == 422 && other.code == "idempotency.mismatch")
      let empty = try await world.design(world.acme, isReleased: false, hasGeometry: false)
      let refused = try await tus.create(design: empty["id"].text, length: 0)
      #expect(refused.status == 422 && refused.code.hasPrefix("mesh."))
      let open = try await tus.server.must(.get, "/v1/brand/uploads", key: tus.key)
      #expect(open["data"].items.count == 1)
    }
  }

  @Test("a file that is no mesh is refused for good, with the reason")
  func refusesFiles() async throws {
    try await with { tus, design, _ in
      let bad = Array(Self.cube.dropLast(10))
      let upload = try await tus.begin(design: design, length: bad.count)
      let answer = try await tus.patch(upload, at: 0, bad)
      #expect(answer.status == 422 && answer.code == "mesh.truncated")
      let view = try await tus.show(upload)
      #expect(view["state"] == "refused" && view["reason"]["code"] == "mesh.truncated")
      #expect(try await tus.head(upload).status == 410)
      let later = try await tus.patch(upload, at: bad.count, [])
      #expect(later.status == 410 && later.code == "upload.refused")
      #expect(later.json["detail"].text.contains("mesh.truncated"))
      let blobs = try tus.server.directory.files().filter { $0.hasPrefix("data/blobs/") }
      #expect(blobs.isEmpty)
    }
  }

  @Test("an upload can be ended, by a client that can only send POST too")
  func terminates() async throws {
    try await with { tus, design, _ in
      let upload = try await tus.begin(design: design)
      let path = "/v1/brand/uploads/\(upload)"
      func override(_ method: String, _ bytes: [UInt8]? = nil) async throws
        -> RunningServer.Answer
      {
        var headers: HTTPFields = [.tusResumable: "1.0.0", .uploadOffset: "0"]
        if bytes != nil { headers[.contentType] = Tus.mediaType }
        headers[.methodOverride] = method.isEmpty ? nil : method
        return try await tus.server.call(
          .post, path, key: tus.key, bytes: bytes, headers: headers)
      }
      for method in ["", "PUT"] {
        let answer = try await override(method)
        #expect(answer.status == 405 && answer.code == "method_not_allowed")
      }
      #expect(try await override("PATCH", Array(Self.cube[..<50])).status == 204)
      #expect(try await override("HEAD").headers[.uploadOffset] == "50")
      #expect(try await override("DELETE").status == 204)
      #expect(try await tus.head(upload).status == 404)
      let other = try await tus.begin(design: design)
      #expect(try await tus.patch(other, at: 0, [1]).status == 204)
      #expect(try await tus.delete(other).status == 204)
      #expect(try await tus.delete(other).status == 404)
      let blobs = try tus.server.directory.files().filter { $0.hasPrefix("data/blobs/") }
      #expect(blobs.isEmpty)
    }
  }

  @Test("a quota is the operator's to say, and both ways of uploading keep it")
  func quotas() async throws {
    try await with({ $0.vaultLimits.brandStoredBytesMax = 2000 }) { tus, design, world in
      let path = "/v1/operator/brands/\(world.acme.id)/quota"
      let (server, chief) = (tus.server, tus.server.operatorKey)
      _ = try await world.design(world.acme)
      let before = try await server.must(.get, path, key: chief)
      #expect(before["stored_bytes"].number == 684 && before["stored_bytes_max"].number == 2000)
      _ = try await tus.begin(design: design)
      let refused = try await tus.create(design: design, name: "b.stl")
      #expect(refused.status == 413 && refused.code == "quota.storage")
      let detail = refused.json["detail"].text
      #expect(
        detail.contains("684 bytes are stored and 684 promised")
          && detail.contains("of 2000 allowed"))
      let whole = try await server.call(
        .post, "/v1/brand/designs/\(design)/files?name=b.stl", key: tus.key, bytes: Self.cube,
        headers: [.contentType: "model/stl"])
      #expect(whole.status == 413 && whole.code == "quota.storage")
      let set = try await server.must(.put, path, key: chief, ["stored_bytes_max": 3000])
      #expect(set["stored_bytes_max"].number == 3000 && set["open_uploads"].number == 1)
      #expect(set["open_uploads_max"] == before["open_uploads_max"])
      _ = try await tus.begin(design: design, name: "b.stl")
      _ = try await server.must(.put, path, key: chief, ["open_uploads_max": 2])
      let third = try await tus.create(design: design, name: "c.stl", length: 1)
      #expect(third.status == 429 && third.code == "quota.uploads")
      let odd = try await server.call(.put, path, key: chief, ["stored_bytes_max": -1])
      #expect(odd.status == 422 && odd.code == "quota.invalid")
    }
  }

  @Test("a client whose upload waits for room among others is told, and told to ask again")
  func tooMany() async throws {
    try await with({ $0.vaultLimits.brandUploadsAtOnceMax = 0 }) { tus, design, _ in
      // All its bytes are there: none.
      let created = try await tus.create(
        design: design, length: 0, headers: [.idempotencyKey: "k"])
      #expect(created.status == 429 && created.code == "upload.too_many")
      let listed = try await tus.server.must(.get, "/v1/brand/uploads", key: tus.key)
      let upload = try #require(listed["data"].items.first)
      let head = try await tus.head(upload["id"].text)
      #expect(head.status == 429 && head.headers[.retryAfter] == "5")
    }
  }

  @Test("the description says of every header whether it has to be there")
  func headers() {
    func isRequired(_ method: String, _ header: String) -> JSON {
      let operation = Contract.document["paths"]["/v1/brand/uploads/{upload}"][method]
      return operation["parameters"].items.first { $0["name"].text == header }?["required"] ?? .null
    }
    #expect(isRequired("patch", "Upload-Offset") == true)
    #expect(isRequired("post", "Upload-Offset") == false)
    for method in ["patch", "post", "head", "delete"] {
      #expect(isRequired(method, "Tus-Resumable") == true)
    }
  }

  @Test("a connection that hangs is ended by the client that comes back, and nothing of it is lost")
  func comesBack() async throws {
    try await with { tus, design, _ in
      let upload = try await tus.begin(design: design)
      let head =
        "PATCH /v1/brand/uploads/\(upload) HTTP/1.1\r\nHost: localhost\r\n"
        + "Authorization: Bearer \(tus.key)\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
        + "Content-Type: application/offset+octet-stream\r\nContent-Length: 684\r\n"
        + "Expect: 100-continue\r\n\r\n"
      // Waits for the answer: until the server closes the connection.
      let hanging = Task {
        try await RawClient(port: tus.server.port).sendWhenAsked(
          head: head, body: Array(Self.cube[..<300]))
      }
      // It has begun to keep what came.
      try await eventually {
        try tus.server.directory.files().contains { $0.contains(".unfinished-") }
      }
      let second = try await tus.patch(upload, at: 0, Self.cube)
      #expect(second.status == 423 && second.code == "upload.busy")
      #expect(second.headers[.retryAfter] == "5")
      #expect(try await tus.head(upload).headers[.uploadOffset] == "300")
      await #expect(throws: (any Error).self) { try await hanging.value }
      let rest = try await tus.patch(upload, at: 300, Array(Self.cube[300...]))
      #expect(rest.status == 204)
      #expect(try await tus.show(upload)["state"] == "finished")
    }
  }

  @Test("a body that stops short is kept as far as it came")
  func cutOff() async throws {
    try await with { tus, design, _ in
      let upload = try await tus.begin(design: design)
      let head =
        "PATCH /v1/brand/uploads/\(upload) HTTP/1.1\r\nHost: localhost\r\n"
        + "Authorization: Bearer \(tus.key)\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
        + "Content-Type: application/offset+octet-stream\r\nContent-Length: 684\r\n\r\n"
      _ = try? await RawClient(port: tus.server.port).send(
        head: head, next: { $0 == 0 ? Array(Self.cube[..<300]) : nil }, closesEarly: true)
      try await eventually {
        try await tus.show(upload)["offset"].number == 300
      }
      let rest = try await tus.patch(upload, at: 300, Array(Self.cube[300...]))
      #expect(rest.status == 204)
    }
  }

  @Test("an upload that nobody goes on with is gone, which its client is told")
  func expires() async throws {
    try await with { tus, design, _ in
      let upload = try await tus.begin(design: design)
      tus.server.clock.advance(by: .seconds(4 * 86_400))
      let late = try await tus.patch(upload, at: 0, Self.cube)
      #expect(late.status == 410 && late.code == "upload.expired")
      #expect(try await tus.head(upload).status == 410)
    }
  }
}
