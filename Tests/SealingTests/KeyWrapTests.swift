import Crypto
import Foundation
import TestSupport
import Testing

@testable import Sealing

@Suite("Wrapping at rest")
struct KeyWrapTests {
  private static let context: WrapContext = [
    "tenant": "brd_1", "design": "dsn_2", "revision": "rev_3", "file": "fil_4",
    "purpose": "payload", "key_version": "1",
  ]

  @Test("a wrapped secret comes back under its key and in its context")
  func roundTrip() throws {
    var generator = SeededGenerator(seed: 14)
    let key = WrappingKey.generate(using: &generator)
    for length in [0, 1, 16, 32, 1000] {
      let secret = generator.bytes(length)
      let wrapped = try KeyWrap.wrap(secret, under: key, context: Self.context, using: &generator)
      #expect(wrapped.count == length + KeyWrap.overheadByteCount)
      #expect(try KeyWrap.unwrap(wrapped, under: key, context: Self.context) == secret)
    }
  }

  @Test("a wrapped secret opens with another library's HKDF and AES-GCM")
  func peer() throws {
    var generator = SeededGenerator(seed: 17)
    let key = WrappingKey.generate(using: &generator)
    let wrapped = try KeyWrap.wrap([1, 2, 3], under: key, context: Self.context, using: &generator)
    let derived = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: key.bytes), salt: wrapped[1..<33],
      info: Data("everpart/key-wrap/v1".utf8), outputByteCount: 76
    ).withUnsafeBytes { Array($0) }
    #expect(Array(wrapped[33..<65]) == Array(derived[44...]))
    let box = try AES.GCM.SealedBox(
      nonce: AES.GCM.Nonce(data: derived[32..<44]), ciphertext: wrapped[65..<68],
      tag: wrapped[68...])
    let secret = try AES.GCM.open(
      box, using: SymmetricKey(data: derived[..<32]), authenticating: [1] + Self.context.bytes)
    #expect(Array(secret) == [1, 2, 3])
  }

  @Test("the same secret is never wrapped alike")
  func fresh() throws {
    var generator = SeededGenerator(seed: 15)
    let key = WrappingKey.generate(using: &generator)
    let wraps = try (0..<10).map { _ in
      try KeyWrap.wrap([1, 2, 3], under: key, context: Self.context, using: &generator)
    }
    #expect(Set(wraps).count == 10)
  }

  @Test("another key is told apart from another context")
  func refusals() throws {
    var generator = SeededGenerator(seed: 16)
    let key = WrappingKey.generate(using: &generator)
    let other = WrappingKey.generate(using: &generator)
    let wrapped = try KeyWrap.wrap([1], under: key, context: Self.context, using: &generator)
    #expect(throws: KeyWrapError.wrongKey) {
      try KeyWrap.unwrap(wrapped, under: other, context: Self.context)
    }
    #expect(throws: KeyWrapError.refused) {
      try KeyWrap.unwrap(wrapped, under: key, context: ["tenant": "brd_9"])
    }
    #expect(throws: KeyWrapError.malformed) {
      try KeyWrap.unwrap([], under: key, context: Self.context)
    }
  }

  @Test("a commitment copied onto another key's ciphertext does not open it")
  func commitment() throws {
    var generator = SeededGenerator(seed: 17)
    let keys = (0..<2).map { _ in WrappingKey.generate(using: &generator) }
    let wraps = try keys.map {
      try KeyWrap.wrap([7], under: $0, context: Self.context, using: &generator)
    }
    let forged = Array(wraps[0][..<65]) + wraps[1][65...]
    for key in keys {
      #expect(throws: KeyWrapError.self) {
        try KeyWrap.unwrap(forged, under: key, context: Self.context)
      }
    }
  }

  @Test("any byte changed and any length cut is refused")
  func damage() throws {
    var generator = SeededGenerator(seed: 18)
    let key = WrappingKey.generate(using: &generator)
    let wrapped = try KeyWrap.wrap(
      generator.bytes(16),
      under: key,
      context: Self.context,
      using: &generator
    )
    for index in wrapped.indices {
      var changed = wrapped
      changed[index] ^= 1 << UInt8(index % 8)
      #expect(throws: KeyWrapError.self) {
        try KeyWrap.unwrap(changed, under: key, context: Self.context)
      }
      #expect(throws: KeyWrapError.self) {
        try KeyWrap.unwrap(Array(wrapped[..<index]), under: key, context: Self.context)
      }
    }
  }

  @Test("contexts whose fields run together alike are not alike")
  func contexts() {
    let contexts: [WrapContext] = [
      ["a": "bc"], ["ab": "c"], ["a": "b", "c": ""], ["a": "", "b": "c"], [:], ["": ""],
      ["a": "b", "c": "d"], ["c": "d", "a": "b"],
    ]
    #expect(Set(contexts).count == contexts.count)
  }

  @Test("a wrapping key has 32 bytes")
  func keyLength() {
    #expect(WrappingKey(bytes: [UInt8](repeating: 1, count: 31)) == nil)
    #expect(WrappingKey(bytes: [UInt8](repeating: 1, count: 32)) != nil)
  }
}
