import Crypto
import Foundation
import TestSupport
import Testing

@testable import Sealing

/// What opening a file came to.
struct Opened: Equatable {
  var outcome: VectorFile.Outcome
  var released: [UInt8]

  /// Opens in pieces of at most `piece` bytes, on one thread or on all cores, and keeps what was released
  /// before a failure.
  init(
    _ file: [UInt8], with key: OpenKey, armor: AgeOpener.Armor, piece: Int, onAllCores: Bool = false
  ) {
    var released: [UInt8] = []
    let flow = MemoryFlow(file[...], piece: piece)
    do {
      var opener = AgeOpener(with: key, armor: armor)
      guard !onAllCores else {
        defer { released = flow.written }
        try opener.openAll(reading: flow.read, writing: flow.write)
        (outcome, self.released) = (.success, flow.written)
        return
      }
      var start = 0
      while start < file.count {
        let end = min(file.count, start + piece)
        try opener.update(file[start..<end], into: &released)
        start = end
      }
      try opener.finish(into: &released)
      outcome = .success
    } catch let error as AgeError {
      switch error {
      case .noMatch: outcome = .noMatch
      case .headerFailure: outcome = .headerFailure
      case .hmacFailure: outcome = .hmacFailure
      case .armorFailure: outcome = .armorFailure
      case .payloadFailure: outcome = .payloadFailure
      default:
        Issue.record("unexpected \(error)")
        outcome = .headerFailure
      }
    } catch {
      Issue.record("not an AgeError: \(error)")
      outcome = .headerFailure
    }
    self.released = released
  }
}

@Suite("Age vectors")
struct AgeVectorTests {
  @Test("the C2SP test kit is here, whole, or the suite says that it is skipped")
  func kitIsWhole() {
    let names = VectorFolder.names(in: VectorFolder.testKit)
    if VectorFolder.testKit == nil {
      print("SKIPPED: C2SP age vectors (set EVERPART_VECTORS to the folder that holds age/)")
    } else {
      #expect(names.count == 143)
    }
  }

  @Test(
    "every vector of the C2SP test kit ends as it says",
    .enabled(if: VectorFolder.testKit != nil && Tool.python != nil),
    arguments: VectorFolder.names(in: VectorFolder.testKit)
  )
  func testKit(name: String) throws {
    let data = try Data(contentsOf: URL(filePath: "\(VectorFolder.testKit!)/\(name)"))
    try check([UInt8](data))
  }

  @Test(
    "every vector of our own ends as it says",
    arguments: VectorFolder.names(in: Repository.vector("age")).filter { $0 != "README.md" }
  )
  func own(name: String) throws {
    try check(try Repository.bytes("Fixtures/vectors/age/\(name)"))
  }

  @Test("a vector with an unknown header key is refused")
  func unknownKey() {
    #expect(throws: VectorFile.Malformed.self) {
      try VectorFile(reading: Array("expect: success\nnew: thing\n\n".utf8))
    }
  }

  private func check(_ bytes: [UInt8]) throws {
    let vector = try VectorFile(reading: bytes)
    var keys: [OpenKey] = vector.passphrases.map { .passphrase($0) }
    let identities = try vector.identities.map { try Identity(parsing: $0) }
    if keys.isEmpty || !identities.isEmpty { keys.append(.identities(identities)) }
    // Byte by byte only where that is quick.
    let pieces = vector.file.count < 4096 ? [1, 7, Int.max >> 1] : [1000, 65_552, Int.max >> 1]
    for key in keys {
      for piece in pieces {
        let opened = Opened(
          vector.file,
          with: key,
          armor: vector.armored ? .required : .refused,
          piece: piece
        )
        #expect(opened.outcome == vector.expect, "pieces of \(piece)")
        if let digest = vector.payloadDigest {
          #expect(hex(SHA256.hash(data: opened.released)) == digest, "pieces of \(piece)")
        } else {
          #expect(opened.released.isEmpty)
        }
        // Without being told, armor is recognised by the first byte; then only the class of error may differ.
        let detected = Opened(vector.file, with: key, armor: .detected, piece: piece)
        #expect((detected.outcome == .success) == (vector.expect == .success))
        #expect(detected.released == opened.released)
        let all = Opened(
          vector.file, with: key, armor: vector.armored ? .required : .refused, piece: piece,
          onAllCores: true)
        #expect(all == opened, "on all cores, pieces of \(piece)")
      }
    }
    if let key = keys.first, !vector.armored, let fileKey = vector.fileKey,
      vector.expect == .success || vector.expect == .payloadFailure
    {
      let header = try #require(try AgeHeader.parse(vector.file))
      #expect(hex(try header.unwrap(with: key).bytes) == fileKey)
    }
  }
}
