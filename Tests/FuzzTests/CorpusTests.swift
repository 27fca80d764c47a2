import TestSupport
import Testing

@testable import FuzzTargets

/// What `Deploy/fuzz` does for as long as one likes, in short: every file of the corpus as it is, and some broken
/// in ways that files break.
@Suite("What is fed to the parsers")
struct CorpusTests {
  @Test(
    "no file of the corpus, whole or broken, traps or is read two ways",
    arguments: FuzzTarget.allCases)
  func corpus(target: FuzzTarget) throws {
    let files = try Corpus.files(of: target)
    try #require(!files.isEmpty, "there is no corpus for \(target.rawValue)")
    let seed = Corpus.seed
    var mutator = Mutator(seed: seed, corpus: files)
    let share = Corpus.share(of: target)
    for (number, file) in files.prefix(share.files).enumerated() {
      Corpus.note(target, file, "file \(number)")
      target.run(file)
    }
    for number in 0..<share.inputs {
      let input = mutator.next()
      Corpus.note(target, input, "seed \(seed), input \(number)")
      target.run(input)
    }
  }

  @Test("the key store that the corpus begins with opens both parts of its package")
  func opens() throws {
    let store = try Repository.bytes("Fixtures/fuzz/keystore/opens")
    let read = try FuzzTarget.read(
      SealedPackage.withKeyStore(store), cut: nil, keys: SealedPackage.keys()
    ).get()
    #expect(read.triangles == 8)
  }
}
