import TestSupport
import Testing

@testable import Sealing

@Suite("Age files")
struct AgeFileTests {
  static let sizes = [
    0, 1, 47, 48, 49, 65_535, 65_536, 65_537, 131_071, 131_072, 131_073, 200_000,
  ]

  private func identities(_ kind: KeyKind, seed: UInt64 = 1) throws -> (
    SeededGenerator, Identity, Identity
  ) {
    var generator = SeededGenerator(seed: seed)
    let first = try Identity.generate(kind, using: &generator)
    let second = try Identity.generate(kind, using: &generator)
    return (generator, first, second)
  }

  @Test("what is sealed opens again, for every kind of key, armored or not", arguments: sizes)
  func roundTrip(size: Int) throws {
    for kind in KeyKind.allCases {
      for armor in [false, true] {
        var (generator, first, second) = try identities(kind)
        let plain = generator.bytes(size)
        let file = try AgeSealer.seal(
          plain,
          to: .recipients([first.recipient, second.recipient]),
          armor: armor,
          using: &generator
        )
        for identity in [first, second] {
          #expect(try AgeOpener.open(file, with: .identities([identity])) == plain)
        }
        if !armor {
          let header = try #require(try AgeHeader.parse(file))
          #expect(
            file.count - header.encodedByteCount == PayloadSealer.sealedByteCount(of: size)
          )
        }
      }
    }
  }

  @Test("how plaintext is cut into pieces does not change the file", arguments: sizes)
  func pieces(size: Int) throws {
    var generator = SeededGenerator(seed: 2)
    let plain = generator.bytes(size)
    let recipient = try Identity.generate(.x25519, using: &generator).recipient
    var files: Set<[UInt8]> = []
    for piece in [Int.max >> 1, 65_536, 65_537, 1000, 77_777] {
      for armor in [true, false] {
        var same = generator
        var sealer = try AgeSealer(to: .recipients([recipient]), armor: armor, using: &same)
        var file: [UInt8] = []
        var start = 0
        while start < plain.count {
          let end = min(plain.count, start + piece)
          file += try sealer.update(plain[start..<end])
          start = end
        }
        file += try sealer.finish()
        files.insert(file)
      }
    }
    #expect(files.count == 2)
  }

  @Test("a sealer holds back no more than a chunk")
  func boundedMemory() throws {
    var (generator, identity, _) = try identities(.x25519)
    var sealer = try AgeSealer(to: .recipients([identity.recipient]), using: &generator)
    var opener = AgeOpener(with: .identities([identity]))
    var sealed = 0
    var opened = 0
    let piece = [UInt8](repeating: 7, count: 10_000)
    for round in 1...40 {
      let part = try sealer.update(piece)
      sealed += part.count
      opened += try opener.update(part).count
      #expect(round * 10_000 - sealed <= 65_536)
      #expect(round * 10_000 - opened <= 2 * 65_536)
    }
    let part = try sealer.finish()
    opened += try opener.update(part).count
    opened += try opener.finish().count
    #expect(opened == 400_000)
  }

  @Test("any byte of a small file changed is refused", arguments: KeyKind.allCases)
  func mutation(kind: KeyKind) throws {
    var (generator, identity, _) = try identities(kind)
    let file = try AgeSealer.seal(
      Array("leg cap".utf8),
      to: .recipients([identity.recipient]),
      using: &generator
    )
    for index in file.indices {
      for bit in kind == .x25519 ? [1, 2, 4, 8, 16, 32, 64, 128] : [UInt8(1 << (index % 8))] {
        var changed = file
        changed[index] ^= bit
        #expect(throws: AgeError.self, "byte \(index), bit \(bit)") {
          try AgeOpener.open(changed, with: .identities([identity]))
        }
      }
    }
  }

  @Test("a file cut off anywhere is refused", arguments: KeyKind.allCases)
  func truncation(kind: KeyKind) throws {
    var (generator, identity, _) = try identities(kind)
    let file = try AgeSealer.seal(
      Array("leg cap".utf8),
      to: .recipients([identity.recipient]),
      using: &generator
    )
    for length in 0..<file.count {
      #expect(throws: AgeError.self, "length \(length)") {
        try AgeOpener.open(file[..<length], with: .identities([identity]))
      }
    }
    #expect(throws: AgeError.self) {
      try AgeOpener.open(file + [0], with: .identities([identity]))
    }
  }

  @Test("an armored file cut off or changed never gives other plaintext")
  func armorDamage() throws {
    var (generator, identity, _) = try identities(.x25519)
    let plain = Array("leg cap".utf8)
    let file = try AgeSealer.seal(
      plain,
      to: .recipients([identity.recipient]),
      armor: true,
      using: &generator
    )
    for length in 0..<(file.count - 1) {
      #expect(throws: AgeError.self, "length \(length)") {
        try AgeOpener.open(file[..<length], with: .identities([identity]))
      }
    }
    for index in file.indices {
      for bit in 0..<8 {
        var changed = file
        changed[index] ^= 1 << UInt8(bit)
        // Only the last line feed may turn into other white space.
        let opened = try? AgeOpener.open(changed, with: .identities([identity]))
        if let opened {
          #expect(index == file.count - 1)
          #expect(opened == plain)
        }
      }
    }
  }

  @Test("a payload takes a new header without being touched, and the old key no longer opens it")
  func headerSwap() throws {
    var (generator, vault, bureau) = try identities(.mlkem768x25519)
    let plain = generator.bytes(150_000)
    let fileKey = FileKey.generate(using: &generator)
    var payload: [UInt8] = []
    var sealer = PayloadSealer(fileKey: fileKey, using: &generator)
    try sealer.seal(plain, into: &payload)
    try sealer.finish(into: &payload)
    for identity in [vault, bureau] {
      let header = try AgeHeader.make(
        fileKey: fileKey,
        for: .recipients([identity.recipient]),
        using: &generator
      )
      #expect(try AgeOpener.open(header + payload, with: .identities([identity])) == plain)
      let other = identity.recipient == vault.recipient ? bureau : vault
      #expect(throws: AgeError.noMatch) {
        try AgeOpener.open(header + payload, with: .identities([other]))
      }
    }
    let otherKey = FileKey.generate(using: &generator)
    let foreign = try AgeHeader.make(
      fileKey: otherKey,
      for: .recipients([bureau.recipient]),
      using: &generator
    )
    #expect(throws: AgeError.payloadFailure("a chunk is not authentic")) {
      try AgeOpener.open(foreign + payload, with: .identities([bureau]))
    }
  }

  @Test("post-quantum and classical recipients do not share a file")
  func mixed() throws {
    var generator = SeededGenerator(seed: 3)
    let recipients = try KeyKind.allCases.map {
      try Identity.generate($0, using: &generator).recipient
    }
    #expect(throws: AgeError.mixedRecipients) {
      try AgeSealer.seal([1], to: .recipients(recipients), using: &generator)
    }
    #expect(throws: AgeError.recipientCount(0)) {
      try AgeSealer.seal([1], to: .recipients([]), using: &generator)
    }
    let many = [Recipient](repeating: recipients[0], count: 65)
    #expect(throws: AgeError.recipientCount(65)) {
      try AgeSealer.seal([1], to: .recipients(many), using: &generator)
    }
    let most = [Recipient](repeating: recipients[1], count: 64)
    #expect(throws: Never.self) {
      try AgeHeader.parse(
        try AgeHeader.make(
          fileKey: .generate(using: &generator),
          for: .recipients(most),
          using: &generator
        )
      )
    }
  }

  @Test("a passphrase opens; a wrong one, an empty one and too much work do not")
  func passphrase() throws {
    var generator = SeededGenerator(seed: 4)
    let target = SealTarget.passphrase("Ersatzteil ✓", workFactor: 8)
    let file = try AgeSealer.seal([1, 2, 3], to: target, using: &generator)
    #expect(try AgeOpener.open(file, with: .passphrase("Ersatzteil ✓")) == [1, 2, 3])
    #expect(throws: AgeError.noMatch) { try AgeOpener.open(file, with: .passphrase("other")) }
    #expect(throws: AgeError.headerFailure("a scrypt stanza asks for work factor 8")) {
      try AgeOpener.open(file, with: .passphrase("Ersatzteil ✓", workFactorMax: 7))
    }
    let identity = try Identity.generate(using: &generator)
    #expect(throws: AgeError.noMatch) { try AgeOpener.open(file, with: .identities([identity])) }
    for factor in [-1, 0, 23, 64] {
      #expect(throws: AgeError.workFactor(factor)) {
        try AgeSealer.seal([1], to: .passphrase("p", workFactor: factor), using: &generator)
      }
    }
    #expect(throws: AgeError.self) {
      try AgeSealer.seal([1], to: .passphrase("", workFactor: 1), using: &generator)
    }
  }

  @Test("after its end or a failure a stream says that it is over")
  func finished() throws {
    var (generator, identity, other) = try identities(.x25519)
    var sealer = try AgeSealer(to: .recipients([identity.recipient]), using: &generator)
    let file = try sealer.update([1]) + sealer.finish()
    #expect(throws: AgeError.finished) { try sealer.update([2]) }
    #expect(throws: AgeError.finished) { try sealer.finish() }
    var opener = AgeOpener(with: .identities([other]))
    #expect(throws: AgeError.noMatch) { try opener.update(file) }
    #expect(throws: AgeError.finished) { try opener.update(file) }
    #expect(throws: AgeError.finished) { try opener.finish() }
  }
}
